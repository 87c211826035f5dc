// Own files on the build folder's file system; needs no privilege.
#include "harness/platform/file_set.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "harness/platform/cache_state.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSize = 1'000'001;  // no whole number of pages

class FileSetTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = COLDSTART_BINARY_DIR "/file-set-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    struct statfs filesystem {};
    ASSERT_EQ(::statfs(name.c_str(), &filesystem), 0);
    if (filesystem.f_type == TMPFS_MAGIC || filesystem.f_type == RAMFS_MAGIC) {
      GTEST_SKIP() << "skipped: the build folder is in memory, from where nothing can be evicted";
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::int64_t size = kSize) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << std::string(static_cast<std::size_t>(size), 'x');
    return path;
  }

  static std::int64_t cached(const FileSet& files, std::size_t index = 0) {
    return files.states().at(index).cached_bytes.value_or(-1);
  }

  fs::path folder_;
};

TEST_F(FileSetTest, WhatWasJustWrittenIsResidentGoesOnEvictionAndComesBackOnReading) {
  FileSet files;
  ASSERT_TRUE(files.add(write("a")));
  EXPECT_EQ(files.states().at(0).bytes, kSize);
  EXPECT_EQ(cached(files), kSize);
  files.evict();  // dirty: written to disk first
  EXPECT_EQ(cached(files), 0);
  files.warm_up();
  EXPECT_EQ(cached(files), kSize);
  files.evict();
  EXPECT_EQ(cached(files), 0);
}

TEST_F(FileSetTest, PartOfAFileIsPartlyResident) {
  FileSet files;
  const std::string path = write("a");
  files.add(path);
  files.evict();
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM);  // no read-ahead
  char byte = 0;
  ASSERT_EQ(::pread(file.get(), &byte, 1, 0), 1);
  EXPECT_GT(cached(files), 0);
  EXPECT_LT(cached(files), kSize);
}

TEST_F(FileSetTest, TheSameFileUnderTwoNamesIsOneFile) {
  const std::string path = write("a");
  fs::create_hard_link(path, folder_ / "b");
  fs::create_symlink(path, folder_ / "c");
  FileSet files;
  EXPECT_TRUE(files.add(path));
  EXPECT_FALSE(files.add(folder_ / "b"));
  EXPECT_FALSE(files.add(folder_ / "c"));
  EXPECT_EQ(files.size(), 1U);
}

TEST_F(FileSetTest, WhatNoLaterStartCanReadIsLeftOut) {
  FileSet files;
  EXPECT_FALSE(files.add(folder_ / "no-such-file"));
  EXPECT_FALSE(files.add(folder_));
  EXPECT_FALSE(files.add("/proc/self/status"));
  EXPECT_FALSE(files.add("/dev/null"));
  EXPECT_FALSE(files.add(Fd(::memfd_create("x", MFD_CLOEXEC)), "memfd"));
  const std::string fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_FALSE(files.add(fifo)) << "and nobody waited for a writer";
  EXPECT_TRUE(files.empty());
}

TEST_F(FileSetTest, PathsOfAProcessBeginAtItsRootOrItsWorkingDirectory) {
  const std::string path = write("a");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  FileSet files;
  EXPECT_FALSE(files.add(::getpid(), path, status.st_ino + 1)) << "another file by now";
  EXPECT_TRUE(files.add(::getpid(), path, status.st_ino));
  const std::string relative = fs::relative(write("b"), fs::current_path());
  EXPECT_TRUE(files.add(::getpid(), relative));
  EXPECT_EQ(files.size(), 2U);
}

