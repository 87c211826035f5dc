#include "results/compare/compare.h"

#include <gtest/gtest.h>
#include <random>

#include <nlohmann/json.hpp>

#include "results/compare/comparison_report.h"
#include "results/report/text.h"
#include "tests/results/json_schema.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;

// A start of ten equal phases of 1 ms, but for `app`; all of it on the CPU, one library.
Start made_start(const std::string& function, int trial, std::int64_t app_ns) {
  Start start = testing::plain_start(function, trial, 10'000'000);
  for (Mark& mark : start.timeline.marks) {
    if (mark.at_ns && *mark.at_ns >= 7'000'000) *mark.at_ns += app_ns - 1'000'000;
  }
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    PhaseCauses causes;
    causes.phase = span.name();
    causes.time.cpu_ns = span.length_ns();
    start.account.causes.push_back(causes);
  }
  start.account.libraries =
      std::vector<Library>{{"/lib/libc.so.6", 1, 100'000, 200'000, std::nullopt, true}};
  return start;
}

// Twenty starts with some noise; `app_ns` on average.
coldstart::Run made_run(std::int64_t id, const std::string& label, std::int64_t app_ns) {
  coldstart::Run run = testing::plain_run({"f"}, 0);
  run.info.id = id;
  run.info.label = label;
  std::mt19937_64 random(static_cast<std::uint64_t>(id));
  std::normal_distribution<double> noise(0, 30'000);
  for (int trial = 1; trial <= 20; ++trial) {
    run.starts.push_back(made_start("f", trial, app_ns + static_cast<std::int64_t>(noise(random))));
  }
  return run;
}

JvmAccount jvm_with(std::int64_t classes, std::int64_t shared) {
  JvmAccount jvm;
  jvm.classes = classes;
  jvm.shared_classes = shared;
  return jvm;
}

Comparison compare_runs(const coldstart::Run& a, const coldstart::Run& b) {
  return compare({&a, {}, {}}, {&b, {}, {}});
}

TEST(Compare, NamesThePhaseAndTheCauseThatMoved) {
  const coldstart::Run a = made_run(1, "main", 1'000'000);
  const coldstart::Run b = made_run(2, "pr", 3'000'000);
  const Comparison comparison = compare_runs(a, b);
  ASSERT_EQ(comparison.series.size(), 1U);
  const SeriesComparison& c = comparison.series[0];
  EXPECT_TRUE(c.differs());
  EXPECT_NEAR(c.shift.estimate, 2e6, 3e4);
  EXPECT_NEAR(c.ratio.estimate, 1.2, 0.01);
  EXPECT_EQ(c.a.run, "run 1 (main)");
  EXPECT_TRUE(c.sentence.starts_with("f answers ")) << c.sentence;
  EXPECT_TRUE(contains(c.sentence, " ms later than before (95 %: +")) << c.sentence;
  EXPECT_TRUE(contains(c.sentence, " of it in app (")) << c.sentence;
  EXPECT_TRUE(contains(c.sentence, ", there on CPU (+")) << c.sentence;
  EXPECT_EQ(c.phases.size(), kPhaseCount);
  for (const PhaseDifference& phase : c.phases) {
    EXPECT_EQ(phase.shift->excludes(0), phase.name == "app") << phase.name;
  }
}

TEST(Compare, NamesTheLibraryThatAppeared) {
  const coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 3'000'000);
  for (Start& start : b.starts) {
    start.account.libraries->push_back(
        {"/lib/libheavy.so", 1, 6'000'000, 7'500'000, std::nullopt, false});
  }
  const Comparison comparison = compare_runs(a, b);
  EXPECT_TRUE(contains(comparison.series[0].sentence, "library libheavy.so appeared (1.50 ms)"))
      << comparison.series[0].sentence;
  const Comparison back = compare_runs(b, a);
  EXPECT_TRUE(contains(back.series[0].sentence, "earlier than before"));
  EXPECT_TRUE(contains(back.series[0].sentence, "library libheavy.so vanished (1.50 ms)"))
      << back.series[0].sentence;
}

