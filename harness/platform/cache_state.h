// Brings about a cache state before a start, and proves that it holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/platform/file_set.h"
#include "harness/suite/suite.h"
#include "results/model/account.h"

namespace coldstart::harness {

/// What became of it: a proof (that it holds, or why not), or why nothing can be said at all.
struct CacheOutcome {
  std::optional<CacheProof> proof;
  std::string unknown;
};

/// `disk`: evicts all files, then looks what is left. Files that a process has mapped stay resident
/// as far as they are mapped; they count as pinned, are named, and do not spoil the proof. It is
/// spoilt by anything else that stays, by a file whose residency the kernel does not tell, by an
/// incomplete set, and if nothing at all went.
/// `page-cache`: reads in what is missing of the files that were seen, then looks. An incomplete
/// set proves nothing here, but is no reason to leave a start out: the outcome is unknown.
/// `warm`: unknown, there is nothing to prepare.
/// `drop_caches`: for `disk`, see drop_caches().
CacheOutcome establish(FileSet& files, CacheState state, bool drop_caches);

/// Takes back the proof of a start that needed files which it did not cover. `account.cache` must
/// hold the proof.
void withdraw(Account& account, const std::vector<std::string>& uncovered);

/// Has the kernel drop all clean pages, names and inodes (3 to /proc/sys/vm/drop_caches). Throws
/// Error where that is not permitted.
void drop_caches();
/// Throws the same Error without dropping anything.
void check_drop_caches();

}  // namespace coldstart::harness
