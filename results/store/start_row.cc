#include "results/store/start_row.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "results/export/account_json.h"
#include "results/export/account_scan.h"
#include "results/store/migrate.h"

namespace coldstart::results {
namespace {

// Order of the columns in every statement below; the boundaries are requested … completed.
constexpr const char* kColumns =
    "load, cache, trial, run_order, instance, outcome, message, due_ns, "
    "requested_ns, forked_ns, launched_ns, execed_ns, linked_ns, entered_ns, runtime_ready_ns, "
    "listening_ns, received_ns, replied_ns, responded_ns, completed_ns, absence_set_id, "
    "lost_events, "
    "readiness_poll_ns, connect_retries, pid, port, http_status, exit_status, exit_signal";
// What older stores lack. An account is large.
constexpr const char* kLastColumns = ", account, in_flight";
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

// Columns that older stores lack: `account` came with version 2, `in_flight` with version 3.
std::string column_or_null(SQLite::Database& db, const std::string& name) {
  return has_column(db, "starts", name) ? name : "NULL";
}

// In the order of the table, which needs no sorting. `+`: by the index of functions they would
// have to be sorted, with all that is in them.
SQLite::Statement select_starts(SQLite::Database& db, const StartsOfRun& run, std::int64_t run_id,
                                const std::string& columns) {
  SQLite::Statement query(
      db, "SELECT " + columns +
              " FROM starts WHERE id BETWEEN ? AND ?"
              " AND +function_id IN (SELECT id FROM functions WHERE run_id = ?) ORDER BY id");
  SQLite::bind(query, run.first_id, run.last_id, run_id);
  return query;
}

std::string source_of(SQLite::Database& db, const Start& start) {
  return fmt::format("{}: start {} of {}", db.getFilename(), start.order, start.function);
}

// Calls use(start, text of its account) for each start that has one, and reads what stands behind
// it. Accounts are large: what stands before them is read without touching their pages.
template <typename Use>
void for_each_account(SQLite::Database& db, std::int64_t run_id, std::vector<Start>& starts,
                      Use&& use) {
  if (starts.empty()) return;
  SQLite::Statement query =
      select_starts(db, find_starts(db, run_id), run_id,
                    column_or_null(db, "account") + ", " + column_or_null(db, "in_flight"));
  for (std::size_t i = 0; query.executeStep(); ++i) {
    Start& start = starts.at(i);
    if (!query.isColumnNull(0)) {
      const SQLite::Column text = query.getColumn(0);
      use(start, std::string_view(text.getText(), static_cast<std::size_t>(text.getBytes())));
    }
    read_optional(query, 1, start.in_flight);
  }
}

// The first two columns are its own id and that of its function.
void read_start(SQLite::Statement& row, const StartsOfRun& run, Start& start) {
  int column = 1;
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
    key += std::string(name(b)) + '\1' + kind_of(mark) + '\1' + mark.reason.text() + '\2';
  }
  return key;
}

StartWriter::StartWriter(SQLite::Database& db)
    : db_(db),
      insert_set_(db, "INSERT INTO absence_sets (run_id) VALUES (?)"),
      insert_absence_(db, "INSERT INTO absences VALUES (?, ?, ?, ?)"),
      insert_start_(db, std::string("INSERT INTO starts (function_id, ") + kColumns + kLastColumns +
                            ") VALUES (" + placeholders(kColumnCount + 1) + ")"),
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
    SQLite::bind(insert_absence_, set_id, std::string(name(b)), kind_of(mark), mark.reason.text());
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

std::vector<Start> load_start_rows(SQLite::Database& db, std::int64_t run_id,
                                   std::vector<std::int64_t>& ids) {
  const StartsOfRun run = find_starts(db, run_id);
  std::vector<Start> starts;
  if (run.count == 0) return starts;
  starts.reserve(run.count);
  ids.reserve(run.count);
  SQLite::Statement query =
      select_starts(db, run, run_id, std::string("id, function_id, ") + kColumns);
  while (query.executeStep()) {
    ids.push_back(query.getColumn(0).getInt64());
    read_start(query, run, starts.emplace_back());
  }
  return starts;
}

void load_accounts(SQLite::Database& db, std::int64_t run_id, std::vector<Start>& starts) {
  for_each_account(db, run_id, starts, [&](Start& start, std::string_view text) {
    start.account = account_from_text(std::string(text), source_of(db, start));
  });
  load_stacks(db, run_id, starts);
}

std::vector<CausesSummary> scan_accounts(SQLite::Database& db, std::int64_t run_id, Run& run) {
  CausesCollector causes;
  AccountScanner scanner;
  for_each_account(db, run_id, run.starts, [&](Start& start, std::string_view text) {
    start.account = scanner.scan(text, [&] { return source_of(db, start); });
    if (has_usable_causes(start)) {
      causes.add(start.function, start.load, start.cache, start.account.causes);
    }
    start.account.causes = std::vector<PhaseCauses>();  // `= {}` would keep its memory
  });
  load_stacks(db, run_id, run.starts);
  return causes.summaries(run.loads);
}

void load_account(SQLite::Database& db, std::int64_t id, Start& start) {
  SQLite::Statement query(db,
                          "SELECT " + column_or_null(db, "account") + " FROM starts WHERE id = ?");
  query.bind(1, id);
  if (!query.executeStep() || query.isColumnNull(0)) return;
  start.account = account_from_text(query.getColumn(0).getString(), source_of(db, start));
}

}  // namespace coldstart::results
