// The files that a function touches, held open: what of them is in the page cache, and how to take
// it out or bring it in.
//
// Needs no privilege for files of one's own. What the kernel does not let go, and why, is told and
// never glossed over:
//   * pages that a process has mapped stay (libc.so.6, the dynamic loader and libstdc++ are mapped
//     by half the machine, and by coldstart itself);
//   * files of a memory file system have no disk to come back from.
// Names and inodes stay in the kernel's caches while the files are held open, whatever is evicted.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "probes/fd.h"

namespace coldstart::harness {

/// A file of the set, as far as people ask for it.
struct FileState {
  std::string path;  ///< as it was added
  std::int64_t bytes = 0;
  /// Bytes of it in the page cache (whole pages, but never more than the file has). Absent: the
  /// kernel does not tell us, because the file is not ours.
  std::optional<std::int64_t> cached_bytes;
  bool in_memory = false;  ///< its file system has no disk
  bool seen = true;        ///< see FileSet::add_below
  dev_t device = 0;
  ino_t inode = 0;
};

class FileSet {
 public:
  /// Adds an open file. Known files (same device and inode), what is no regular file, what has no
  /// name any more (a memfd, a deleted file: no later start can read it) and what only looks like a
  /// file (/proc, /sys) are left out; false then.
  bool add(Fd file, const std::string& path);
  /// Adds a file by its path in our own root. False as above, or if it cannot be opened.
  bool add(const std::string& path);
  /// Adds a file by its path as a process sees it, while the process exists: absolute in its root,
  /// relative to its working directory. With `inode`, only if it still is that file.
  bool add(std::int64_t pid, const std::string& path, std::optional<std::uint64_t> inode = {});

  /// Adds a file that a process which is gone named so: below `rootfs`, if that is not empty, else
  /// in our own root, a relative name from `directory`; only if it is the file with that inode. Of
  /// a script that was executed, the kernel tells its name and the inode of its interpreter: then
  /// that is added.
  bool add_if(const std::string& rootfs, const std::string& directory, const std::string& path,
              std::uint64_t inode);

  /// Whether a file with that inode is in the set.
  bool has(std::uint64_t inode) const;
  /// Whether that file is in the set, by inode and the kernel's number of its device; `as_seen`:
  /// as one that was seen, see add_below.
  bool covers(std::uint64_t inode, std::uint32_t device, bool as_seen) const;

  /// Adds all files that a process has mapped now. False if the process could not be asked.
  bool add_mapped_by(std::int64_t pid);
  /// Adds every file below a folder (without leaving its file system) as one that may be read but
  /// was not seen to be: it is evicted with the others but need not be resident.
  void add_below(const std::string& folder);

  /// Why the set may lack files; empty: it lacks none that we know of. The first reason stands.
  const std::string& incomplete() const { return incomplete_; }
  void set_incomplete(const std::string& reason);

  bool empty() const { return files_.empty(); }
  std::size_t size() const { return files_.size(); }

  /// What of each file is in the page cache, in the order of adding.
  std::vector<FileState> states() const;

  /// Takes out of the page cache what can be taken out; what was written to goes to disk first.
  void evict();
  /// Reads the seen files that are not wholly in the page cache into it.
  void warm_up();

  /// Of the files given by index: those that a process (any, also we) has mapped.
  std::vector<bool> mapped_by_someone(const std::vector<std::size_t>& which) const;

 private:
  using Key = std::pair<dev_t, ino_t>;
  struct File {
    Fd fd;
    std::string path;
    Key key;
    bool in_memory = false;
    bool overlaid = false;  ///< the page cache belongs to another inode below
    bool seen = true;
  };
  bool add(Fd file, const std::string& path, bool seen);
  Fd open(int directory, const std::string& path, bool in_root);
  static FileState state_of(const File& file);

  std::vector<File> files_;
  std::map<Key, std::size_t> index_;
  std::string incomplete_;
};

}  // namespace coldstart::harness
