#include "results/store/load_run.h"

#include <gtest/gtest.h>

#include "results/export/json.h"
#include "results/store/store.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::error_of;
using testing::plain_run;
using testing::TempFolder;
using testing::write_file;

class LoadRun : public ::testing::Test {
 protected:
  LoadRun() {
    coldstart::Run run = plain_run({"stored"}, 2);
    run.info.label = "feature/x";
    Store store(folder_ / "a.db", Store::Mode::kWrite);
    const auto id = store.begin_run(run.info, run.functions);
    for (const Start& start : run.starts) store.add_start(id, start);
    write_file(folder_ / "exported.json", export_json(plain_run({"exported"}, 3)));
    write_file(folder_ / "without-suffix", export_json(plain_run({"exported"}, 3)));
  }
  TempFolder folder_;
};

TEST_F(LoadRun, TakesARunOfTheStore) {
  for (const char* selector : {"latest", "1", "feature/x"}) {
    EXPECT_EQ(load_run(selector, folder_ / "a.db").starts.size(), 2U) << selector;
  }
}

TEST_F(LoadRun, TakesAnExportedFileWithoutAStore) {
  for (const char* name : {"exported.json", "without-suffix"}) {
    EXPECT_EQ(load_run((folder_ / name).string(), folder_ / "missing.db").functions.at(0).name,
              "exported");
  }
}

TEST_F(LoadRun, AMissingFileIsAnErrorThatNamesIt) {
  EXPECT_TRUE(contains(error_of([&] { load_run("missing.json", folder_ / "a.db"); }),
                       "missing.json: cannot be read: No such file"));
  EXPECT_TRUE(
      contains(error_of([&] { load_run("./missing", folder_ / "a.db"); }), "run './missing'"));
  EXPECT_TRUE(
      contains(error_of([&] { load_run("latest", folder_ / "missing.db"); }), "no runs yet"));
}

}  // namespace
}  // namespace coldstart::results
