#include "results/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <chrono>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "results/export/json.h"
#include "results/store/schema.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::error_of;
using testing::full_start;
using testing::plain_run;
using testing::plain_start;
using testing::realistic_run;
using testing::TempFolder;

std::int64_t add(Store& store, const Run& run) {
  const std::int64_t id = store.begin_run(run.info, run.functions);
  for (const Start& start : run.starts) store.add_start(id, start);
  return id;
}

std::int64_t add_labelled(Store& store, const std::string& label) {
  coldstart::Run run = plain_run({"f"}, 1);
  run.info.label = label;
  return add(store, run);
}

TEST(Store, ARunComesBackAsItWasStored) {
  const TempFolder folder;
  coldstart::Run run = realistic_run(4);
  run.starts.push_back(full_start("cpp", 5));
  run.functions[1].command = {"a b", "\"quoted\"", "ü", "", "back\\slash\nnewline"};
  Store store(folder / "a.db", Store::Mode::kWrite);
  run.info.id = add(store, run);
  EXPECT_EQ(export_json(store.load(run.info.id)), export_json(run));
  EXPECT_EQ(export_json(Store(folder / "a.db", Store::Mode::kRead).load(run.info.id)),
            export_json(run));
}

TEST(Store, AbsentIsNullAndZeroIsZero) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  coldstart::Run run = plain_run({"f"}, 0);
  Start start = plain_start("f", 1, 1'000);
  start.timeline.set(Boundary::kRequested, 0);
  start.timeline.set_unseen(Boundary::kReceived, "off");
  run.starts = {start};
  const auto id = add(store, run);
  SQLite::Database db((folder / "a.db").string());
  EXPECT_EQ(db.execAndGet("SELECT requested_ns FROM starts").getInt64(), 0);
  EXPECT_TRUE(db.execAndGet("SELECT received_ns FROM starts").isNull());
  EXPECT_TRUE(db.execAndGet("SELECT exit_status FROM starts").isNull());
  const Start loaded = store.load(id).starts.at(0);
  EXPECT_EQ(loaded.timeline[Boundary::kRequested].at_ns, 0);
  EXPECT_FALSE(loaded.timeline[Boundary::kReceived].at_ns);
  EXPECT_EQ(loaded.timeline[Boundary::kReceived].reason, "off");
  EXPECT_FALSE(loaded.exit_status);
}

TEST(Store, AnAccountIsJsonThatSqlCanRead) {
  const TempFolder folder;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    coldstart::Run run = plain_run({"f"}, 2);
    run.starts[0].account = testing::full_account();
    const auto id = add(store, run);
    EXPECT_EQ(store.load(id).starts.at(0).account, run.starts[0].account);
    EXPECT_EQ(store.load(id).starts.at(1).account, Account{});
  }
  SQLite::Database db((folder / "a.db").string());
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM starts WHERE account IS NULL").getInt(), 1);
  EXPECT_EQ(db.execAndGet("SELECT sum(json_extract(c.value, '$.cpu')) FROM starts s, "
                          "json_each(s.account, '$.causes') c")
                .getInt(),
            32);
}

TEST(Store, ADamagedAccountIsAnErrorThatNamesTheStart) {
  const TempFolder folder;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    add_labelled(store, "x");
  }
  SQLite::Database((folder / "a.db").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE starts SET account = '{'");
  const std::string error = error_of([&] { Store(folder / "a.db", Store::Mode::kRead).load(1); });
  EXPECT_TRUE(contains(error, "a.db: start 1 of f: its account is not JSON")) << error;
}

TEST(Store, StartsShareTheReasonsOfTheirAbsences) {
  const TempFolder folder;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    coldstart::Run run = plain_run({"f", "g"}, 50);
    for (Start& start : run.starts)
      start.timeline.set_not_applicable(Boundary::kLinked, "static program");
    run.starts.back().timeline.set_unseen(Boundary::kLinked, "lost");
    add(store, run);
    add(store, run);
  }
  SQLite::Database db((folder / "a.db").string());
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM absences").getInt(), 4);  // two reasons, two runs
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM absent_boundaries").getInt(), 200);
  EXPECT_EQ(
      db.execAndGet("SELECT kind || ': ' || reason FROM absent_boundaries LIMIT 1").getString(),
      "not applicable: static program");
}

