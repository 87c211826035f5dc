// Writing the Chrome trace event format (JSON): processes, tracks, slices, instants.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace coldstart::results {

struct TraceSlice {
  std::string name;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  nlohmann::ordered_json args = nlohmann::ordered_json::object();
};

/// All events of a trace, and which ids are taken: readers know a process or thread by its number
/// alone, so no two of them may be alike.
struct Trace {
  nlohmann::ordered_json events = nlohmann::ordered_json::array();
  std::set<std::int64_t> pids = {};
  std::set<std::int64_t> tids = {};
};

/// Writes one process of a trace and its tracks. Slices are pairs of begin and end and not events
/// with a duration: readers add in floating point, and what followed another would overlap it by a
/// trillionth of a second.
class TraceProcess {
 public:
  /// `pid` is its id unless another process of the trace has it already.
  TraceProcess(Trace& trace, std::int64_t pid, const std::string& name);

  /// A track of slices, or as many as it takes for them to nest or not to touch. Empty: none. `tid`
  /// is the id of the first of them unless it is taken; absent: one that no thread has.
  void add(const std::string& name, const std::string& category, std::vector<TraceSlice> slices,
           std::optional<std::int64_t> tid = std::nullopt);

  /// A track of moments: what, and when. Empty: none.
  void add_instants(const std::string& name, const std::string& category,
                    const std::vector<std::pair<std::string, std::int64_t>>& instants);

 private:
  void metadata(const char* what, std::int64_t tid, nlohmann::ordered_json args);
  std::int64_t begin_track(const std::string& name, std::optional<std::int64_t> tid);
  void put_edge(const char* edge, std::int64_t at_ns, std::int64_t tid, const std::string& category,
                const TraceSlice& slice);

  Trace& trace_;
  std::int64_t pid_;
  int tracks_ = 0;
};

}  // namespace coldstart::results
