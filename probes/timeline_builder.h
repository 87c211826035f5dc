// From events to boundaries: what happened between `requested` and `responded`, and what was not
// seen.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "probes/events.h"
#include "probes/program.h"
#include "probes/tiers.h"
#include "results/model/timeline.h"

namespace coldstart::probes {

/// What the harness itself knows of a start. Times are CLOCK_MONOTONIC nanoseconds.
struct HarnessView {
  std::int64_t due_ns = 0;
  std::int64_t requested_ns = 0;
  std::optional<std::int64_t> responded_ns;
  std::optional<std::int64_t> completed_ns;
  bool listens = true;  ///< the contract has a listening socket and a connection
  /// Nothing was started: the instance had answered before `due`. What it did until then is
  /// ignored.
  bool warm = false;
  bool tracks = false;            ///< keep what each process and thread did (Account::processes)
  std::uint16_t server_port = 0;  ///< the port that was connected to; 0: never connected
  std::uint16_t client_port = 0;  ///< our end of the connection
  /// Where nothing listens: the program whose exec counts as `execed` if the first process did not
  /// become it (a container runtime starts it as another process). May be empty.
  std::string program;
};

/// What is known of a program, null if nothing (Session::find).
using FindProgram = std::function<const Program*(const ProgramKey&)>;

struct BuiltTimeline {
  Timeline timeline;
  std::int64_t serving_pid = 0;      ///< 0: not seen
  std::uint32_t program_pid = 0;     ///< the process whose exec is `execed`; 0: not seen
  const Program* program = nullptr;  ///< what it executed, if that is known
};

/// Builds the timeline of one start from the events of its instance (any order) and the harness's
/// view. Every boundary is set, not applicable, or unseen with a reason. Boundaries never run
/// backwards: one that would is unseen ("out of order"), because then it was not what it was taken
/// for.
BuiltTimeline build_timeline(std::vector<Event> events, const HarnessView& view,
                             const FindProgram& find, const std::vector<TierStatus>& tiers);

}  // namespace coldstart::probes
