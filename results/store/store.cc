#include "results/store/store.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/export/load_json.h"
#include "results/model/error.h"
#include "results/statistics/shown_starts.h"
#include "results/statistics/warmup_starts.h"
#include "results/store/invocation_rows.h"
#include "results/store/migrate.h"
#include "results/store/open.h"
#include "results/store/overhead_rows.h"
#include "results/store/start_row.h"

namespace coldstart::results {
namespace {

/// What is known of a run that is being written: its functions by name and by index, its loads by
/// index, the sets of absences that it already has, the number of its next request.
struct OpenRun {
  std::map<std::string, std::int64_t> functions;
  std::map<std::string, std::int64_t> absence_sets;
  RowIds function_rows;
  RowIds load_rows;
  std::int64_t next_invocation = 0;
};

void insert_tiers(SQLite::Database& db, std::int64_t run_id, const std::vector<Tier>& tiers) {
  SQLite::Statement insert(db, "INSERT INTO tiers VALUES (?, ?, ?, ?, ?, ?)");
  int position = 0;
  for (const Tier& tier : tiers) {
    SQLite::bind(insert, run_id, position++, tier.name, tier.on ? 1 : 0, tier.reason, tier.remedy);
    insert.exec();
    insert.reset();
  }
}

void insert_functions(SQLite::Database& db, std::int64_t run_id,
                      const std::vector<Function>& functions) {
  SQLite::Statement insert(
      db,
      "INSERT INTO functions (run_id, position, name, runtime, contract, command, "
      "version, skipped, memory_limit_bytes, cpus_limit, pids_limit, sweep_of, sweep_key) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  int position = 0;
  for (const Function& function : functions) {
    const std::string command = nlohmann::json(function.command)
                                    .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    SQLite::bind(insert, run_id, position++, function.name, function.runtime, function.contract,
                 command, function.version);
    if (function.skipped) insert.bind(8, *function.skipped);
    if (function.limits.memory_bytes) insert.bind(9, *function.limits.memory_bytes);
    if (function.limits.cpus) insert.bind(10, *function.limits.cpus);
    if (function.limits.pids) insert.bind(11, *function.limits.pids);
    if (!function.sweep_of.empty()) insert.bind(12, function.sweep_of);
    if (!function.sweep_key.empty()) insert.bind(13, function.sweep_key);
    insert.exec();
    insert.reset();
    insert.clearBindings();
  }
}

// False: there is no such run.
bool update_verdict(SQLite::Database& db, std::int64_t run_id, const std::string& verdict) {
  SQLite::Statement update(db, "UPDATE runs SET verdict = ? WHERE id = ?");
  SQLite::bind(update, verdict, run_id);
  return update.exec() == 1;
}

// Verdicts came with version 5.
std::string verdict_column(SQLite::Database& db) {
  return has_column(db, "runs", "verdict") ? "verdict" : "NULL";
}

RunInfo load_info(SQLite::Database& db, const std::string& file, std::int64_t run_id) {
  SQLite::Statement query(
      db,
      "SELECT label, suite, started_at, finished_at, seed, tool_version, "
      "command_line, host_name, kernel, os, cpu, cpus, memory_bytes, lost_events, " +
          verdict_column(db) + " FROM runs WHERE id = ?");
  query.bind(1, run_id);
  if (!query.executeStep()) {
    throw Error(file, fmt::format("there is no run {}", run_id), "see `coldstart list`");
  }
  RunInfo info;
  info.id = run_id;
  info.label = query.getColumn(0).getString();
  info.suite = query.getColumn(1).getString();
  info.started_at = query.getColumn(2).getString();
  info.finished_at = query.getColumn(3).getString();
  const std::string seed = query.getColumn(4).getString();
  std::from_chars(seed.data(), seed.data() + seed.size(), info.seed);
  info.tool_version = query.getColumn(5).getString();
  info.command_line = query.getColumn(6).getString();
  info.host.name = query.getColumn(7).getString();
  info.host.kernel = query.getColumn(8).getString();
  info.host.os = query.getColumn(9).getString();
  info.host.cpu = query.getColumn(10).getString();
  info.host.cpus = query.getColumn(11).getInt();
  info.host.memory_bytes = static_cast<std::uint64_t>(query.getColumn(12).getInt64());
  info.lost_events = static_cast<std::uint64_t>(query.getColumn(13).getInt64());
  info.verdict = query.getColumn(14).getString();

  SQLite::Statement tiers(
      db, "SELECT name, is_on, reason, remedy FROM tiers WHERE run_id = ? ORDER BY position");
  tiers.bind(1, run_id);
  while (tiers.executeStep()) {
    info.tiers.push_back({tiers.getColumn(0).getString(), tiers.getColumn(1).getInt() != 0,
                          tiers.getColumn(2).getString(), tiers.getColumn(3).getString()});
  }
  info.overheads = load_run_overheads(db, run_id);
  return info;
}

std::vector<Function> load_functions(SQLite::Database& db, std::int64_t run_id) {
  // Limits and sweeps came with version 3.
  const bool has_limits = has_column(db, "functions", "sweep_key");
  SQLite::Statement query(
      db, std::string("SELECT name, runtime, contract, command, version, skipped, ") +
              (has_limits ? "memory_limit_bytes, cpus_limit, pids_limit, sweep_of, sweep_key"
                          : "NULL, NULL, NULL, NULL, NULL") +
              " FROM functions WHERE run_id = ? ORDER BY position");
  query.bind(1, run_id);
  std::vector<Function> functions;
  while (query.executeStep()) {
    Function f;
    f.name = query.getColumn(0).getString();
    f.runtime = query.getColumn(1).getString();
    f.contract = query.getColumn(2).getString();
    f.command = nlohmann::json::parse(query.getColumn(3).getString());
    f.version = query.getColumn(4).getString();
    if (!query.isColumnNull(5)) f.skipped = query.getColumn(5).getString();
    if (!query.isColumnNull(6)) f.limits.memory_bytes = query.getColumn(6).getInt64();
    if (!query.isColumnNull(7)) f.limits.cpus = query.getColumn(7).getDouble();
    if (!query.isColumnNull(8)) f.limits.pids = query.getColumn(8).getInt();
    if (!query.isColumnNull(9)) f.sweep_of = query.getColumn(9).getString();
    if (!query.isColumnNull(10)) f.sweep_key = query.getColumn(10).getString();
    functions.push_back(std::move(f));
  }
  return functions;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

struct Store::Impl {
  std::filesystem::path file;
  SQLite::Database db;  // before the statements: they must go first
  std::optional<StartWriter> writer;
  std::optional<InvocationWriter> invocation_writer;
  std::map<std::int64_t, OpenRun> open_runs;

  // What SQLite throws becomes an Error.
  template <typename F>
  auto guarded(F&& body) -> decltype(body()) {
    try {
      return body();
    } catch (const SQLite::Exception& e) {
      throw_store_error(file, e);
    } catch (const nlohmann::json::exception& e) {
      throw_store_error(file, SQLite::Exception(e.what(), 11 /* SQLITE_CORRUPT */));
    }
  }

  OpenRun& open_run(std::int64_t run_id) {
    if (auto known = open_runs.find(run_id); known != open_runs.end()) return known->second;
    OpenRun run;
    SQLite::Statement query(db, "SELECT name, id FROM functions WHERE run_id = ?");
    query.bind(1, run_id);
    while (query.executeStep()) {
      run.functions.emplace(query.getColumn(0).getString(), query.getColumn(1).getInt64());
    }
    run.function_rows = function_ids(db, run_id);
    run.load_rows = load_ids(db, run_id);
    run.next_invocation = next_invocation_number(db, run.load_rows);
    return open_runs.emplace(run_id, std::move(run)).first->second;
  }

  // Which starts belong to a warm-up is known before their accounts are. `rows`: ids of the starts.
  Run load_without_accounts(std::int64_t run_id, std::vector<std::int64_t>& rows) {
    Run run;
    run.info = load_info(db, file.string(), run_id);
    run.functions = load_functions(db, run_id);
    run.starts = load_start_rows(db, run_id, rows);
    run.loads = load_loads(db, run_id);
    run.invocations = load_invocations(db, run_id);
    run.instances = load_instances(db, run_id);
    mark_warmup_starts(run);
    return run;
  }

  void check_load(const OpenRun& run, std::int64_t run_id, std::uint32_t load) const {
    if (load < run.load_rows.size()) return;
    throw Error(file.string(), fmt::format("run {} has no load with index {}", run_id, load),
                "add_load gives the index");
  }

  // Before anything is written: a batch is stored as a whole or not at all.
  template <typename T>
  void check_indices(const OpenRun& run, std::int64_t run_id, std::span<const T> batch) const {
    for (const T& item : batch) {
      check_load(run, run_id, item.load);
      if (item.function < run.function_rows.size()) continue;
      throw Error(file.string(),
                  fmt::format("run {} has no function with index {}", run_id, item.function),
                  "name it in begin_run");
    }
  }
};

Store::Store(const std::filesystem::path& file, Mode mode)
    : impl_(new Impl{file, open_store_file(file, mode), std::nullopt, std::nullopt, {}}) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

std::int64_t Store::begin_run(const RunInfo& info, const std::vector<Function>& functions) {
  return impl_->guarded([&] {
    SQLite::Database& db = impl_->db;
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert(db,
                             "INSERT INTO runs (label, suite, started_at, seed, tool_version, "
                             "command_line, host_name, kernel, os, cpu, cpus, memory_bytes, "
                             "lost_events) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, info.label, info.suite, info.started_at, std::to_string(info.seed),
                 info.tool_version, info.command_line, info.host.name, info.host.kernel,
                 info.host.os, info.host.cpu, info.host.cpus,
                 static_cast<std::int64_t>(info.host.memory_bytes),
                 static_cast<std::int64_t>(info.lost_events));
    insert.exec();
    const std::int64_t run_id = db.getLastInsertRowid();
    insert_tiers(db, run_id, info.tiers);
    insert_functions(db, run_id, functions);
    store_run_overheads(db, run_id,
                        info.overheads.empty() ? load_overheads(db, info.host) : info.overheads);
    if (!info.finished_at.empty()) {
      SQLite::Statement finish(db, "UPDATE runs SET finished_at = ? WHERE id = ?");
      SQLite::bind(finish, info.finished_at, run_id);
      finish.exec();
    }
    if (!info.verdict.empty()) update_verdict(db, run_id, info.verdict);
    transaction.commit();
    return run_id;
  });
}

void Store::add_start(std::int64_t run_id, const Start& start) {
  add_starts(run_id, std::span(&start, 1));
}

void Store::add_starts(std::int64_t run_id, std::span<const Start> starts) {
  impl_->guarded([&] {
    OpenRun& run = impl_->open_run(run_id);
    if (!impl_->writer) impl_->writer.emplace(impl_->db);
    std::map<std::string, std::int64_t> sets = run.absence_sets;
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    for (const Start& start : starts) {
      const auto function = run.functions.find(start.function);
      if (function == run.functions.end()) {
        throw Error(impl_->file.string(),
                    fmt::format("run {} has no function '{}'", run_id, start.function),
                    "name it in begin_run");
      }
      std::optional<std::int64_t> set_id;
      if (const std::string absences = absences_key(start.timeline); !absences.empty()) {
        auto known = sets.find(absences);
        if (known == sets.end()) {
          known = sets.emplace(absences, impl_->writer->add_absences(run_id, start.timeline)).first;
        }
        set_id = known->second;
      }
      impl_->writer->add(function->second, set_id, start);
    }
    transaction.commit();
    // Only now: a transaction that was rolled back leaves no set behind.
    run.absence_sets = std::move(sets);
  });
}

std::uint32_t Store::add_load(std::int64_t run_id, const Load& load) {
  return impl_->guarded([&] {
    check_parameters(load);
    OpenRun& run = impl_->open_run(run_id);
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    const std::int64_t row = insert_load(impl_->db, run_id, run.load_rows.size(), load);
    transaction.commit();
    run.load_rows.push_back(row);
    return static_cast<std::uint32_t>(run.load_rows.size() - 1);
  });
}

void Store::finish_load(std::int64_t run_id, std::uint32_t load, std::int64_t duration_ns) {
  impl_->guarded([&] {
    const OpenRun& run = impl_->open_run(run_id);
    impl_->check_load(run, run_id, load);
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    update_load_duration(impl_->db, run.load_rows[load], duration_ns);
    transaction.commit();
  });
}

void Store::add_invocations(std::int64_t run_id, std::span<const Invocation> invocations) {
  impl_->guarded([&] {
    OpenRun& run = impl_->open_run(run_id);
    impl_->check_indices(run, run_id, invocations);
    if (!impl_->invocation_writer) impl_->invocation_writer.emplace(impl_->db);
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    std::int64_t number = run.next_invocation;
    for (const Invocation& invocation : invocations) {
      impl_->invocation_writer->add(run.function_rows, run.load_rows, invocation, number++);
    }
    transaction.commit();
    run.next_invocation = number;
  });
}

void Store::add_instances(std::int64_t run_id, std::span<const InstanceLife> instances) {
  impl_->guarded([&] {
    const OpenRun& run = impl_->open_run(run_id);
    impl_->check_indices(run, run_id, instances);
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    insert_instances(impl_->db, run.function_rows, run.load_rows, instances);
    transaction.commit();
  });
}

void Store::finish_run(std::int64_t run_id, const std::string& finished_at,
                       std::uint64_t lost_events, const std::vector<Tier>& tiers) {
  impl_->guarded([&] {
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement update(impl_->db,
                             "UPDATE runs SET finished_at = ?, lost_events = ? WHERE id = ?");
    SQLite::bind(update, finished_at, static_cast<std::int64_t>(lost_events), run_id);
    if (finished_at.empty()) update.bind(1);  // NULL
    if (update.exec() != 1) {
      throw Error(impl_->file.string(), fmt::format("there is no run {}", run_id));
    }
    SQLite::Statement clear(impl_->db, "DELETE FROM tiers WHERE run_id = ?");
    clear.bind(1, run_id);
    clear.exec();
    insert_tiers(impl_->db, run_id, tiers);
    transaction.commit();
  });
}

void Store::set_verdict(std::int64_t run_id, const std::string& verdict) {
  impl_->guarded([&] {
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    if (!update_verdict(impl_->db, run_id, verdict)) {
      throw Error(impl_->file.string(), fmt::format("there is no run {}", run_id));
    }
    transaction.commit();
  });
}

void Store::add_overheads(const std::vector<Overhead>& overheads) {
  impl_->guarded([&] {
    SQLite::Transaction transaction(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    insert_overheads(impl_->db, overheads);
    transaction.commit();
  });
}

std::vector<Overhead> Store::latest_overheads(const Host& host) const {
  return impl_->guarded([&] { return load_overheads(impl_->db, host); });
}

std::vector<RunSummaryRow> Store::list() const {
  return impl_->guarded([&] {
    SQLite::Statement query(
        impl_->db,
        "SELECT r.id, r.label, r.suite, r.started_at, r.finished_at,"
        " (SELECT count(*) FROM functions f WHERE f.run_id = r.id),"
        " (SELECT count(*) FROM functions f WHERE f.run_id = r.id AND f.skipped IS NOT NULL),"
        " count(s.id), coalesce(sum(s.outcome <> 'ok'), 0),"
        " EXISTS (SELECT 1 FROM functions f WHERE f.run_id = r.id"
        "  AND (f.name GLOB '*' || ?1 OR f.name GLOB '*' || ?2)), " +
            verdict_column(impl_->db) +
            " FROM runs r LEFT JOIN functions f ON f.run_id = r.id"
            " LEFT JOIN starts s ON s.function_id = f.id GROUP BY r.id ORDER BY r.id DESC");
    SQLite::bind(query, std::string(kBaselineSuffix), std::string(kCandidateSuffix));
    std::vector<RunSummaryRow> rows;
    const auto count = [&](int column) {
      return static_cast<std::size_t>(query.getColumn(column).getInt64());
    };
    while (query.executeStep()) {
      rows.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getString(),
                      query.getColumn(2).getString(), query.getColumn(3).getString(),
                      query.getColumn(4).getString(), count(5), count(6), count(7), count(8),
                      query.getColumn(9).getInt() != 0, query.getColumn(10).getString()});
    }
    return rows;
  });
}

std::int64_t Store::resolve(const std::string& selector) const {
  return impl_->guarded([&] {
    SQLite::Statement query(impl_->db, "SELECT id, label FROM runs ORDER BY id DESC");
    std::vector<std::pair<std::int64_t, std::string>> runs;
    while (query.executeStep()) {
      runs.emplace_back(query.getColumn(0).getInt64(), query.getColumn(1).getString());
    }
    constexpr std::string_view kLatest = "latest";
    constexpr std::string_view kBefore = "latest~";
    std::optional<std::int64_t> back;
    if (selector == kLatest) back = 0;
    if (selector.starts_with(kBefore)) back = whole_number(selector.substr(kBefore.size()));
    if (back && static_cast<std::size_t>(*back) < runs.size()) {
      return runs[static_cast<std::size_t>(*back)].first;
    }
    const auto id = whole_number(selector);
    for (const auto& [run_id, label] : runs) {
      if (id == run_id) return run_id;
    }
    for (const auto& [run_id, label] : runs) {
      if (label == selector) return run_id;
    }
    if (runs.empty()) throw Error(impl_->file.string(), "no runs yet", "run `coldstart run` first");
    constexpr std::size_t kShown = 5;
    std::string known;
    for (std::size_t i = 0; i < std::min(runs.size(), kShown); ++i) {
      known += fmt::format("{}{}{}", i == 0 ? "" : ", ", runs[i].first,
                           runs[i].second.empty() ? "" : fmt::format(" ({})", runs[i].second));
    }
    throw Error(
        fmt::format("run '{}'", selector),
        fmt::format("not among the {} run{} in {}", runs.size(), runs.size() == 1 ? "" : "s",
                    impl_->file.string()),
        fmt::format("newest: {}; see `coldstart list`, or name an exported .json file", known));
  });
}

Run Store::load(std::int64_t run_id) const {
  return impl_->guarded([&] {
    // One transaction: a run that is being written does not change between the queries.
    SQLite::Transaction snapshot(impl_->db);
    std::vector<std::int64_t> rows;
    Run run = impl_->load_without_accounts(run_id, rows);
    load_accounts(impl_->db, run_id, run.starts);
    return run;
  });
}

Digest Store::load_digest(std::int64_t run_id) const {
  return impl_->guarded([&] {
    SQLite::Transaction snapshot(impl_->db);
    std::vector<std::int64_t> rows;
    Digest digest{impl_->load_without_accounts(run_id, rows), {}, {}};
    Run& run = digest.run;
    digest.causes = scan_accounts(impl_->db, run_id, run);
    digest.summaries = summarize(run);
    for (const ShownStarts& shown : shown_starts(run, digest.summaries)) {
      std::vector<std::size_t> starts;
      for (const PlacedStart& placed : shown.placed) starts.push_back(placed.start);
      if (shown.failed) starts.push_back(*shown.failed);
      for (const std::size_t i : starts) load_account(impl_->db, rows[i], run.starts[i]);
    }
    return digest;
  });
}

}  // namespace coldstart::results