TEST_F(FileSetTest, TheNameOfAScriptLeadsToWhatInterpretsIt) {
  const auto script = [&](const std::string& name, const std::string& first_line) {
    std::ofstream(folder_ / name) << first_line << "\nexit 0\n";
    return (folder_ / name).string();
  };
  const auto inode_of = [](const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_ino;
  };
  const std::string shell = fs::canonical("/bin/sh");
  script("inner", "#! /bin/sh -e");
  script("outer", "#!" + (folder_ / "inner").string());
  FileSet files;
  EXPECT_TRUE(files.add_if("", folder_, "inner", inode_of(shell)));
  EXPECT_FALSE(files.add_if("", folder_, "outer", inode_of(shell))) << "known by now";
  EXPECT_TRUE(files.has(inode_of(shell)));
  EXPECT_EQ(files.size(), 1U) << "the script is another file";
  EXPECT_FALSE(files.add_if("", folder_, "outer", inode_of("/etc/passwd")));
  script("circle", "#!" + (folder_ / "circle").string());
  EXPECT_FALSE(files.add_if("", folder_, "circle", inode_of(shell)));
  EXPECT_TRUE(files.add_if("", folder_, "outer", inode_of(folder_ / "outer")));
}

TEST_F(FileSetTest, OfAScriptThatWasExecutedTheInterpreterIsFound) {
  const std::string interpreter = write("interpreter");
  std::ofstream(folder_ / "inner") << "#! " << interpreter << " -x\n";
  std::ofstream(folder_ / "outer") << "#!" << (folder_ / "inner").string() << "\nrest\n";
  struct stat status {};
  ASSERT_EQ(::stat(interpreter.c_str(), &status), 0);
  FileSet files;
  EXPECT_FALSE(files.add_if("", folder_, "outer", status.st_ino + 1'000'000'000));
  EXPECT_TRUE(files.add_if("", folder_, "outer", status.st_ino));
  EXPECT_EQ(files.states().at(0).path, interpreter);
  EXPECT_TRUE(files.has(status.st_ino));
}

TEST_F(FileSetTest, TheFilesThatAProcessHasMappedAreFound) {
  const std::string path = write("a");
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  void* mapping = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file.get(), 0);
  ASSERT_NE(mapping, MAP_FAILED);
  FileSet files;
  ASSERT_TRUE(files.add_mapped_by(::getpid()));
  ::munmap(mapping, 4096);
  const auto states = files.states();
  const auto has = [&](const std::string& end) {
    return std::ranges::any_of(states, [&](const FileState& s) { return s.path.ends_with(end); });
  };
  EXPECT_TRUE(has(path));
  EXPECT_TRUE(has(fs::read_symlink("/proc/self/exe").filename()));
  EXPECT_FALSE(files.add_mapped_by(1LL << 30U)) << "there is no such process";
}

TEST_F(FileSetTest, FilesBelowAFolderAreEvictedButNotReadIn) {
  write("root/usr/bin/a");
  const std::string seen = write("root/b");
  fs::create_symlink("/etc/passwd", folder_ / "root/link");
  FileSet files;
  files.add_below(folder_ / "root");
  files.add(seen);
  ASSERT_EQ(files.size(), 2U);
  files.evict();
  EXPECT_EQ(cached(files, 0) + cached(files, 1), 0);
  files.warm_up();
  EXPECT_EQ(cached(files, 0) + cached(files, 1), kSize);
}

// ---- the proof

TEST_F(FileSetTest, DiskIsProvenWhenAllIsGone) {
  FileSet files;
  files.add(write("a"));
  files.add(write("b"));
  const auto proof = establish(files, CacheState::kDisk, false).proof;
  ASSERT_TRUE(proof);
  EXPECT_TRUE(proof->proven) << proof->reason;
  EXPECT_EQ(proof->files, 2);
  EXPECT_EQ(proof->bytes, 2 * kSize);
  EXPECT_EQ(proof->cached_bytes, 0);
  EXPECT_EQ(proof->pinned_files, 0);
  EXPECT_EQ(proof->reason, "");
}

TEST_F(FileSetTest, WhatAProcessHasMappedStaysAndIsNamedAsPinned) {
  const std::string path = write("mapped.so");
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto* mapping =
      static_cast<volatile char*>(::mmap(nullptr, kSize, PROT_READ, MAP_SHARED, file.get(), 0));
  ASSERT_NE(mapping, MAP_FAILED);
  for (std::int64_t i = 0; i < kSize; i += 4096) (void)mapping[i];
  FileSet files;
  files.add(path);
  const auto alone = establish(files, CacheState::kDisk, false).proof;
  files.add(write("free"));
  const auto both = establish(files, CacheState::kDisk, false).proof;
  ::munmap(const_cast<char*>(mapping), kSize);
  ASSERT_TRUE(alone && both);
  EXPECT_FALSE(alone->proven) << "nothing at all went";
  EXPECT_NE(alone->reason.find("nothing of it can be evicted"), std::string::npos);
  EXPECT_TRUE(both->proven) << both->reason;
  EXPECT_EQ(both->pinned_files, 1);
  EXPECT_EQ(both->pinned_bytes, kSize);
  EXPECT_EQ(both->cached_bytes, kSize);
  EXPECT_NE(both->reason.find("mapped.so (977 KiB)"), std::string::npos) << both->reason;
  const auto after = establish(files, CacheState::kDisk, false).proof;
  EXPECT_EQ(after->pinned_files, 0) << "the mapping is gone";
  EXPECT_EQ(after->cached_bytes, 0);
}

TEST_F(FileSetTest, AnIncompleteSetProvesNoDiskAndSaysNothingOfThePageCache) {
  FileSet files;
  files.add(write("a"));
  files.set_incomplete("nobody looked");
  files.set_incomplete("something else");
  const auto disk = establish(files, CacheState::kDisk, false).proof;
  ASSERT_TRUE(disk);
  EXPECT_FALSE(disk->proven);
  EXPECT_EQ(disk->reason, "nobody looked");
  EXPECT_EQ(disk->cached_bytes, 0) << "evicted all the same";
  const CacheOutcome page_cache = establish(files, CacheState::kPageCache, false);
  EXPECT_FALSE(page_cache.proof);
  EXPECT_EQ(page_cache.unknown, "nobody looked");
}

TEST_F(FileSetTest, AnEmptySetProvesNothing) {
  FileSet files;
  const auto disk = establish(files, CacheState::kDisk, false).proof;
  ASSERT_TRUE(disk);
  EXPECT_FALSE(disk->proven);
  EXPECT_FALSE(establish(files, CacheState::kPageCache, false).proof);
}

TEST_F(FileSetTest, PageCacheReadsInWhatIsMissing) {
  FileSet files;
  files.add(write("a"));
  files.evict();
  const auto proof = establish(files, CacheState::kPageCache, false).proof;
  ASSERT_TRUE(proof);
  EXPECT_TRUE(proof->proven) << proof->reason;
  EXPECT_EQ(proof->cached_bytes, kSize);
}

// The kernel hides the residency of other people's files: cachestat refuses, and mincore claims
// that all of it is resident.
TEST_F(FileSetTest, OfAnotherUsersFileNothingIsClaimed) {
  if (::geteuid() == 0) {
    if (::seteuid(65534) != 0) GTEST_SKIP() << "skipped: cannot become another user";
  }
  FileSet files;
  const bool added = files.add("/etc/passwd");
  const auto state = added ? files.states().at(0) : FileState{};
  const auto proof = establish(files, CacheState::kDisk, false).proof;
  const auto page_cache = establish(files, CacheState::kPageCache, false);
  if (::getuid() == 0) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_TRUE(added);
  if (state.cached_bytes) GTEST_SKIP() << "skipped: this kernel tells everyone (before 6.12)";
  EXPECT_FALSE(proof->proven);
  EXPECT_NE(proof->reason.find("another user: passwd"), std::string::npos) << proof->reason;
  EXPECT_FALSE(page_cache.proof);
}

}  // namespace
}  // namespace coldstart::harness
