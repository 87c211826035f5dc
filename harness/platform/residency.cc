#include "harness/platform/residency.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace coldstart::harness {
namespace {

// Not in the C library of Debian 12 yet: linux/mman.h of Linux 6.5.
constexpr long kCachestat = 451;
struct CachestatRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // 0: to the end
};
struct Cachestat {
  std::uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

std::int64_t page_size() {
  static const std::int64_t size = ::sysconf(_SC_PAGESIZE);
  return size;
}

// The kernel tells the residency of a file only to those who may write it or own it; mincore says
// of all other files that they are resident (mm/mincore.c, can_do_mincore).
bool mincore_tells_the_truth(int fd, const struct stat& status) {
  if (::geteuid() == 0 || status.st_uid == ::geteuid()) return true;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

std::optional<std::int64_t> resident_pages_by_mincore(int fd, const struct stat& status) {
  if (!mincore_tells_the_truth(fd, status)) return std::nullopt;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (mapping == MAP_FAILED) return std::nullopt;
  std::vector<unsigned char> pages((size + static_cast<std::size_t>(page_size()) - 1) /
                                   static_cast<std::size_t>(page_size()));
  const bool told = ::mincore(mapping, size, pages.data()) == 0;
  ::munmap(mapping, size);
  if (!told) return std::nullopt;
  return std::ranges::count_if(pages, [](unsigned char page) { return (page & 1U) != 0; });
}

std::optional<std::int64_t> resident_pages(int fd, const struct stat& status, bool overlaid) {
  // cachestat looks at the overlay's own inode, which never has a page: it would say "all gone".
  if (!overlaid) {
    CachestatRange range;
    Cachestat result{};
    if (::syscall(kCachestat, fd, &range, &result, 0U) == 0) {
      return static_cast<std::int64_t>(result.cached);
    }
    if (errno != ENOSYS && errno != EOPNOTSUPP) return std::nullopt;
  }
  return resident_pages_by_mincore(fd, status);
}

}  // namespace

std::optional<std::int64_t> resident_bytes(int fd, const struct stat& status, bool overlaid) {
  if (status.st_size == 0) return 0;
  const auto pages = resident_pages(fd, status, overlaid);
  if (!pages) return std::nullopt;
  return std::min<std::int64_t>(*pages * page_size(), status.st_size);
}

}  // namespace coldstart::harness
