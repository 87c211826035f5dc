#include "results/store/invocation_rows.h"

#include <SQLiteCpp/VariadicBind.h>
#include <optional>
#include <string>
#include <unordered_map>

#include "results/model/record.h"
#include "results/store/migrate.h"

namespace coldstart::results {
namespace {

constexpr int kCorrupt = 11;  // SQLITE_CORRUPT

void bind_optional(SQLite::Statement& statement, int index,
                   const std::optional<std::int64_t>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
}

void bind_text(SQLite::Statement& statement, int index, const std::string& text) {
  if (text.empty()) {
    statement.bind(index);
  } else {
    statement.bind(index, text);
  }
}

void read_optional(SQLite::Statement& row, int index, std::optional<std::int64_t>& value) {
  if (!row.isColumnNull(index)) value = row.getColumn(index).getInt64();
}

std::string read_text(SQLite::Statement& row, int index) {
  return row.isColumnNull(index) ? std::string() : row.getColumn(index).getString();
}

RowIds ids(SQLite::Database& db, const std::string& table, std::int64_t run_id) {
  if (!db.tableExists(table)) return {};
  SQLite::Statement query(db, "SELECT id FROM " + table + " WHERE run_id = ? ORDER BY position");
  query.bind(1, run_id);
  RowIds rows;
  while (query.executeStep()) rows.push_back(query.getColumn(0).getInt64());
  return rows;
}

std::unordered_map<std::int64_t, std::uint32_t> index_of(const RowIds& rows) {
  std::unordered_map<std::int64_t, std::uint32_t> indices;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    indices.emplace(rows[i], static_cast<std::uint32_t>(i));
  }
  return indices;
}

std::uint32_t function_index(const std::unordered_map<std::int64_t, std::uint32_t>& indices,
                             std::int64_t row) {
  const auto found = indices.find(row);
  if (found == indices.end()) {
    throw SQLite::Exception("a row names a function of another run", kCorrupt);
  }
  return found->second;
}

Outcome read_outcome(const char* text) {
  if (const auto outcome = outcome_from_name(text)) return *outcome;
  throw SQLite::Exception(std::string("unknown outcome '") + text + "'", kCorrupt);
}

std::int64_t count_invocations(SQLite::Database& db, const RowIds& loads) {
  SQLite::Statement query(db, "SELECT count(*) FROM invocations WHERE load_id = ?");
  std::int64_t count = 0;
  for (const std::int64_t load : loads) {
    query.bind(1, load);
    if (query.executeStep()) count += query.getColumn(0).getInt64();
    query.reset();
  }
  return count;
}

}  // namespace

std::int64_t insert_load(SQLite::Database& db, std::int64_t run_id, std::size_t position,
                         const Load& load) {
  SQLite::Statement insert(
      db,
      "INSERT INTO loads (run_id, position, name, pattern, time_scale, begin_ns, parameters, "
      "duration_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  SQLite::bind(insert, run_id, static_cast<std::int64_t>(position), load.name, load.pattern,
               load.time_scale, load.begin_ns);
  bind_text(insert, 7, load.parameters);
  bind_optional(insert, 8, load.duration_ns);
  insert.exec();
  return db.getLastInsertRowid();
}

void update_load_duration(SQLite::Database& db, std::int64_t load_id, std::int64_t duration_ns) {
  SQLite::Statement update(db, "UPDATE loads SET duration_ns = ? WHERE id = ?");
  SQLite::bind(update, duration_ns, load_id);
  update.exec();
}

