#include "results/store/start_row.h"

#include <array>
#include <fmt/format.h>
#include <map>
#include <type_traits>
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

Start read_start(SQLite::Statement& row, const std::map<std::int64_t, Absences>& absences,
                 const std::string& file) {
  Start start;
  int column = 0;
  start.function = row.getColumn(column++).getString();
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
    const auto set = absences.find(row.getColumn(column).getInt64());
    if (set != absences.end()) {
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
  return start;
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
  const auto absences = load_absences(db, run_id);
  SQLite::Statement query(db, "SELECT f.name, " + columns_of(db) +
                                  " FROM starts s JOIN functions f ON f.id = s.function_id"
                                  " WHERE f.run_id = ? ORDER BY s.id");
  query.bind(1, run_id);
  std::vector<Start> starts;
  while (query.executeStep()) starts.push_back(read_start(query, absences, db.getFilename()));
  load_stacks(db, run_id, starts);
  return starts;
}

}  // namespace coldstart::results
