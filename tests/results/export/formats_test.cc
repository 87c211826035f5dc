#include "results/export/formats.h"

#include <gtest/gtest.h>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

TEST(ExportFormats, EveryOneThatIsListedCanBeWritten) {
  coldstart::Run run = testing::realistic_run(12);
  for (Start& start : run.starts) start.stacks = testing::full_stacks();
  for (const ExportFormat& format : export_formats()) {
    const std::string text = export_run(run, format.name, {});
    EXPECT_TRUE(text.ends_with("\n")) << format.name;
    EXPECT_FALSE(testing::contains(text, "nan")) << format.name;
    EXPECT_FALSE(testing::contains(text, "inf,")) << format.name;
    EXPECT_LE(format.name.size() + format.about.size(), 76U) << "help wider than a terminal";
  }
}

TEST(ExportFormats, ARunInWhichNothingAnsweredIsWrittenToo) {
  coldstart::Run run = testing::plain_run({"a"}, 2);
  for (Start& start : run.starts) start.outcome = Outcome::kTimeout;
  for (const ExportFormat& format : export_formats()) {
    // There is no start to draw.
    if (format.name == "perfetto" || format.name == "folded") continue;
    EXPECT_FALSE(export_run(run, format.name, {}).empty()) << format.name;
  }
}

TEST(ExportFormats, AnOptionOfAnotherFormatIsRefused) {
  const coldstart::Run run = testing::plain_run({"a"}, 2);
  const auto error = [&](const char* format, const ExportChoices& choices) {
    return testing::error_of([&] { export_run(run, format, choices); });
  };
  EXPECT_EQ(error("json", {.rows = CsvRows::kPhases}),
            "--rows: --format json has no use for it; it goes with --format csv");
  EXPECT_TRUE(testing::contains(error("csv", {.aggregate = true}), "--format google-benchmark"));
  EXPECT_TRUE(testing::contains(error("bmf", {.timestamps = true}), "--format openmetrics"));
  EXPECT_TRUE(testing::contains(error("bmf", {.starts = {"a"}}), "--format perfetto or folded"));
  EXPECT_TRUE(testing::contains(error("csv", {.folded = {.off_cpu = true}}), "--format folded"));
  EXPECT_TRUE(testing::contains(error("xml", {}), "there is no format 'xml'"));
}

}  // namespace
}  // namespace coldstart::results
