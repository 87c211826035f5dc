// Two revisions of a git repository, checked out and built beside it; gone afterwards.
#pragma once

#include <filesystem>
#include <string>

#include "harness/cli/progress.h"
#include "harness/process/launcher.h"

namespace coldstart::cli {

/// "BASE..HEAD". Throws Error for anything else.
struct RevisionRange {
  std::string baseline;
  std::string candidate;
};
RevisionRange parse_range(const std::string& text);

/// Worktrees in a temporary folder. The destructor removes them, from git's list as well; should we
/// be killed, the launcher removes the folder, and `git worktree prune` forgets it.
class Worktrees {
 public:
  /// For the repository of the current folder. Throws Error if that is none, or a revision unknown.
  Worktrees(const RevisionRange& range, harness::Launcher& launcher);
  ~Worktrees();
  Worktrees(const Worktrees&) = delete;
  Worktrees& operator=(const Worktrees&) = delete;

  /// Runs `command` with sh in both, baseline first; what it prints goes to standard error. Throws
  /// Error if it fails. Returns the signal that interrupted it (its processes are then ended), or
  /// 0.
  int build(const std::string& command, Progress& progress);

  /// The current folder inside each worktree: relative paths keep their meaning.
  std::filesystem::path baseline() const { return folder_ / "baseline" / inside_; }
  std::filesystem::path candidate() const { return folder_ / "candidate" / inside_; }
  /// "main (1a2b3c4)"
  const std::string& baseline_title() const { return baseline_title_; }
  const std::string& candidate_title() const { return candidate_title_; }

 private:
  void remove() noexcept;

  std::filesystem::path repository_;
  std::filesystem::path inside_;  // of the repository, where we are
  std::filesystem::path folder_;
  std::string baseline_title_;
  std::string candidate_title_;
  int interrupted_by_ = 0;  // while they were made
};

}  // namespace coldstart::cli
