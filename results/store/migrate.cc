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