InvocationWriter::InvocationWriter(SQLite::Database& db)
    : insert_(db,
              "INSERT INTO invocations (load_id, due_ns, number, function_id, instance, cold, "
              "outcome, sent_ns, first_byte_ns, done_ns, message, work_ns) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

void InvocationWriter::add(const RowIds& functions, const RowIds& loads,
                           const Invocation& invocation, std::int64_t number) {
  // Reset first: a statement that failed (disk full) must not keep its error for the next one.
  insert_.tryReset();
  int i = 1;
  insert_.bind(i++, loads[invocation.load]);
  insert_.bind(i++, invocation.due_ns);
  insert_.bind(i++, number);
  insert_.bind(i++, functions[invocation.function]);
  if (invocation.instance == 0) {
    insert_.bind(i++);
  } else {
    insert_.bind(i++, static_cast<std::int64_t>(invocation.instance));
  }
  insert_.bind(i++, invocation.cold ? 1 : 0);
  insert_.bind(i++, std::string(name(invocation.outcome)));
  bind_optional(insert_, i++, invocation.sent_ns);
  bind_optional(insert_, i++, invocation.first_byte_ns);
  bind_optional(insert_, i++, invocation.done_ns);
  bind_text(insert_, i++, invocation.message);
  bind_optional(insert_, i++, invocation.work_ns);
  insert_.exec();
  insert_.tryReset();
}

std::int64_t next_invocation_number(SQLite::Database& db, const RowIds& loads) {
  return count_invocations(db, loads);
}

void insert_instances(SQLite::Database& db, const RowIds& functions, const RowIds& loads,
                      std::span<const InstanceLife> instances) {
  SQLite::Statement insert(
      db,
      "INSERT INTO instances (load_id, function_id, instance, requested_ns, ended_by, invocations, "
      "ready_ns, ended_ns, peak_memory_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const InstanceLife& life : instances) {
    SQLite::bind(insert, loads[life.load], functions[life.function],
                 static_cast<std::int64_t>(life.instance), life.requested_ns, life.end,
                 life.invocations);
    bind_optional(insert, 7, life.ready_ns);
    bind_optional(insert, 8, life.ended_ns);
    bind_optional(insert, 9, life.peak_memory_bytes);
    insert.exec();
    insert.reset();
  }
}

RowIds load_ids(SQLite::Database& db, std::int64_t run_id) { return ids(db, "loads", run_id); }

RowIds function_ids(SQLite::Database& db, std::int64_t run_id) {
  return ids(db, "functions", run_id);
}

std::vector<Load> load_loads(SQLite::Database& db, std::int64_t run_id) {
  std::vector<Load> loads;
  if (!db.tableExists("loads")) return loads;
  SQLite::Statement query(db,
                          "SELECT name, pattern, parameters, time_scale, begin_ns, duration_ns "
                          "FROM loads WHERE run_id = ? ORDER BY position");
  query.bind(1, run_id);
  while (query.executeStep()) {
    Load& load = loads.emplace_back();
    load.name = query.getColumn(0).getString();
    load.pattern = query.getColumn(1).getString();
    load.parameters = read_text(query, 2);
    load.time_scale = query.getColumn(3).getDouble();
    load.begin_ns = query.getColumn(4).getInt64();
    read_optional(query, 5, load.duration_ns);
  }
  return loads;
}

std::vector<Invocation> load_invocations(SQLite::Database& db, std::int64_t run_id) {
  std::vector<Invocation> invocations;
  if (!db.tableExists("invocations")) return invocations;
  const RowIds loads = load_ids(db, run_id);
  const auto functions = index_of(function_ids(db, run_id));
  invocations.reserve(static_cast<std::size_t>(count_invocations(db, loads)));
  // A store that an older coldstart wrote has no durations.
  const std::string work = has_column(db, "invocations", "work_ns") ? "work_ns" : "NULL";
  SQLite::Statement query(db,
                          "SELECT function_id, due_ns, instance, cold, outcome, sent_ns, "
                          "first_byte_ns, done_ns, message, " +
                              work + " FROM invocations WHERE load_id = ? ORDER BY due_ns, number");
  for (std::size_t load = 0; load < loads.size(); ++load) {
    query.bind(1, loads[load]);
    while (query.executeStep()) {
      Invocation& invocation = invocations.emplace_back();
      invocation.function = function_index(functions, query.getColumn(0).getInt64());
      invocation.load = static_cast<std::uint32_t>(load);
      invocation.due_ns = query.getColumn(1).getInt64();
      // NULL reads as 0: it never got one.
      invocation.instance = static_cast<std::uint64_t>(query.getColumn(2).getInt64());
      invocation.cold = query.getColumn(3).getInt() != 0;
      invocation.outcome = read_outcome(query.getColumn(4).getText());
      read_optional(query, 5, invocation.sent_ns);
      read_optional(query, 6, invocation.first_byte_ns);
      read_optional(query, 7, invocation.done_ns);
      if (!query.isColumnNull(8)) invocation.message = query.getColumn(8).getString();
      read_optional(query, 9, invocation.work_ns);
    }
    query.reset();
  }
  return invocations;
}

std::vector<InstanceLife> load_instances(SQLite::Database& db, std::int64_t run_id) {
  std::vector<InstanceLife> instances;
  if (!db.tableExists("instances")) return instances;
  const RowIds loads = load_ids(db, run_id);
  const auto functions = index_of(function_ids(db, run_id));
  SQLite::Statement query(db,
                          "SELECT function_id, instance, requested_ns, ready_ns, ended_ns, "
                          "ended_by, invocations, peak_memory_bytes FROM instances "
                          "WHERE load_id = ? ORDER BY id");
  for (std::size_t load = 0; load < loads.size(); ++load) {
    query.bind(1, loads[load]);
    while (query.executeStep()) {
      InstanceLife& life = instances.emplace_back();
      life.function = function_index(functions, query.getColumn(0).getInt64());
      life.load = static_cast<std::uint32_t>(load);
      life.instance = static_cast<std::uint64_t>(query.getColumn(1).getInt64());
      life.requested_ns = query.getColumn(2).getInt64();
      read_optional(query, 3, life.ready_ns);
      read_optional(query, 4, life.ended_ns);
      life.end = query.getColumn(5).getString();
      life.invocations = query.getColumn(6).getInt64();
      read_optional(query, 7, life.peak_memory_bytes);
    }
    query.reset();
  }
  return instances;
}

}  // namespace coldstart::results
