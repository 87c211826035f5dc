#include "results/store/history_rows.h"

#include "results/store/migrate.h"
#include "results/store/open.h"

namespace coldstart::results {
namespace {

// As Start::usable: answered, lost no event, and a cache state that was tried to prove is proven.
constexpr const char* kUsableStarts =
    "SELECT r.id, r.label, r.started_at, r.host_name, r.kernel, r.cpu, r.cpus, f.name, f.contract, "
    "s.load, s.cache, s.responded_ns "
    "FROM starts s JOIN functions f ON f.id = s.function_id JOIN runs r ON r.id = f.run_id "
    "WHERE s.outcome = 'ok' AND s.lost_events = 0 AND s.responded_ns IS NOT NULL "
    "AND coalesce(json_extract(s.account, '$.cache_proof.proven'), 1) "
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
        history.push_back(std::move(row));
      }
      history.back().sorted_ns.push_back(query.getColumn(11).getInt64());
    }
    return history;
  } catch (const SQLite::Exception& e) {
    throw_store_error(store_file, e);
  }
}

}  // namespace coldstart::results