TEST(Store, TheFileSaysWhoseItIs) {
  const TempFolder folder;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    add_labelled(store, "a");
  }
  SQLite::Database db((folder / "a.db").string(), SQLite::OPEN_READWRITE);
  EXPECT_EQ(db.execAndGet("PRAGMA application_id").getInt(), kApplicationId);
  EXPECT_EQ(db.execAndGet("PRAGMA user_version").getInt(), kSchemaVersion);
  EXPECT_EQ(db.execAndGet("PRAGMA journal_mode").getString(), "wal");
  EXPECT_EQ(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

TEST(Store, OpeningAndClosingLeavesOneFile) {
  const TempFolder folder;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    add_labelled(store, "a");
  }
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.db"});
  { EXPECT_EQ(Store(folder / "a.db", Store::Mode::kRead).list().size(), 1U); }
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.db"});
}

TEST(Store, ALaterRunIsAddedToTheSameFile) {
  const TempFolder folder;
  for (int i = 0; i < 3; ++i) {
    Store store(folder / "a.db", Store::Mode::kWrite);
    EXPECT_EQ(add_labelled(store, "x"), i + 1);
  }
  EXPECT_EQ(Store(folder / "a.db", Store::Mode::kRead).list().size(), 3U);
}

TEST(Store, ListsTheNewestRunFirstWithItsCounts) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  add_labelled(store, "old");
  const coldstart::Run run = realistic_run(10);
  const auto id = add(store, run);
  coldstart::Run empty = plain_run({"f"}, 0);
  add(store, empty);
  const auto rows = store.list();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].starts, 0U);
  EXPECT_EQ(rows[1].id, id);
  EXPECT_EQ(rows[1].label, "main@1a2b3c");
  EXPECT_EQ(rows[1].functions, 9U);
  EXPECT_EQ(rows[1].skipped, 1U);
  EXPECT_EQ(rows[1].starts, 80U);
  EXPECT_EQ(rows[1].failed, 3U);
  EXPECT_EQ(rows[2].label, "old");
}

TEST(Store, ARunThatWasNotFinishedSaysSo) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  coldstart::Run run = plain_run({"f"}, 1);
  run.info.finished_at.clear();
  const auto id = add(store, run);
  EXPECT_EQ(store.list().at(0).finished_at, "");
  EXPECT_EQ(store.load(id).info.finished_at, "");
  const std::vector<Tier> tiers = {{"process", false, "no BTF", "boot another kernel"}};
  store.finish_run(id, "2026-01-01T00:00:09Z", 17, tiers);
  EXPECT_EQ(store.list().at(0).finished_at, "2026-01-01T00:00:09Z");
  const RunInfo info = store.load(id).info;
  EXPECT_EQ(info.lost_events, 17U);
  ASSERT_EQ(info.tiers.size(), 1U);
  EXPECT_EQ(info.tiers[0].reason, "no BTF");
  EXPECT_EQ(info.tiers[0].remedy, "boot another kernel");
}

TEST(Store, KeepsWhatACheckMadeOfARunAndKnowsRunsOfPairs) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  add_labelled(store, "plain");
  const auto judged = add_labelled(store, "judged");
  coldstart::Run pairs = plain_run({"f@baseline", "f@candidate"}, 1);
  pairs.info.verdict = "PASS";
  add(store, pairs);
  store.set_verdict(judged, "FAIL");
  const auto rows = store.list();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_TRUE(rows[0].has_pairs);
  EXPECT_EQ(rows[0].verdict, "PASS");
  EXPECT_FALSE(rows[1].has_pairs);
  EXPECT_EQ(rows[1].verdict, "FAIL");
  EXPECT_EQ(rows[2].verdict, "");
  EXPECT_EQ(store.load(judged).info.verdict, "FAIL");
  EXPECT_EQ(error_of([&] { store.set_verdict(9, "PASS"); }),
            (folder / "a.db").string() + ": there is no run 9");
}

TEST(Store, ResolvesLatestIdsAndLabels) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto a = add_labelled(store, "base");
  const auto b = add_labelled(store, "base");
  const auto c = add_labelled(store, "candidate");
  EXPECT_EQ(store.resolve("latest"), c);
  EXPECT_EQ(store.resolve("latest~0"), c);
  EXPECT_EQ(store.resolve("latest~1"), b);
  EXPECT_EQ(store.resolve("latest~2"), a);
  EXPECT_EQ(store.resolve("1"), a);
  EXPECT_EQ(store.resolve("base"), b);
  EXPECT_EQ(store.resolve("candidate"), c);
}

