// Loads, requests and instances in the store.
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <gtest/gtest.h>

#include "results/export/json.h"
#include "results/store/store.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::error_of;
using testing::full_instance;
using testing::full_invocation;
using testing::full_load;
using testing::loaded_run;
using testing::plain_run;
using testing::TempFolder;

std::int64_t add(Store& store, const Run& run) {
  const std::int64_t id = store.begin_run(run.info, run.functions);
  for (const Load& load : run.loads) store.add_load(id, load);
  store.add_starts(id, run.starts);
  store.add_invocations(id, run.invocations);
  store.add_instances(id, run.instances);
  return id;
}

TEST(StoredLoads, ARunUnderLoadComesBackAsItWasStored) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  coldstart::Run run = loaded_run();
  run.info.id = add(store, run);
  const coldstart::Run loaded = Store(folder / "a.db", Store::Mode::kRead).load(run.info.id);
  EXPECT_EQ(loaded.loads, run.loads);
  EXPECT_EQ(loaded.invocations, run.invocations);
  EXPECT_EQ(loaded.instances, run.instances);
  EXPECT_EQ(export_json(loaded), export_json(run));
}

TEST(StoredLoads, EveryFieldComesBack) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  coldstart::Run run = plain_run({"f"}, 1);
  run.loads = {full_load("l")};
  run.invocations = {full_invocation()};
  run.instances = {full_instance()};
  run.functions[0].limits = {128 << 20, 0.5, 7};
  run.functions[0].sweep_of = "g";
  run.functions[0].sweep_key = "cpus";
  run.starts[0].in_flight = 16;
  const auto id = add(store, run);
  const coldstart::Run loaded = store.load(id);
  EXPECT_EQ(loaded.loads, run.loads);
  EXPECT_EQ(loaded.invocations, run.invocations);
  EXPECT_EQ(loaded.instances, run.instances);
  EXPECT_EQ(loaded.functions.at(0).limits, run.functions[0].limits);
  EXPECT_EQ(loaded.functions.at(0).sweep_of, "g");
  EXPECT_EQ(loaded.functions.at(0).sweep_key, "cpus");
  EXPECT_EQ(loaded.starts.at(0).in_flight, 16);
}

TEST(StoredLoads, AbsentIsNullAndComesBackAbsent) {
  const TempFolder folder;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    coldstart::Run run = plain_run({"f"}, 1);
    run.loads = {{"l", "list", "", 1, 5, std::nullopt}};
    run.invocations.resize(2);
    run.invocations[0].outcome = Outcome::kDropped;
    run.invocations[1] = {0, 0, 1, false, Outcome::kOk, 1, 0, 0, 0, ""};
    run.instances.resize(1);
    const auto id = add(store, run);
    const coldstart::Run loaded = store.load(id);
    EXPECT_EQ(loaded.loads, run.loads);
    EXPECT_EQ(loaded.invocations, run.invocations);
    EXPECT_EQ(loaded.instances, run.instances);
    EXPECT_FALSE(loaded.functions.at(0).limits.any());
    EXPECT_FALSE(loaded.starts.at(0).in_flight);
  }
  SQLite::Database db((folder / "a.db").string());
  EXPECT_TRUE(db.execAndGet("SELECT instance FROM invocations WHERE number = 0").isNull());
  EXPECT_TRUE(db.execAndGet("SELECT first_byte_ns FROM invocations WHERE number = 0").isNull());
  EXPECT_EQ(db.execAndGet("SELECT first_byte_ns FROM invocations WHERE number = 1").getInt64(), 0);
  EXPECT_TRUE(db.execAndGet("SELECT ended_ns FROM instances").isNull());
  EXPECT_TRUE(db.execAndGet("SELECT memory_limit_bytes FROM functions").isNull());
}

TEST(StoredLoads, RequestsThatEndOutOfOrderComeBackInOrderOfDue) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
  const auto a = store.add_load(id, {"a", "list", "", 1, 0, {}});
  const auto b = store.add_load(id, {"b", "list", "", 1, 0, {}});
  EXPECT_EQ(a, 0U);
  EXPECT_EQ(b, 1U);
  Invocation first = full_invocation();
  Invocation later = full_invocation();
  Invocation same = full_invocation();
  Invocation other = full_invocation();
  first.due_ns = 1;
  later.due_ns = 2;
  same.due_ns = 2;
  same.instance = 99;
  other.load = b;
  other.due_ns = 0;
  store.add_invocations(id, std::vector{other, later});
  store.add_invocations(id, std::vector{same, first});
  EXPECT_EQ(store.load(id).invocations, (std::vector{first, later, same, other}));
}

