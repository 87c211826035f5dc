#include "results/store/start_row.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "results/export/account_json.h"
#include "results/store/migrate.h"

namespace coldstart::results {
namespace {

// Order of the columns in every statement below; the boundaries are requested … completed.
constexpr const char* kColumns =
    "load, cache, trial, run_order, instance, outcome, message, due_ns, "
    "requested_ns, forked_ns, launched_ns, execed_ns, linked_ns, entered_ns, runtime_ready_ns, "
    "listening_ns, received_ns, replied_ns, responded_ns, completed_ns, absence_set_id, "
    "lost_events, "
    "readiness_poll_ns, connect_retries, pid, port, http_status, exit_status, exit_signal, "
    "account, "
    "in_flight";
constexpr int kColumnCount = 31;

constexpr const char* kNotApplicable = "not applicable";
constexpr const char* kUnseen = "unseen";

// All boundaries but `due`, which is the zero of the timeline.
constexpr std::array<Boundary, kBoundaryCount - 1> kStored = [] {
  std::array<Boundary, kBoundaryCount - 1> stored{};
  for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = static_cast<Boundary>(i + 1);
  return stored;
}();

const char* kind_of(const Mark& mark) {
  return mark.absence == Absence::kNotApplicable ? kNotApplicable : kUnseen;
}

template <typename T>
void bind_optional(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (value) {
    statement.bind(index, static_cast<std::int64_t>(*value));
  } else {
    statement.bind(index);
  }
}

template <typename T>
void read_optional(SQLite::Statement& row, int index, std::optional<T>& value) {
  if (!row.isColumnNull(index)) value = static_cast<T>(row.getColumn(index).getInt64());
}

using Absences = std::vector<std::pair<Boundary, Mark>>;

std::map<std::int64_t, Absences> load_absences(SQLite::Database& db, std::int64_t run_id) {
  SQLite::Statement query(db,
                          "SELECT a.set_id, a.boundary, a.kind, a.reason FROM absences a "
                          "JOIN absence_sets s ON s.id = a.set_id WHERE s.run_id = ?");
  query.bind(1, run_id);
  std::map<std::int64_t, Absences> sets;
  while (query.executeStep()) {
    const auto boundary = boundary_from_name(query.getColumn(1).getString());
    if (!boundary) continue;
    const bool unseen = query.getColumn(2).getString() == kUnseen;
    sets[query.getColumn(0).getInt64()].emplace_back(
        *boundary, Mark{std::nullopt, unseen ? Absence::kUnseen : Absence::kNotApplicable,
                        query.getColumn(3).getString()});
  }
  return sets;
}

// What the rows of a run refer to, and between which ids they lie: by the index of functions alone.
struct StartsOfRun {
  std::unordered_map<std::int64_t, std::string> functions;
  std::map<std::int64_t, Absences> absences;
  std::int64_t first_id = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_id = 0;
  std::size_t count = 0;
};

StartsOfRun find_starts(SQLite::Database& db, std::int64_t run_id) {
  StartsOfRun run;
  run.absences = load_absences(db, run_id);
  SQLite::Statement functions(db, "SELECT id, name FROM functions WHERE run_id = ?");
  functions.bind(1, run_id);
  SQLite::Statement first(db, "SELECT min(id) FROM starts WHERE function_id = ?");
  SQLite::Statement last(db, "SELECT max(id) FROM starts WHERE function_id = ?");
  SQLite::Statement count(db, "SELECT count(*) FROM starts WHERE function_id = ?");
  const auto number = [](SQLite::Statement& query, std::int64_t id) {
    query.reset();
    query.bind(1, id);
    query.executeStep();
    return query.getColumn(0).getInt64();
  };
  while (functions.executeStep()) {
    const std::int64_t id = functions.getColumn(0).getInt64();
    run.functions[id] = functions.getColumn(1).getString();
    const std::int64_t starts = number(count, id);
    if (starts == 0) continue;
    run.count += static_cast<std::size_t>(starts);
    run.first_id = std::min(run.first_id, number(first, id));
    run.last_id = std::max(run.last_id, number(last, id));
  }
  return run;
}

// All columns but the last two are in every store; `account` came with version 2, `in_flight` with
// version 3.
std::string columns_of(SQLite::Database& db) {
  std::string columns = kColumns;
  for (const std::string added : {"account", "in_flight"}) {
    if (!has_column(db, "starts", added)) {
      columns.replace(columns.rfind(added), added.size(), "NULL");
    }
  }
  return columns;
}

// The first column is the function's id.
void read_start(SQLite::Statement& row, const StartsOfRun& run, const std::string& file,
                Start& start) {
  int column = 0;
  start.function = run.functions.at(row.getColumn(column++).getInt64());
  start.load = row.getColumn(column++).getString();
  start.cache = row.getColumn(column++).getString();
  start.trial = row.getColumn(column++).getInt();
  start.order = row.getColumn(column++).getInt();
  start.instance = static_cast<std::uint64_t>(row.getColumn(column++).getInt64());
  const std::string outcome = row.getColumn(column++).getString();
  if (const auto known = outcome_from_name(outcome)) {
    start.outcome = *known;
  } else {
    throw SQLite::Exception("unknown outcome '" + outcome + "'", 11 /* SQLITE_CORRUPT */);
  }
  start.message = row.getColumn(column++).getString();
  start.due_ns = row.getColumn(column++).getInt64();
  start.timeline.set(Boundary::kDue, 0);
  for (Boundary b : kStored) {
    if (!row.isColumnNull(column)) start.timeline.set(b, row.getColumn(column).getInt64());
    ++column;
  }
  if (!row.isColumnNull(column)) {
    const auto set = run.absences.find(row.getColumn(column).getInt64());
    if (set != run.absences.end()) {
      for (const auto& [boundary, mark] : set->second) start.timeline[boundary] = mark;
    }
  }
  ++column;
  start.lost_events = static_cast<std::uint64_t>(row.getColumn(column++).getInt64());
  read_optional(row, column++, start.readiness_poll_ns);
  read_optional(row, column++, start.connect_retries);
  read_optional(row, column++, start.pid);
  read_optional(row, column++, start.port);
  read_optional(row, column++, start.http_status);
  read_optional(row, column++, start.exit_status);
  read_optional(row, column++, start.exit_signal);
  if (!row.isColumnNull(column)) {
    start.account =
        account_from_text(row.getColumn(column).getString(),
                          fmt::format("{}: start {} of {}", file, start.order, start.function));
  }
  ++column;
  read_optional(row, column++, start.in_flight);
}

std::string placeholders(int count) {
  std::string marks = "?";
  for (int i = 1; i < count; ++i) marks += ", ?";
  return marks;
}

}  // namespace

std::string absences_key(const Timeline& timeline) {
  std::string key;
  for (Boundary b : kStored) {
    const Mark& mark = timeline[b];
    if (mark.at_ns) continue;
    key += std::string(name(b)) + '\1' + kind_of(mark) + '\1' + mark.reason + '\2';
  }
  return key;
}

StartWriter::StartWriter(SQLite::Database& db)
    : db_(db),
      insert_set_(db, "INSERT INTO absence_sets (run_id) VALUES (?)"),
      insert_absence_(db, "INSERT INTO absences VALUES (?, ?, ?, ?)"),
      insert_start_(db, std::string("INSERT INTO starts (function_id, ") + kColumns + ") VALUES (" +
                            placeholders(kColumnCount + 1) + ")"),
      stacks_(db) {}

std::int64_t StartWriter::add_absences(std::int64_t run_id, const Timeline& timeline) {
  insert_set_.tryReset();
  insert_set_.bind(1, run_id);
  insert_set_.exec();
  const std::int64_t set_id = db_.getLastInsertRowid();
  for (Boundary b : kStored) {
    const Mark& mark = timeline[b];
    if (mark.at_ns) continue;
    insert_absence_.tryReset();
    SQLite::bind(insert_absence_, set_id, std::string(name(b)), kind_of(mark), mark.reason);
    insert_absence_.exec();
  }
  insert_absence_.tryReset();
  insert_set_.tryReset();
  return set_id;
}

void StartWriter::add(std::int64_t function_id, std::optional<std::int64_t> absence_set_id,
                      const Start& start) {
  // Reset first: a statement that failed (disk full) must not keep its error for the next start.
  insert_start_.tryReset();
  int i = 1;
  insert_start_.bind(i++, function_id);
  insert_start_.bind(i++, start.load);
  insert_start_.bind(i++, start.cache);
  insert_start_.bind(i++, start.trial);
  insert_start_.bind(i++, start.order);
  insert_start_.bind(i++, static_cast<std::int64_t>(start.instance));
  insert_start_.bind(i++, std::string(name(start.outcome)));
  insert_start_.bind(i++, start.message);
  insert_start_.bind(i++, start.due_ns);
  for (Boundary b : kStored) bind_optional(insert_start_, i++, start.timeline[b].at_ns);
  bind_optional(insert_start_, i++, absence_set_id);
  insert_start_.bind(i++, static_cast<std::int64_t>(start.lost_events));
  bind_optional(insert_start_, i++, start.readiness_poll_ns);
  bind_optional(insert_start_, i++, start.connect_retries);
  bind_optional(insert_start_, i++, start.pid);
  bind_optional(insert_start_, i++, start.port);
  bind_optional(insert_start_, i++, start.http_status);
  bind_optional(insert_start_, i++, start.exit_status);
  bind_optional(insert_start_, i++, start.exit_signal);
  if (const std::string account = account_text(start.account); !account.empty()) {
    insert_start_.bind(i++, account);
  } else {
    insert_start_.bind(i++);
  }
  bind_optional(insert_start_, i++, start.in_flight);
  insert_start_.exec();
  insert_start_.tryReset();
  if (start.stacks) stacks_.add(db_.getLastInsertRowid(), *start.stacks);
}

std::vector<Start> load_starts(SQLite::Database& db, std::int64_t run_id) {
  const StartsOfRun run = find_starts(db, run_id);
  std::vector<Start> starts;
  if (run.count == 0) return starts;
  starts.reserve(run.count);
  // In the order of the table, which needs no sorting. `+`: by the index of functions they would
  // have to be sorted, with all that is in them.
  SQLite::Statement query(
      db, "SELECT function_id, " + columns_of(db) +
              " FROM starts WHERE id BETWEEN ? AND ?"
              " AND +function_id IN (SELECT id FROM functions WHERE run_id = ?) ORDER BY id");
  SQLite::bind(query, run.first_id, run.last_id, run_id);
  while (query.executeStep()) read_start(query, run, db.getFilename(), starts.emplace_back());
  load_stacks(db, run_id, starts);
  return starts;
}

}  // namespace coldstart::results
