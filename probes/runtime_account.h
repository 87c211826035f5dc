// Inside a language runtime, up to the first response: the events of tier `runtime` (Node.js: of
// tier `files`).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "probes/events.h"
#include "results/model/account.h"

namespace coldstart::probes {

/// What must be known to tell it. Times are CLOCK_MONOTONIC nanoseconds.
struct RuntimeView {
  std::uint32_t pid = 0;     ///< the process in which the program runs
  std::int64_t from_ns = 0;  ///< its exec
  std::int64_t due_ns = 0;
  std::int64_t until_ns = 0;  ///< what came later does not count
  std::optional<std::int64_t> entered_ns;
  std::optional<std::int64_t> ready_ns;
};

/// The events must be in order of time.
JvmAccount jvm_account(const std::vector<Event>& events, const RuntimeView& view);
PythonAccount python_account(const std::vector<Event>& events, const RuntimeView& view);
NodeAccount node_account(const std::vector<Event>& events, const RuntimeView& view);

}  // namespace coldstart::probes