TEST(Compare, NamesTheImportThatSlowed) {
  coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 3'000'000);
  for (Start& start : a.starts) {
    start.account.python =
        PythonAccount{40, {{"json", 0, 500'000 + start.trial, 400'000 + start.trial}}};
  }
  for (Start& start : b.starts) {
    start.account.python =
        PythonAccount{40, {{"json", 0, 2'400'000 + start.trial, 2'300'000 + start.trial}}};
  }
  const std::string sentence = compare_runs(a, b).series[0].sentence;
  EXPECT_TRUE(contains(sentence, "import json slowed: 400 µs → 2.30 ms")) << sentence;
  EXPECT_FALSE(contains(sentence, "imports:")) << sentence;
}

TEST(Compare, SaysWhenTheClassArchiveIsNoLongerUsed) {
  coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 3'000'000);
  for (Start& start : a.starts) start.account.jvm = jvm_with(450, 440);
  for (Start& start : b.starts) start.account.jvm = jvm_with(452, 0);
  const std::string sentence = compare_runs(a, b).series[0].sentence;
  EXPECT_TRUE(contains(sentence, "classes from the shared archive: 440 → 0")) << sentence;
  EXPECT_FALSE(contains(sentence, "452")) << sentence;
}

// 3 µs of 10 ms, beside a difference of 2 ms.
TEST(Compare, WhatIsNegligibleIsCountedAndNotListed) {
  coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 3'000'000);
  const auto with_imports = [](coldstart::Run& run, std::int64_t json_ns, std::int64_t re_ns) {
    for (Start& start : run.starts) {
      start.account.python = PythonAccount{
          40, {{"json", 0, json_ns, json_ns + start.trial}, {"re", 0, re_ns, re_ns + start.trial}}};
    }
  };
  with_imports(a, 400'000, 50'000);
  with_imports(b, 2'300'000, 53'000);
  const Comparison comparison = compare_runs(a, b);
  const SeriesComparison& c = comparison.series[0];
  ASSERT_EQ(c.things.size(), 2U);
  EXPECT_FALSE(c.things[0].negligible);
  EXPECT_TRUE(c.things[1].negligible);
  for (const PhaseDifference& phase : c.phases) {
    EXPECT_EQ(phase.negligible, phase.name != "app") << phase.name;
  }
  for (const std::string& text :
       {comparison_text(comparison, {.width = 200}), comparison_markdown(comparison)}) {
    EXPECT_TRUE(contains(text, "import json slowed")) << text;
    EXPECT_FALSE(contains(text, "import re")) << text;
    EXPECT_TRUE(contains(text, "1 negligible change is left out")) << text;
  }
  const auto json = nlohmann::json::parse(comparison_json(comparison));
  EXPECT_EQ(json["series"][0]["things"][1]["name"], "re");
  EXPECT_EQ(json["series"][0]["things"][1]["negligible"], true);
  EXPECT_FALSE(json["series"][0]["things"][0].contains("negligible"));
}

