// A store that version 0.1.0 wrote: still read, and brought up to date when it is written.
#include "results/store/migrate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "results/export/json.h"
#include "results/store/schema.h"
#include "results/store/store.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::full_start;
using testing::in_child;
using testing::plain_run;
using testing::plain_start;
using testing::TempFolder;

// schema.sql of version 1, without its comments.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE runs (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  label        TEXT NOT NULL,
  suite        TEXT NOT NULL,
  started_at   TEXT NOT NULL,
  finished_at  TEXT,
  seed         TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  command_line TEXT NOT NULL,
  host_name    TEXT NOT NULL,
  kernel       TEXT NOT NULL,
  os           TEXT NOT NULL,
  cpu          TEXT NOT NULL,
  cpus         INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  lost_events  INTEGER NOT NULL
) STRICT;
CREATE TABLE tiers (
  run_id   INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  is_on    INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  remedy   TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT;
CREATE TABLE functions (
  id       INTEGER PRIMARY KEY,
  run_id   INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  runtime  TEXT NOT NULL,
  contract TEXT NOT NULL,
  command  TEXT NOT NULL,
  version  TEXT NOT NULL,
  skipped  TEXT,
  UNIQUE (run_id, name)
) STRICT;
CREATE TABLE absence_sets (
  id     INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id)
) STRICT;
CREATE TABLE absences (
  set_id   INTEGER NOT NULL REFERENCES absence_sets (id),
  boundary TEXT NOT NULL,
  kind     TEXT NOT NULL CHECK (kind IN ('not applicable', 'unseen')),
  reason   TEXT NOT NULL,
  PRIMARY KEY (set_id, boundary)
) STRICT;
CREATE TABLE starts (
  id                INTEGER PRIMARY KEY,
  function_id       INTEGER NOT NULL REFERENCES functions (id),
  load              TEXT NOT NULL,
  cache             TEXT NOT NULL,
  trial             INTEGER NOT NULL,
  run_order         INTEGER NOT NULL,
  instance          INTEGER NOT NULL,
  outcome           TEXT NOT NULL,
  message           TEXT NOT NULL,
  due_ns            INTEGER NOT NULL,
  requested_ns      INTEGER,
  forked_ns         INTEGER,
  launched_ns       INTEGER,
  execed_ns         INTEGER,
  linked_ns         INTEGER,
  entered_ns        INTEGER,
  runtime_ready_ns  INTEGER,
  listening_ns      INTEGER,
  received_ns       INTEGER,
  replied_ns        INTEGER,
  responded_ns      INTEGER,
  completed_ns      INTEGER,
  absence_set_id    INTEGER REFERENCES absence_sets (id),
  lost_events       INTEGER NOT NULL,
  readiness_poll_ns INTEGER,
  connect_retries   INTEGER,
  pid               INTEGER,
  port              INTEGER,
  http_status       INTEGER,
  exit_status       INTEGER,
  exit_signal       INTEGER
) STRICT;
CREATE INDEX starts_by_function ON starts (function_id);
CREATE VIEW absent_boundaries AS
  SELECT s.id AS start_id, a.boundary, a.kind, a.reason
    FROM starts s JOIN absences a ON a.set_id = s.absence_set_id;
)sql";

// With one run, whose function `f` was started twice.
void make_version_1(const fs::path& file) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec(kVersion1);
  db.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  db.exec("PRAGMA user_version = 1");
  db.execAndGet("PRAGMA journal_mode = WAL");
  db.exec(
      "INSERT INTO runs VALUES (1, 'old', 'hello', '2026-01-01T00:00:00Z', NULL, '42', '0.1.0', "
      "'coldstart run', 'box', '6.1', 'Debian', 'CPU', 2, 1024, 0);"
      "INSERT INTO functions VALUES (1, 1, 0, 'f', 'native', 'http', '[\"/bin/f\"]', '', NULL);"
      "INSERT INTO starts (function_id, load, cache, trial, run_order, instance, outcome, message, "
      "due_ns, responded_ns, lost_events, exit_signal) VALUES "
      "(1, 'cold', 'page-cache', 1, 1, 1, 'ok', '', 5, 1000, 0, NULL), "
      "(1, 'cold', 'page-cache', 2, 2, 2, 'crashed', 'signal 11', 6, NULL, 0, 11);");
}

