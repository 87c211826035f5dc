// Which libraries and files an instance touched before its first response: the events of tier
// `files`.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "probes/events.h"
#include "results/model/account.h"

namespace coldstart::probes {

struct FilesSeen {
  std::vector<Library> libraries;  ///< in the order in which they were mapped
  FilesRead files;
};

/// What must be known to place a file on the timeline. Times are CLOCK_MONOTONIC nanoseconds.
struct FilesView {
  std::int64_t due_ns = 0;
  std::int64_t until_ns = 0;               ///< what came later does not count
  std::optional<std::int64_t> entered_ns;  ///< libraries mapped later came by dlopen
};

/// The events must be in order of time.
FilesSeen files_of(const std::vector<Event>& events, const FilesView& view);

}  // namespace coldstart::probes
