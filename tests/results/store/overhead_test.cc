#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "results/store/store.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::plain_run;
using testing::sample_overhead;
using testing::TempFolder;

TEST(StoredOverhead, ComesBackExactly) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  std::vector<Overhead> overheads = {sample_overhead("cpp", "all", 1 + 1.0 / 3),
                                     sample_overhead("empty static program", "", 0.98)};
  overheads[1].low.reset();
  overheads[1].high.reset();
  store.add_overheads(overheads);
  EXPECT_EQ(store.latest_overheads(plain_run({}, 0).info.host), overheads);
}

TEST(StoredOverhead, TheNewestOfEachFunctionAndTiersCounts) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  store.add_overheads({sample_overhead("cpp", "all", 1.5), sample_overhead("cpp", "process", 1.2),
                       sample_overhead("java", "all", 1.1)});
  store.add_overheads({sample_overhead("cpp", "all", 1.25)});
  const auto latest = store.latest_overheads(plain_run({}, 0).info.host);
  ASSERT_EQ(latest.size(), 3U);
  EXPECT_EQ(latest[0].tiers, "process");
  EXPECT_EQ(latest[1].what, "java");
  EXPECT_EQ(latest[2].ratio, 1.25);
}

TEST(StoredOverhead, AnotherHostKernelOrCpuIsAnotherMachine) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  store.add_overheads({sample_overhead("cpp", "all", 1.5)});
  const Host same = plain_run({}, 0).info.host;
  EXPECT_EQ(store.latest_overheads(same).size(), 1U);
  for (std::string Host::*field : {&Host::name, &Host::kernel, &Host::cpu}) {
    Host other = same;
    other.*field += "x";
    EXPECT_TRUE(store.latest_overheads(other).empty());
  }
}

TEST(StoredOverhead, ARunKeepsWhatWasKnownWhenItBegan) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const coldstart::Run run = plain_run({"f"}, 1);
  const auto before = store.begin_run(run.info, run.functions);
  store.add_overheads({sample_overhead("cpp", "all", 1.5)});
  const auto between = store.begin_run(run.info, run.functions);
  store.add_overheads({sample_overhead("cpp", "all", 1.25)});
  EXPECT_TRUE(store.load(before).info.overheads.empty());
  ASSERT_EQ(store.load(between).info.overheads.size(), 1U);
  EXPECT_EQ(store.load(between).info.overheads[0].ratio, 1.5);
}

TEST(StoredOverhead, WhatARunBringsAlongIsKept) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  store.add_overheads({sample_overhead("cpp", "all", 1.5)});
  coldstart::Run run = plain_run({"f"}, 0);
  run.info.overheads = {sample_overhead("java", "process", 1.125)};
  const auto id = store.begin_run(run.info, run.functions);
  EXPECT_EQ(store.load(id).info.overheads, run.info.overheads);
}

}  // namespace
}  // namespace coldstart::results