// The same run, with an account for its first start, as schema 2 kept it.
void make_version_2(const fs::path& file) {
  make_version_1(file);
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  db.exec(
      "ALTER TABLE starts ADD COLUMN account TEXT;"
      "ALTER TABLE runs ADD COLUMN overheads TEXT;"
      "CREATE TABLE overheads (id INTEGER PRIMARY KEY, measured_at TEXT NOT NULL, "
      "host_name TEXT NOT NULL, kernel TEXT NOT NULL, cpu TEXT NOT NULL, cpus INTEGER NOT NULL, "
      "tool_version TEXT NOT NULL, what TEXT NOT NULL, tiers TEXT NOT NULL, ratio REAL NOT NULL, "
      "low REAL, high REAL, pairs INTEGER NOT NULL, base_ns INTEGER NOT NULL, "
      "with_ns INTEGER NOT NULL) STRICT;"
      "UPDATE starts SET account = '{\"python\": {\"imports\": 3, \"top\": []}}' WHERE id = 1;"
      "PRAGMA user_version = 2");
}

void expect_both_starts(const Run& run) {
  EXPECT_EQ(run.info.label, "old");
  EXPECT_TRUE(run.info.overheads.empty());
  ASSERT_GE(run.starts.size(), 2U);
  EXPECT_EQ(latency_ns(run.starts[0].timeline), 1000);
  EXPECT_EQ(run.starts[0].account, Account{});
  EXPECT_FALSE(run.starts[0].exit_signal);
  EXPECT_EQ(run.starts[1].exit_signal, 11);
}

int version_of(const fs::path& file) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  return db.execAndGet("PRAGMA user_version").getInt();
}

// Names and types of all columns, indexes and views.
std::string shape_of(const fs::path& file) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  SQLite::Statement query(
      db,
      "SELECT m.type, m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m "
      "LEFT JOIN pragma_table_info(m.name) c ORDER BY m.type, m.name, c.cid");
  std::string shape;
  while (query.executeStep()) {
    for (int i = 0; i < query.getColumnCount(); ++i) shape += query.getColumn(i).getString() + ' ';
    shape += '\n';
  }
  return shape;
}

TEST(Migration, AnOlderStoreIsReadAsItIs) {
  const TempFolder folder;
  make_version_1(folder / "a.db");
  const Store store(folder / "a.db", Store::Mode::kRead);
  expect_both_starts(store.load(1));
  EXPECT_EQ(store.list().at(0).failed, 1U);
  EXPECT_EQ(store.list().at(0).verdict, "");
  EXPECT_TRUE(store.latest_overheads({"box", "6.1", "", "CPU", 2, 0}).empty());
  EXPECT_EQ(version_of(folder / "a.db"), 1);
}

TEST(Migration, AStoreOfVersion2IsReadAsItIs) {
  const TempFolder folder;
  make_version_2(folder / "a.db");
  const Store store(folder / "a.db", Store::Mode::kRead);
  const coldstart::Run run = store.load(1);
  ASSERT_EQ(run.starts.size(), 2U);
  EXPECT_EQ(run.starts[0].account.python->imports, 3);
  EXPECT_FALSE(run.starts[0].in_flight);
  EXPECT_TRUE(run.loads.empty());
  EXPECT_TRUE(run.invocations.empty());
  EXPECT_TRUE(run.instances.empty());
  EXPECT_FALSE(run.functions.at(0).limits.any());
  EXPECT_EQ(run.functions.at(0).sweep_of, "");
  EXPECT_EQ(version_of(folder / "a.db"), 2);
}

TEST(Migration, AStoreOfVersion2TakesLoadsAndKeepsItsAccounts) {
  const TempFolder folder;
  make_version_2(folder / "a.db");
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    EXPECT_EQ(store.add_load(1, testing::full_load("late")), 0U);
    store.add_invocations(1, std::vector{testing::full_invocation()});
    store.add_instances(1, std::vector{testing::full_instance()});
  }
  EXPECT_EQ(version_of(folder / "a.db"), kSchemaVersion);
  const coldstart::Run run = Store(folder / "a.db", Store::Mode::kRead).load(1);
  EXPECT_EQ(run.starts.at(0).account.python->imports, 3);
  EXPECT_EQ(run.loads, std::vector{testing::full_load("late")});
  EXPECT_EQ(run.invocations, std::vector{testing::full_invocation()});
  EXPECT_EQ(run.instances, std::vector{testing::full_instance()});
}

