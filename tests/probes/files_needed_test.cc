// Which files on disk a start could not have done without, from made-up events.
#include "probes/files_needed.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "tests/probes/made_events.h"

namespace coldstart::probes {
namespace {

constexpr std::uint32_t kPid = 100;

Event opened(std::int64_t at, std::uint64_t inode, const std::string& path, std::uint64_t bytes,
             unsigned flags = CS_ON_DISK) {
  return on_file(call(CS_OPENED, CS_CALL_OPENAT, at, at, kPid, path), inode, bytes, flags);
}
Event read_from(std::int64_t at, std::uint64_t inode) {
  return on_file(call(CS_READ, CS_CALL_READ, at, at, kPid), inode, 10);
}

std::vector<std::string> paths(const std::vector<Event>& events) {
  std::vector<std::string> list;
  for (const NeededFile& file : files_needed(events, 0, 100)) list.push_back(file.path);
  return list;
}
using Paths = std::vector<std::string>;

TEST(FilesNeededTest, WhatIsOpenedToBeReadIsNeededOnce) {
  EXPECT_EQ(paths({opened(1, 5, "/a", 100), read_from(2, 5), opened(3, 5, "/a", 100)}),
            Paths{"/a"});
}

TEST(FilesNeededTest, AnExecutedProgramIsNeededIfItIsOnDisk) {
  Event exec = named(CS_EXEC, 1, kPid, "/bin/x");
  exec.raw.file.inode = 7;
  EXPECT_EQ(paths({exec}), Paths{}) << "a memfd, for one: runc's copy of itself";
  exec.raw.file.flags = CS_ON_DISK;
  EXPECT_EQ(paths({exec}), Paths{"/bin/x"});
}

TEST(FilesNeededTest, WhatIsOnlyWrittenIsNotNeeded) {
  EXPECT_EQ(paths({opened(1, 5, "/var/log/app.log", 5000, CS_ON_DISK | CS_MAY_WRITE)}), Paths{});
}

TEST(FilesNeededTest, WhatWasWrittenBeforeAndIsReadIsNeededHoweverItWasOpened) {
  const Event database = opened(1, 5, "/data.db", 5000, CS_ON_DISK | CS_MAY_WRITE);
  EXPECT_EQ(paths({database, read_from(2, 5)}), Paths{"/data.db"});
  EXPECT_EQ(paths({database, on_file(call(CS_MAPPED, CS_CALL_MMAP, 2, 3, kPid), 5, 10, PROT_READ)}),
            Paths{"/data.db"});
}

TEST(FilesNeededTest, WhatTheInstanceWroteItselfIsNotNeededWhenItReadsItBack) {
  EXPECT_EQ(paths({opened(1, 5, "/run/app.pid", 0, CS_ON_DISK | CS_MAY_WRITE),
                   opened(5, 5, "/run/app.pid", 4), read_from(6, 5)}),
            Paths{});
}

TEST(FilesNeededTest, WhatIsInMemoryOnlyIsNotNeeded) {
  EXPECT_EQ(paths({opened(1, 5, "/proc/self/maps", 100, 0), read_from(2, 5)}), Paths{});
}

TEST(FilesNeededTest, OnlyTheTimeAskedForCountsInWhateverOrderEventsCome) {
  EXPECT_EQ(paths({opened(101, 6, "/late", 1), opened(5, 5, "/b", 1), opened(4, 4, "/a", 1)}),
            (Paths{"/a", "/b"}));
}

}  // namespace
}  // namespace coldstart::probes
