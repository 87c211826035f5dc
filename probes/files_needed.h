// Which files on disk a start could not have done without: the events of tiers `process` and
// `files`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "probes/events.h"

namespace coldstart::probes {

/// A file whose content an instance needed.
struct NeededFile {
  std::uint64_t inode = 0;
  std::uint32_t device = 0;  ///< the kernel's number, as in cs_call
  std::uint32_t pid = 0;     ///< who needed it first
  std::string path;          ///< as that process named it; may be cut
};

/// The files that were executed, opened to be read, read or mapped in [from, until], each once, in
/// the order of first need. Events may be in any order.
/// Not among them: what lies in memory only (/proc, tmpfs, a memfd), what was only written (a log,
/// a pid file), and what was empty when the instance first opened it: it reads then what it has
/// written itself, which no page cache had to hold before.
/// Not seen: files opened through io_uring or by handle, and the dynamic loader, which the kernel
/// maps.
std::vector<NeededFile> files_needed(const std::vector<Event>& events, std::int64_t from_ns,
                                     std::int64_t until_ns);

}  // namespace coldstart::probes
