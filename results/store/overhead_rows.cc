#include "results/store/overhead_rows.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "results/export/overhead_json.h"
#include "results/store/migrate.h"

namespace coldstart::results {

std::vector<Overhead> load_run_overheads(SQLite::Database& db, std::int64_t run_id) {
  if (!has_column(db, "runs", "overheads")) return {};
  SQLite::Statement query(db, "SELECT overheads FROM runs WHERE id = ?");
  query.bind(1, run_id);
  if (!query.executeStep() || query.isColumnNull(0)) return {};
  const auto json = nlohmann::ordered_json::parse(query.getColumn(0).getString());
  const std::string source = fmt::format("{}: overheads of run {}", db.getFilename(), run_id);
  return read_overheads(JsonNode(json, source, ""));
}

std::vector<Overhead> load_overheads(SQLite::Database& db, const Host& host) {
  std::vector<Overhead> overheads;
  if (!db.tableExists("overheads")) return overheads;  // an older store, only read
  SQLite::Statement query(
      db,
      "SELECT measured_at, host_name, kernel, cpu, cpus, tool_version, what, tiers, ratio, low, "
      "high, pairs, base_ns, with_ns FROM overheads WHERE id IN (SELECT max(id) FROM overheads "
      "WHERE host_name = ? AND kernel = ? AND cpu = ? GROUP BY what, tiers) ORDER BY id");
  SQLite::bind(query, host.name, host.kernel, host.cpu);
  while (query.executeStep()) {
    Overhead& o = overheads.emplace_back();
    o.measured_at = query.getColumn(0).getString();
    o.host_name = query.getColumn(1).getString();
    o.kernel = query.getColumn(2).getString();
    o.cpu = query.getColumn(3).getString();
    o.cpus = query.getColumn(4).getInt();
    o.tool_version = query.getColumn(5).getString();
    o.what = query.getColumn(6).getString();
    o.tiers = query.getColumn(7).getString();
    o.ratio = query.getColumn(8).getDouble();
    if (!query.isColumnNull(9)) o.low = query.getColumn(9).getDouble();
    if (!query.isColumnNull(10)) o.high = query.getColumn(10).getDouble();
    o.pairs = query.getColumn(11).getInt64();
    o.base_ns = query.getColumn(12).getInt64();
    o.with_ns = query.getColumn(13).getInt64();
  }
  return overheads;
}

void insert_overheads(SQLite::Database& db, const std::vector<Overhead>& overheads) {
  SQLite::Statement insert(
      db,
      "INSERT INTO overheads (measured_at, host_name, kernel, cpu, cpus, tool_version, what, "
      "tiers, ratio, pairs, base_ns, with_ns, low, high) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const Overhead& o : overheads) {
    SQLite::bind(insert, o.measured_at, o.host_name, o.kernel, o.cpu, o.cpus, o.tool_version,
                 o.what, o.tiers, o.ratio, o.pairs, o.base_ns, o.with_ns);
    if (o.low) insert.bind(13, *o.low);
    if (o.high) insert.bind(14, *o.high);
    insert.exec();
    insert.reset();
    insert.clearBindings();
  }
}

void store_run_overheads(SQLite::Database& db, std::int64_t run_id,
                         const std::vector<Overhead>& overheads) {
  if (overheads.empty()) return;
  SQLite::Statement update(db, "UPDATE runs SET overheads = ? WHERE id = ?");
  // Text that is not UTF-8 is made so.
  SQLite::bind(update,
               overheads_json(overheads).dump(-1, ' ', false,
                                              nlohmann::ordered_json::error_handler_t::replace),
               run_id);
  update.exec();
}

}  // namespace coldstart::results