// What makes up a small difference is not small beside it.
TEST(Compare, PartsOfASmallDifferenceAreNotNegligible) {
  SeriesComparison c;
  c.a.median_ns = c.b.median_ns = 100'000'000;
  c.shift = {200'000, ShiftInterval{150'000, 250'000}};
  EXPECT_TRUE(c.differs_little());
  EXPECT_FALSE(c.is_negligible(-150'000));
  EXPECT_FALSE(c.is_negligible(20'000));
  EXPECT_TRUE(c.is_negligible(19'000));
  c.shift = {200'000, ShiftInterval{-50'000, 250'000}};
  EXPECT_FALSE(c.differs_little());
  EXPECT_TRUE(c.is_negligible(-999'000)) << "no difference to explain";
  EXPECT_FALSE(c.is_negligible(1'000'000));
}

// Only the ten longest imports are kept: one that is not among them may be there all the same.
TEST(Compare, DoesNotCallAnImportNewThatMayHaveBeenBelowTheTen) {
  coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 3'000'000);
  std::vector<NamedTime> ten;
  for (int i = 0; i < 10; ++i) ten.push_back({"m" + std::to_string(i), 0, 900'000, 900'000});
  for (Start& start : a.starts) start.account.python = PythonAccount{40, ten};
  ten.back().name = "other";
  for (Start& start : b.starts) start.account.python = PythonAccount{40, ten};
  const Comparison comparison = compare_runs(a, b);
  EXPECT_TRUE(comparison.series[0].things.empty());
}

TEST(Compare, WithoutADifferenceSaysSoAndExplainsNothing) {
  const Comparison comparison =
      compare_runs(made_run(1, "main", 1'000'000), made_run(2, "pr", 1'000'000));
  const std::string& sentence = comparison.series[0].sentence;
  EXPECT_TRUE(contains(sentence, "f: no difference seen")) << sentence;
  EXPECT_FALSE(contains(sentence, " in app")) << sentence;
}

TEST(Compare, RunsApartInTimeAreNoGateAndItSaysWhatIs) {
  const Comparison comparison =
      compare_runs(made_run(1, "main", 1'000'000), made_run(2, "pr", 1'000'000));
  ASSERT_FALSE(comparison.notes.empty());
  EXPECT_TRUE(contains(comparison.notes.back(), "coldstart check"));
  EXPECT_TRUE(contains(comparison.notes.back(), "55–92 %"));
  const coldstart::Run run = testing::plain_run({"a", "b"}, 10);
  EXPECT_TRUE(compare_functions(run, {"a", "b"}).notes.empty()) << "one run, interleaved";
}

TEST(Compare, WarnsOfOtherHostsAndOtherTiers) {
  const coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 1'000'000);
  b.info.host.kernel = "6.1";
  b.info.tiers[1].on = false;
  const auto notes = compare_runs(a, b).notes;
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_TRUE(contains(notes[0], "Not the same kernel: 6.18.0-amd64 against 6.1."));
  EXPECT_TRUE(contains(notes[1], "Probe tier loader was on in run 1 (main) only"));
}

TEST(Compare, FunctionsOfARunAreComparedWithTheFirst) {
  const coldstart::Run run = testing::plain_run({"a", "b", "c"}, 12);
  const Comparison comparison = compare_functions(run, {"a", "b", "c"});
  ASSERT_EQ(comparison.series.size(), 2U);
  EXPECT_TRUE(contains(comparison.series[0].sentence, "b answers 1.00 ms later than a"))
      << comparison.series[0].sentence;
  EXPECT_TRUE(contains(comparison.series[1].sentence, "c answers 2.00 ms later than a"));
}

// Neither of two functions was the other before: nothing appears, vanishes or slows.
TEST(Compare, OfTwoFunctionsItSaysWhoHasWhat) {
  coldstart::Run run = testing::accounted_run(12);
  for (Start& start : run.starts) {
    if (start.function != "java") continue;
    start.account.libraries->push_back({"/jvm/libonly.so", 1, 100'000, 900'000, 1, false});
    start.account.libraries->front().mapped_ns = 5'000'000;
  }
  const Comparison comparison = compare_functions(run, {"tool", "java"});
  const std::string text = comparison_text(comparison, {.width = 80});
  const std::string& sentence = comparison.series[0].sentence;
  EXPECT_TRUE(contains(sentence, "Only java has library libonly.so (800 µs)")) << sentence;
  EXPECT_TRUE(contains(text, "library /jvm/libonly.so (800 us), only in java") ||
              contains(text, "library /jvm/libonly.so (800 µs), only in java"))
      << text;
  EXPECT_TRUE(contains(sentence, " in tool, ")) << sentence;
  for (const char* word : {"appeared", "vanished", "slowed", "gone", "new", "before"}) {
    EXPECT_FALSE(contains(text, word)) << word << ": " << text;
  }
}

TEST(Compare, OfTooFewStartsItSaysNeitherThatTheyDifferNorThatTheyDoNot) {
  const std::string sentence =
      compare_functions(testing::plain_run({"a", "b"}, 2), {"a", "b"}).series[0].sentence;
  EXPECT_TRUE(contains(sentence, "b and a: too few starts to say whether they differ (+1.00 ms"))
      << sentence;
}

TEST(Compare, JsonIsWhatItsSchemaSays) {
  if (!testing::have_validator()) GTEST_SKIP() << "apt-get install libvalijson-dev";
  const std::string schema = "results/compare/compare.schema.json";
  const coldstart::Run run = testing::accounted_run(12);
  for (const Comparison& comparison :
       {compare_functions(run, {"tool", "java", "python"}),
        compare({&run, "tool", "page-cache"}, {&run, "tool", "disk"}),
        compare_runs(made_run(1, "main", 1'000'000), made_run(2, "pr", 3'000'000)),
        compare_runs(testing::plain_run({"a"}, 2), testing::plain_run({"a"}, 3))}) {
    const auto json = nlohmann::json::parse(comparison_json(comparison));
    EXPECT_EQ(testing::complaint(json, schema), "") << json;
    auto bad = json;
    bad["series"][0].erase("sentence");
    EXPECT_NE(testing::complaint(bad, schema), "");
    bad = json;
    bad["series"][0]["a"]["n"] = 0;
    EXPECT_NE(testing::complaint(bad, schema), "");
  }
}

TEST(Compare, CacheStatesOfAFunction) {
  const coldstart::Run run = testing::accounted_run(8);
  const Comparison comparison = compare({&run, "tool", "page-cache"}, {&run, "tool", "disk"});
  ASSERT_EQ(comparison.series.size(), 1U);
  const std::string& sentence = comparison.series[0].sentence;
  EXPECT_TRUE(contains(sentence, "tool (disk) answers")) << sentence;
  EXPECT_TRUE(contains(sentence, "later than tool (page-cache)")) << sentence;
  EXPECT_TRUE(contains(sentence, "major faults: 0 → 70")) << sentence;
}

TEST(Compare, PhasesThatOneSideSawAsOneAreComparedAsOne) {
  const coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 1'000'000);
  for (Start& start : b.starts) {
    start.timeline.set_unseen(Boundary::kRuntimeReady, "tier runtime is off");
    start.timeline.set_not_applicable(Boundary::kLinked, "static");
  }
  const auto phases = compare_runs(a, b).series[0].phases;
  std::vector<std::string> names;
  for (const PhaseDifference& phase : phases) names.push_back(phase.name);
  EXPECT_EQ(names, (std::vector<std::string>{"queue", "spawn", "sandbox", "link", "init",
                                             "runtime+app", "connect", "handle", "reply"}));
  EXPECT_TRUE(phases[3].a_ns && !phases[3].b_ns && !phases[3].shift);
  EXPECT_TRUE(phases[5].shift && !phases[5].shift->excludes(0));
}

TEST(Compare, RefusesWhatCannotBeCompared) {
  const coldstart::Run a = testing::plain_run({"a", "b"}, 8);
  coldstart::Run b = testing::plain_run({"c"}, 8);
  const auto error = [&](const Operand& x, const Operand& y) {
    return testing::error_of([&] { compare(x, y); });
  };
  EXPECT_TRUE(contains(error({&a, {}, {}}, {&b, {}, {}}), "no function, load and cache state"));
  EXPECT_TRUE(contains(error({&a, "d", {}}, {&a, "b", {}}), "has no function 'd'; it has: a, b"));
  EXPECT_TRUE(contains(error({&a, "a", "disk"}, {&a, "b", {}}),
                       "has no starts in cache state 'disk'; it has: page-cache"));
  b.functions[0].contract = "exec";
  EXPECT_TRUE(contains(error({&a, "a", {}}, {&b, "c", {}}), "contracts differ (http, exec)"));
  for (Start& start : b.starts) start.outcome = Outcome::kTimeout;
  b.functions[0].contract = "http";
  EXPECT_TRUE(contains(error({&a, "a", {}}, {&b, "c", {}}), "no start of run"));
  EXPECT_TRUE(
      contains(testing::error_of([&] { compare_functions(a, {"a"}); }), "one function alone"));
}

TEST(Compare, WhatCannotBeComparedIsNamedBesideWhatCan) {
  const coldstart::Run a = testing::plain_run({"a", "b", "x"}, 8);
  coldstart::Run b = testing::plain_run({"a", "b", "y"}, 8);
  b.functions[1].contract = "exec";
  b.info.id = 9;
  const Comparison comparison = compare_runs(a, b);
  EXPECT_EQ(comparison.series.size(), 1U);
  std::string notes;
  for (const std::string& note : comparison.notes) notes += note + '\n';
  EXPECT_TRUE(contains(notes, "b/cold/page-cache: not compared, their contracts differ")) << notes;
  EXPECT_TRUE(contains(notes, "x/cold/page-cache")) << notes;
  EXPECT_TRUE(contains(notes, "Only in run 9 (main@1a2b3c): y/cold/page-cache")) << notes;
}

TEST(ComparisonText, FitsItsWidth) {
  const coldstart::Run a = made_run(1, "main", 1'000'000);
  coldstart::Run b = made_run(2, "pr", 3'000'000);
  for (Start& start : b.starts) {
    start.account.libraries->push_back({"/a/very/long/path/" + std::string(120, 'x') + ".so", 1,
                                        6'000'000, 7'500'000, std::nullopt, false});
  }
  const Comparison comparison = compare_runs(a, b);
  for (const std::string& line :
       testing::lines_of(comparison_text(comparison, {.width = 80, .color = true}))) {
    EXPECT_LE(display_width(line), 80) << line;
  }
  const std::string ascii = comparison_text(comparison, {.width = 80, .unicode = false});
  EXPECT_TRUE(std::all_of(ascii.begin(), ascii.end(), [](char c) { return c > 0; })) << ascii;
  EXPECT_TRUE(contains(ascii, "latency"));
  EXPECT_TRUE(contains(ascii, "Causes that differ most"));
}

TEST(ComparisonMarkdown, PutsTheSentencesFirstAndFoldsTheTables) {
  const std::string text = comparison_markdown(
      compare_runs(made_run(1, "a*b", 1'000'000), made_run(2, "pr", 3'000'000)));
  EXPECT_LT(text.find("f answers"), text.find("<details>"));
  EXPECT_TRUE(contains(text, "| latency |"));
  EXPECT_TRUE(contains(text, "a\\*b"));
  EXPECT_EQ(testing::count_of(text, "<details>"), testing::count_of(text, "</details>"));
}

TEST(Compare, DisturbedPairsAreMarkedAndExplained) {
  const coldstart::Run run = testing::run_with_disturbed_pairs();
  const Comparison comparison = compare_functions(run, {"cpp@baseline", "cpp@candidate"});
  ASSERT_EQ(comparison.series.size(), 2U);
  EXPECT_FALSE(comparison.series[0].a.disturbed);
  EXPECT_TRUE(comparison.series[1].a.disturbed && comparison.series[1].b.disturbed);
  EXPECT_TRUE(comparison.series[1].sentence.starts_with(
      "cpp@candidate (disturbed, not judged) and cpp@baseline (disturbed, not judged): "));
  const std::string text = comparison_text(comparison, {.width = 300});
  EXPECT_TRUE(contains(text, "cpp@baseline, disturbed (not judged), page-cache; 2 starts"));
  EXPECT_EQ(testing::count_of(text, "Disturbed: other tasks took CPUs"), 1U);
  EXPECT_TRUE(contains(comparison_markdown(comparison), ", disturbed (not judged)</summary>"));
  const auto json = nlohmann::json::parse(comparison_json(comparison));
  EXPECT_FALSE(json["series"][0]["a"].contains("disturbed"));
  EXPECT_EQ(json["series"][1]["b"]["disturbed"], true);
}

}  // namespace
}  // namespace coldstart::results