TEST(Migration, AnOlderStoreInAReadOnlyFolderIsReadToo) {
  const TempFolder folder;
  make_version_1(folder / "a.db");
  fs::permissions(folder / "a.db", static_cast<fs::perms>(0444));
  fs::permissions(folder.path(), static_cast<fs::perms>(0555));
  const auto starts = in_child(
      [&] {
        return std::to_string(Store(folder / "a.db", Store::Mode::kRead).load(1).starts.size());
      },
      true);
  EXPECT_EQ(starts, "2");
}

TEST(Migration, WritingBringsAnOlderStoreUpToDateAndKeepsItsStarts) {
  const TempFolder folder;
  make_version_1(folder / "a.db");
  Start start = full_start("f", 3);
  {
    Store store(folder / "a.db", Store::Mode::kWrite);
    store.add_start(1, start);
    store.add_overheads({testing::sample_overhead("cpp", "all", 1.004)});
  }
  EXPECT_EQ(version_of(folder / "a.db"), kSchemaVersion);
  const Store store(folder / "a.db", Store::Mode::kRead);
  const coldstart::Run run = store.load(1);
  expect_both_starts(run);
  ASSERT_EQ(run.starts.size(), 3U);
  EXPECT_EQ(run.starts[2].account, start.account);
  EXPECT_EQ(run.starts[2].stacks, start.stacks);
  EXPECT_FALSE(run.starts[0].stacks);
}

TEST(Migration, AMigratedStoreIsShapedLikeANewOne) {
  const TempFolder folder;
  make_version_1(folder / "old.db");
  make_version_2(folder / "middle.db");
  { Store(folder / "old.db", Store::Mode::kWrite); }
  { Store(folder / "middle.db", Store::Mode::kWrite); }
  { Store(folder / "new.db", Store::Mode::kWrite); }
  EXPECT_EQ(shape_of(folder / "old.db"), shape_of(folder / "new.db"));
  EXPECT_EQ(shape_of(folder / "middle.db"), shape_of(folder / "new.db"));
  EXPECT_TRUE(testing::contains(shape_of(folder / "new.db"), "account"));
  EXPECT_TRUE(testing::contains(shape_of(folder / "new.db"), "stack_profiles"));
}

TEST(Migration, HappensOnce) {
  const TempFolder folder;
  make_version_1(folder / "a.db");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(error_of([&] { Store(folder / "a.db", Store::Mode::kWrite).list(); }), "");
  }
  expect_both_starts(Store(folder / "a.db", Store::Mode::kRead).load(1));
}

TEST(Migration, AReaderThatWasThereBeforeGoesOn) {
  const TempFolder folder;
  make_version_1(folder / "a.db");
  const Store reader(folder / "a.db", Store::Mode::kRead);
  expect_both_starts(reader.load(1));
  Store writer(folder / "a.db", Store::Mode::kWrite);
  Start start = plain_start("f", 3, 5);
  start.account = testing::full_account();
  writer.add_start(1, start);
  EXPECT_EQ(reader.load(1).starts.at(2).account, start.account);
}

TEST(Migration, AHalfDoneMigrationLeavesTheStoreAsItWas) {
  const TempFolder folder;
  make_version_1(folder / "a.db");
  {
    // The second step of the migration fails: the table is there already.
    SQLite::Database db((folder / "a.db").string(), SQLite::OPEN_READWRITE);
    db.exec("CREATE TABLE overheads (x)");
  }
  EXPECT_NE(error_of([&] { Store(folder / "a.db", Store::Mode::kWrite); }), "");
  EXPECT_EQ(version_of(folder / "a.db"), 1);
  SQLite::Database db((folder / "a.db").string(), SQLite::OPEN_READWRITE);
  EXPECT_FALSE(has_column(db, "starts", "account"));
  EXPECT_TRUE(has_column(db, "starts", "exit_signal"));
}

}  // namespace
}  // namespace coldstart::results
