#include "results/store/history_rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "results/store/migrate.h"
#include "results/store/open.h"

namespace coldstart::results {
namespace {

// As Start::usable: answered, lost no event, and a cache state that was tried to prove is proven.
// Pairs that `check` repeated because they were disturbed are no part of a function's history.
constexpr const char* kUsableStarts =
    "SELECT r.id, r.label, r.started_at, r.host_name, r.kernel, r.cpu, r.cpus, f.name, f.contract, "
    "s.load, s.cache, s.responded_ns, r.os, r.memory_bytes, "
    "(SELECT group_concat(name, ', ') FROM (SELECT name FROM tiers t WHERE t.run_id = r.id AND "
    "t.is_on ORDER BY t.position)) "
    "FROM starts s JOIN functions f ON f.id = s.function_id JOIN runs r ON r.id = f.run_id "
    "WHERE s.outcome = 'ok' AND s.lost_events = 0 AND s.responded_ns IS NOT NULL "
    "AND coalesce(json_extract(s.account, '$.cache_proof.proven'), 1) "
    "AND NOT (s.load = 'disturbed' AND (f.name LIKE '%@baseline' OR f.name LIKE '%@candidate')) "
    "AND (?1 IS NULL OR f.name = ?1) ";
// Starts whose stacks were sampled are slower: they are no part of a function's history.
constexpr const char* kWithoutStacks =
    "AND NOT EXISTS (SELECT 1 FROM stack_profiles p WHERE p.start_id = s.id) ";
constexpr const char* kInOrder = "ORDER BY f.name, s.load, s.cache, r.id, s.responded_ns";

std::string usable_starts(SQLite::Database& db) {
  // A store that an older coldstart wrote has no stacks.
  const bool stacks = has_column(db, "stack_profiles", "start_id");
  return std::string(kUsableStarts) + (stacks ? kWithoutStacks : "") + kInOrder;
}

bool same_series(const RunLatencies& a, const RunLatencies& b) {
  return a.run_id == b.run_id && a.function == b.function && a.load == b.load && a.cache == b.cache;
}

// Loads that compressed their time say so.
void read_time_scales(SQLite::Database& db, std::vector<RunLatencies>& history) {
  // A store that an older coldstart wrote has no loads.
  if (!has_column(db, "loads", "time_scale")) return;
  std::map<std::pair<std::int64_t, std::string>, double> scales;
  SQLite::Statement query(db, "SELECT run_id, name, time_scale FROM loads WHERE time_scale <> 1");
  while (query.executeStep()) {
    scales[{query.getColumn(0).getInt64(), query.getColumn(1).getString()}] =
        query.getColumn(2).getDouble();
  }
  for (RunLatencies& row : history) {
    const auto scale = scales.find({row.run_id, row.load});
    if (scale != scales.end()) row.time_scale = scale->second;
  }
}

/// Loads that have a warm-up, by run.
using WarmedUp = std::set<std::pair<std::int64_t, std::string>>;

WarmedUp loads_with_warmup(SQLite::Database& db) {
  WarmedUp loads;
  // A store that an older coldstart wrote has no loads.
  if (!has_column(db, "loads", "parameters")) return loads;
  SQLite::Statement query(db,
                          "SELECT run_id, name FROM loads "
                          "WHERE json_extract(parameters, '$.warmup_s') > 0");
  while (query.executeStep()) {
    loads.emplace(query.getColumn(0).getInt64(), query.getColumn(1).getString());
  }
  return loads;
}

// What was due in a warm-up is not counted. When that was, the whole run tells: only such runs are
// read again.
void leave_out_warmups(std::vector<RunLatencies>& history, const WarmedUp& warmed_up,
                       const std::filesystem::path& store_file) {
  if (warmed_up.empty()) return;
  const Store store(store_file, Store::Mode::kRead);
  std::map<std::int64_t, Run> runs;
  for (RunLatencies& row : history) {
    if (!warmed_up.contains({row.run_id, row.load})) continue;
    const auto [run, added] = runs.try_emplace(row.run_id);
    if (added) run->second = store.load(row.run_id);
    row.sorted_ns.clear();
    for (const Start& start : run->second.starts) {
      const auto latency = latency_ns(start.timeline);
      if (start.usable() && latency && !start.stacks && start.function == row.function &&
          start.load == row.load && start.cache == row.cache) {
        row.sorted_ns.push_back(*latency);
      }
    }
    std::sort(row.sorted_ns.begin(), row.sorted_ns.end());
  }
  std::erase_if(history, [](const RunLatencies& row) { return row.sorted_ns.empty(); });
}

}  // namespace

std::vector<RunLatencies> load_history(const std::filesystem::path& store_file,
                                       const std::optional<std::string>& function) {
  SQLite::Database db = open_store_file(store_file, Store::Mode::kRead);
  try {
    SQLite::Statement query(db, usable_starts(db));
    if (function) query.bind(1, *function);
    std::vector<RunLatencies> history;
    while (query.executeStep()) {
      const auto text = [&](int column) { return query.getColumn(column).getString(); };
      RunLatencies row;
      row.run_id = query.getColumn(0).getInt64();
      row.function = text(7);
      row.load = text(9);
      row.cache = text(10);
      if (history.empty() || !same_series(history.back(), row)) {
        row.label = text(1);
        row.started_at = text(2);
        row.host.name = text(3);
        row.host.kernel = text(4);
        row.host.cpu = text(5);
        row.host.cpus = query.getColumn(6).getInt();
        row.contract = text(8);
        row.host.os = text(12);
        row.host.memory_bytes = static_cast<std::uint64_t>(query.getColumn(13).getInt64());
        row.tiers = query.getColumn(14).isNull() ? "" : text(14);
        history.push_back(std::move(row));
      }
      history.back().sorted_ns.push_back(query.getColumn(11).getInt64());
    }
    read_time_scales(db, history);
    leave_out_warmups(history, loads_with_warmup(db), store_file);
    return history;
  } catch (const SQLite::Exception& e) {
    throw_store_error(store_file, e);
  }
}

}  // namespace coldstart::results