TEST(Store, ANumberMayBeALabelWhereNoRunHasThatId) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = add_labelled(store, "20260101");
  EXPECT_EQ(store.resolve("20260101"), id);
}

TEST(Store, AnUnknownRunIsAnErrorThatNamesTheRunsThereAre) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  for (int i = 1; i <= 7; ++i) add_labelled(store, fmt::format("label-{}", i));
  for (const char* selector :
       {"nonsense", "latest~7", "latest~", "latest~-1", "latest~x", "99", "-1", ""}) {
    const std::string error = error_of([&] { store.resolve(selector); });
    EXPECT_TRUE(contains(error, fmt::format("run '{}'", selector))) << error;
    EXPECT_TRUE(contains(error, "7 (label-7), 6 (label-6)")) << error;
    EXPECT_TRUE(contains(error, "coldstart list")) << error;
  }
}

TEST(Store, AStoreWithoutRunsSaysSo) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  EXPECT_TRUE(contains(error_of([&] { store.resolve("latest"); }), "no runs yet"));
  EXPECT_TRUE(store.list().empty());
  EXPECT_TRUE(contains(error_of([&] { store.load(1); }), "there is no run 1"));
}

TEST(Store, AStartOfAnUnknownFunctionIsRefusedAndTheNextOneIsStored) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = add(store, plain_run({"f"}, 1));
  EXPECT_TRUE(
      contains(error_of([&] { store.add_start(id, plain_start("g", 1, 1)); }), "no function 'g'"));
  EXPECT_FALSE(error_of([&] { store.add_start(99, plain_start("f", 1, 1)); }).empty());
  store.add_start(id, plain_start("f", 2, 1));
  EXPECT_EQ(store.load(id).starts.size(), 2U);
}

TEST(Store, FunctionNamesAreUniqueInARun) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  EXPECT_FALSE(error_of([&] { store.begin_run({}, plain_run({"f", "f"}, 0).functions); }).empty());
  EXPECT_TRUE(store.list().empty());
}

TEST(Store, AReaderSeesStartsWhileTheRunGoesOn) {
  const TempFolder folder;
  Store writer(folder / "a.db", Store::Mode::kWrite);
  const auto id = add(writer, plain_run({"f"}, 3));
  const Store reader(folder / "a.db", Store::Mode::kRead);
  EXPECT_EQ(reader.load(id).starts.size(), 3U);
  writer.add_start(id, plain_start("f", 4, 1));
  EXPECT_EQ(reader.load(id).starts.size(), 4U);
}

TEST(Store, AReaderCannotWrite) {
  const TempFolder folder;
  { Store(folder / "a.db", Store::Mode::kWrite); }
  Store reader(folder / "a.db", Store::Mode::kRead);
  EXPECT_FALSE(error_of([&] { reader.begin_run({}, {}); }).empty());
}

TEST(Store, TwoRunsMayWriteAtTheSameTime) {
  const TempFolder folder;
  Store one(folder / "a.db", Store::Mode::kWrite);
  Store two(folder / "a.db", Store::Mode::kWrite);
  coldstart::Run run = plain_run({"f"}, 20);
  for (Start& start : run.starts)
    start.timeline.set_unseen(Boundary::kForked, start.trial % 2 ? "a" : "b");
  const auto first = one.begin_run(run.info, run.functions);
  const auto second = two.begin_run(run.info, run.functions);
  for (const Start& start : run.starts) {
    one.add_start(first, start);
    two.add_start(second, start);
  }
  run.info.id = first;
  EXPECT_EQ(export_json(two.load(first)), export_json(run));
  run.info.id = second;
  EXPECT_EQ(export_json(one.load(second)), export_json(run));
}

TEST(Store, AHundredThousandStartsLoadInSeconds) {
  const TempFolder folder;
  const Store store(folder / "a.db", Store::Mode::kWrite);
  {
    // Multiplied in SQL: adding them one by one is what the benchmark does.
    Store writer(folder / "a.db", Store::Mode::kWrite);
    add(writer, plain_run({"f"}, 1));
    SQLite::Database db((folder / "a.db").string(), SQLite::OPEN_READWRITE);
    db.exec("CREATE TEMP TABLE one AS SELECT * FROM starts; UPDATE one SET id = NULL;");
    db.exec(
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        "INSERT INTO starts SELECT one.* FROM one, n");
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(store.load(1).starts.size(), 100'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace coldstart::results
