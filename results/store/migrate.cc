#include "results/store/migrate.h"

#include <array>
#include <fmt/format.h>

#include "results/store/schema.h"

namespace coldstart::results {
namespace {

// kSteps[i] takes a store from version i + 1 to i + 2. Once released, a step never changes.
constexpr std::array<const char*, kSchemaVersion - 1> kSteps = {R"sql(
ALTER TABLE starts ADD COLUMN account TEXT;
ALTER TABLE runs ADD COLUMN overheads TEXT;
CREATE TABLE overheads (
  id           INTEGER PRIMARY KEY,
  measured_at  TEXT NOT NULL,
  host_name    TEXT NOT NULL,
  kernel       TEXT NOT NULL,
  cpu          TEXT NOT NULL,
  cpus         INTEGER NOT NULL,
  tool_version TEXT NOT NULL,
  what         TEXT NOT NULL,
  tiers        TEXT NOT NULL,
  ratio        REAL NOT NULL,
  low          REAL,
  high         REAL,
  pairs        INTEGER NOT NULL,
  base_ns      INTEGER NOT NULL,
  with_ns      INTEGER NOT NULL
) STRICT;
)sql",
                                                                R"sql(
ALTER TABLE functions ADD COLUMN memory_limit_bytes INTEGER;
ALTER TABLE functions ADD COLUMN cpus_limit REAL;
ALTER TABLE functions ADD COLUMN pids_limit INTEGER;
ALTER TABLE functions ADD COLUMN sweep_of TEXT;
ALTER TABLE functions ADD COLUMN sweep_key TEXT;
ALTER TABLE starts ADD COLUMN in_flight INTEGER;
CREATE TABLE loads (
  id          INTEGER PRIMARY KEY,
  run_id      INTEGER NOT NULL REFERENCES runs (id),
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  pattern     TEXT NOT NULL,
  parameters  TEXT,
  time_scale  REAL NOT NULL,
  begin_ns    INTEGER NOT NULL,
  duration_ns INTEGER,
  UNIQUE (run_id, position),
  UNIQUE (run_id, name)
) STRICT;
CREATE TABLE invocations (
  load_id       INTEGER NOT NULL REFERENCES loads (id),
  due_ns        INTEGER NOT NULL,
  number        INTEGER NOT NULL,
  function_id   INTEGER NOT NULL REFERENCES functions (id),
  instance      INTEGER,
  cold          INTEGER NOT NULL,
  outcome       TEXT NOT NULL,
  sent_ns       INTEGER,
  first_byte_ns INTEGER,
  done_ns       INTEGER,
  message       TEXT,
  PRIMARY KEY (load_id, due_ns, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE instances (
  id                INTEGER PRIMARY KEY,
  load_id           INTEGER NOT NULL REFERENCES loads (id),
  function_id       INTEGER NOT NULL REFERENCES functions (id),
  instance          INTEGER NOT NULL,
  requested_ns      INTEGER NOT NULL,
  ready_ns          INTEGER,
  ended_ns          INTEGER,
  ended_by          TEXT NOT NULL,
  invocations       INTEGER NOT NULL,
  peak_memory_bytes INTEGER
) STRICT;
CREATE INDEX instances_by_load ON instances (load_id);
)sql",
                                                                R"sql(
CREATE TABLE stack_profiles (
  start_id INTEGER PRIMARY KEY REFERENCES starts (id),
  rate_hz  INTEGER NOT NULL,
  taken    INTEGER NOT NULL,
  lost     INTEGER NOT NULL,
  cut      INTEGER NOT NULL,
  broken   INTEGER NOT NULL,
  frames   INTEGER NOT NULL,
  unnamed  INTEGER NOT NULL,
  notes    TEXT NOT NULL
) STRICT;
CREATE TABLE stacks (
  start_id INTEGER NOT NULL REFERENCES starts (id),
  phase    TEXT NOT NULL,
  thread   TEXT NOT NULL,
  on_cpu   INTEGER NOT NULL,
  stack    TEXT NOT NULL,
  count    INTEGER NOT NULL,
  time_ns  INTEGER NOT NULL
) STRICT;
CREATE INDEX stacks_by_start ON stacks (start_id);
)sql",
                                                                R"sql(
ALTER TABLE runs ADD COLUMN verdict TEXT;
)sql",
                                                                R"sql(
ALTER TABLE invocations ADD COLUMN work_ns INTEGER;
)sql"};

int version_of(SQLite::Database& db) { return db.execAndGet("PRAGMA user_version").getInt(); }

}  // namespace

void migrate(SQLite::Database& db) {
  if (version_of(db) >= kSchemaVersion) return;
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  // Asked again: another process may have been faster.
  for (int version = version_of(db); version >= 1 && version < kSchemaVersion; ++version) {
    db.exec(kSteps.at(static_cast<std::size_t>(version - 1)));
  }
  db.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

bool has_column(SQLite::Database& db, const std::string& table, const std::string& column) {
  SQLite::Statement query(db, "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?");
  query.bind(1, table);
  query.bind(2, column);
  return query.executeStep() && query.getColumn(0).getInt() > 0;
}

}  // namespace coldstart::results