TEST(StoredLoads, AnotherProcessMayGoOnWithTheSameRun) {
  const TempFolder folder;
  std::int64_t id = 0;
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    id = store.begin_run({}, plain_run({"f"}, 0).functions);
    store.add_load(id, full_load("a"));
    store.add_invocations(id, std::vector{full_invocation()});
  }
  Store store(folder / "a.db", Store::Mode::kWrite);
  EXPECT_EQ(store.add_load(id, full_load("b")), 1U);
  store.add_invocations(id, std::vector{full_invocation(), full_invocation()});
  EXPECT_EQ(store.load(id).invocations.size(), 3U);
  EXPECT_EQ(store.load(id).loads.size(), 2U);
}

TEST(StoredLoads, ALoadWithoutAnEndWasInterrupted) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
  const auto load = store.add_load(id, {"a", "list", "", 1, 0, {}});
  EXPECT_FALSE(store.load(id).loads.at(0).duration_ns);
  store.finish_load(id, load, 42);
  EXPECT_EQ(store.load(id).loads.at(0).duration_ns, 42);
}

TEST(StoredLoads, ABatchThatNamesWhatIsNotThereIsRefusedAsAWhole) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
  store.add_load(id, full_load("a"));
  std::vector<Invocation> batch = {full_invocation(), full_invocation()};
  batch[1].load = 1;
  EXPECT_TRUE(contains(error_of([&] { store.add_invocations(id, batch); }), "no load"));
  batch[1].load = 0;
  batch[1].function = 1;
  EXPECT_TRUE(contains(error_of([&] { store.add_invocations(id, batch); }), "no function"));
  EXPECT_TRUE(store.load(id).invocations.empty());
  InstanceLife life = full_instance();
  life.load = 1;
  EXPECT_TRUE(contains(error_of([&] { store.add_instances(id, std::vector{life}); }), "no load"));
  EXPECT_NE(error_of([&] { store.finish_load(id, 1, 5); }), "");
  store.add_invocations(id, std::vector{full_invocation()});
  EXPECT_EQ(store.load(id).invocations.size(), 1U);
}

TEST(StoredLoads, ManyStartsAreAllStoredOrNone) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
  std::vector<Start> starts = {testing::full_start("f", 1), testing::full_start("g", 1)};
  EXPECT_TRUE(contains(error_of([&] { store.add_starts(id, starts); }), "no function 'g'"));
  EXPECT_TRUE(store.load(id).starts.empty());
  starts[1].function = "f";
  store.add_starts(id, starts);
  // The reasons of what is absent as well: their set was rolled back with the first batch.
  EXPECT_EQ(store.load(id).starts.at(1).timeline[Boundary::kLinked].reason, "static program");
}

TEST(StoredLoads, LoadNamesAreUniqueAndParametersAreAnObject) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto id = store.begin_run({}, plain_run({"f"}, 0).functions);
  store.add_load(id, full_load("a"));
  EXPECT_NE(error_of([&] { store.add_load(id, full_load("a")); }), "");
  for (const char* parameters : {"rate: 3", "[1]", "{"}) {
    Load load = full_load("b");
    load.parameters = parameters;
    EXPECT_TRUE(contains(error_of([&] { store.add_load(id, load); }), "no JSON object"))
        << parameters;
  }
  EXPECT_EQ(store.load(id).loads.size(), 1U);
}

TEST(StoredLoads, OfOneRunAreNotThoseOfAnother) {
  const TempFolder folder;
  Store store(folder / "a.db", Store::Mode::kWrite);
  const auto one = add(store, loaded_run());
  const auto two = add(store, loaded_run());
  EXPECT_EQ(store.load(one).invocations, store.load(two).invocations);
  EXPECT_EQ(store.load(one).instances, store.load(two).instances);
}

}  // namespace
}  // namespace coldstart::results
