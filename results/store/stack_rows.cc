#include "results/store/stack_rows.h"

#include <SQLiteCpp/VariadicBind.h>
#include <cstddef>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "results/store/migrate.h"

namespace coldstart::results {
namespace {

constexpr const char* kOfRun = " WHERE f.run_id = ? ORDER BY s.id";

std::string joined(const std::vector<std::string>& frames) {
  std::string text;
  for (const std::string& frame : frames) text += (text.empty() ? "" : ";") + frame;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> frames;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    frames.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return frames;
}

}  // namespace

StackWriter::StackWriter(SQLite::Database& db)
    : insert_profile_(db, "INSERT INTO stack_profiles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      insert_stack_(db, "INSERT INTO stacks VALUES (?, ?, ?, ?, ?, ?, ?)") {}

void StackWriter::add(std::int64_t start_id, const StackProfile& profile) {
  insert_profile_.tryReset();
  const std::string notes =
      nlohmann::json(profile.notes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  SQLite::bind(insert_profile_, start_id, profile.rate_hz, profile.taken, profile.lost, profile.cut,
               profile.broken, profile.frames, profile.unnamed, notes);
  insert_profile_.exec();
  insert_profile_.tryReset();
  for (const FoldedStack& stack : profile.stacks) {
    insert_stack_.tryReset();
    SQLite::bind(insert_stack_, start_id, stack.phase, stack.thread, stack.on_cpu ? 1 : 0,
                 joined(stack.frames), stack.count, stack.time_ns);
    insert_stack_.exec();
  }
  insert_stack_.tryReset();
}

void load_stacks(SQLite::Database& db, std::int64_t run_id, std::vector<Start>& starts) {
  if (!has_column(db, "stacks", "start_id")) return;
  if (db.execAndGet("SELECT count(*) FROM stack_profiles").getInt64() == 0) return;
  std::map<std::int64_t, StackProfile*> by_id;
  SQLite::Statement profiles(
      db, std::string("SELECT s.id, p.rate_hz, p.taken, p.lost, p.cut, p.broken, p.frames, "
                      "p.unnamed, p.notes FROM starts s JOIN functions f ON f.id = s.function_id "
                      "LEFT JOIN stack_profiles p ON p.start_id = s.id") +
              kOfRun);
  profiles.bind(1, run_id);
  for (std::size_t i = 0; profiles.executeStep(); ++i) {
    if (profiles.isColumnNull(1)) continue;
    StackProfile& profile = starts.at(i).stacks.emplace();
    by_id[profiles.getColumn(0).getInt64()] = &profile;
    profile.rate_hz = profiles.getColumn(1).getInt();
    profile.taken = profiles.getColumn(2).getInt64();
    profile.lost = profiles.getColumn(3).getInt64();
    profile.cut = profiles.getColumn(4).getInt64();
    profile.broken = profiles.getColumn(5).getInt64();
    profile.frames = profiles.getColumn(6).getInt64();
    profile.unnamed = profiles.getColumn(7).getInt64();
    profile.notes = nlohmann::json::parse(profiles.getColumn(8).getString());
  }
  if (by_id.empty()) return;
  SQLite::Statement stacks(
      db, std::string("SELECT k.start_id, k.phase, k.thread, k.on_cpu, k.stack, k.count, k.time_ns "
                      "FROM stacks k JOIN starts s ON s.id = k.start_id "
                      "JOIN functions f ON f.id = s.function_id") +
              kOfRun + ", k.rowid");
  stacks.bind(1, run_id);
  while (stacks.executeStep()) {
    const auto profile = by_id.find(stacks.getColumn(0).getInt64());
    if (profile == by_id.end()) continue;
    profile->second->stacks.push_back(
        {stacks.getColumn(1).getString(), stacks.getColumn(2).getString(),
         stacks.getColumn(3).getInt() != 0, split(stacks.getColumn(4).getString()),
         stacks.getColumn(5).getInt64(), stacks.getColumn(6).getInt64()});
  }
}

}  // namespace coldstart::results
