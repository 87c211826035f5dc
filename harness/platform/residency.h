// What of a file is in the page cache.
#pragma once

#include <cstdint>
#include <optional>
#include <sys/stat.h>

namespace coldstart::harness {

/// Bytes of an open regular file in the page cache: whole pages, but never more than the file has.
/// By cachestat(2) (Linux 6.5), else by mincore(2). Absent: the kernel does not tell us, because
/// the file is not ours. `overlaid`: its page cache belongs to another inode below.
std::optional<std::int64_t> resident_bytes(int fd, const struct stat& status, bool overlaid);

}  // namespace coldstart::harness
