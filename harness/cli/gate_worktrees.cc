#include "harness/cli/gate_worktrees.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "harness/cli/quote.h"
#include "probes/fd.h"
#include "results/model/error.h"

extern char** environ;

namespace coldstart::cli {
namespace {

namespace fs = std::filesystem;

struct Ended {
  int status = 0;      // of wait(2)
  std::string output;  // standard output and error, where they were wanted
};

// Runs a command in a process group of its own to its end. `capture`: its output is wanted; else it
// goes to our standard error.
Ended run(const std::vector<std::string>& command, const fs::path& directory, bool capture,
          const volatile std::sig_atomic_t* interrupted = nullptr) {
  std::array<int, 2> ends{-1, -1};
  if (capture && ::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error("pipe", std::strerror(errno));
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  const int output = capture ? write_end.get() : STDERR_FILENO;
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    throw Error(command.front(), std::string("cannot be started: ") + std::strerror(error),
                "install it");
  }
  write_end = Fd();
  Ended ended;
  std::array<char, 4096> buffer{};
  while (capture) {
    const ssize_t got = ::read(read_end.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    ended.output.append(buffer.data(), static_cast<std::size_t>(got));
  }
  while (::waitpid(pid, &ended.status, 0) < 0) {
    // A signal to us is meant for what we run as well.
    if (errno == EINTR && interrupted != nullptr && *interrupted != 0) ::kill(-pid, SIGTERM);
  }
  if (interrupted != nullptr && *interrupted != 0) ::kill(-pid, SIGKILL);  // what it left behind
  return ended;
}

std::string git(const fs::path& directory, const std::vector<std::string>& arguments,
                const std::string& remedy) {
  std::vector<std::string> command = {"git"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Ended ended = run(command, directory, true);
  while (ended.output.ends_with('\n')) ended.output.pop_back();
  if (ended.status != 0) {
    throw Error("git " + quote_command(arguments), ended.output.substr(0, ended.output.find('\n')),
                remedy);
  }
  return ended.output;
}

volatile std::sig_atomic_t interrupting_signal = 0;
void note_signal(int number) { interrupting_signal = number; }

// SIGINT, SIGTERM and SIGHUP are noted and not obeyed while this lives.
class NotedSignals {
 public:
  NotedSignals() {
    interrupting_signal = 0;
    struct sigaction action {};
    action.sa_handler = note_signal;  // without SA_RESTART: waitpid() returns
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      ::sigaction(kSignals[i], &action, &before_[i]);
  }
  ~NotedSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      ::sigaction(kSignals[i], &before_[i], nullptr);
  }
  NotedSignals(const NotedSignals&) = delete;
  NotedSignals& operator=(const NotedSignals&) = delete;

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, kSignals.size()> before_{};
};

std::string title_of(const std::string& revision, const std::string& commit) {
  const std::string shortened = commit.substr(0, 7);
  return commit.starts_with(revision) ? shortened : revision + " (" + shortened + ")";
}

}  // namespace

RevisionRange parse_range(const std::string& text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos || dots == 0 || text.find("...") != std::string::npos ||
      text.starts_with('-')) {
    throw Error("--git", "'" + text + "' is no range of revisions", "write --git BASE..HEAD");
  }
  std::string candidate = text.substr(dots + 2);
  return {text.substr(0, dots), candidate.empty() ? "HEAD" : std::move(candidate)};
}

Worktrees::Worktrees(const RevisionRange& range, harness::Launcher& launcher) {
  const NotedSignals noted;  // git's own list of worktrees must not keep what is half made
  const fs::path here = fs::current_path();
  repository_ = git(here, {"rev-parse", "--show-toplevel"}, "go into a checkout");
  inside_ = fs::canonical(here).lexically_relative(fs::canonical(repository_));
  const auto commit_of = [&](const std::string& revision) {
    return git(repository_, {"rev-parse", "--verify", "--quiet", revision + "^{commit}"},
               "'" + revision + "' is no commit here; a shallow clone may lack it: fetch it");
  };
  const std::string old_commit = commit_of(range.baseline);
  const std::string new_commit = commit_of(range.candidate);
  if (old_commit == new_commit) {
    throw Error("--git", "both revisions are commit " + old_commit.substr(0, 7),
                "name two that differ: BASE..HEAD");
  }
  baseline_title_ = title_of(range.baseline, old_commit);
  candidate_title_ = title_of(range.candidate, new_commit);

  std::string pattern = (fs::temp_directory_path() / "coldstart-check-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(pattern, std::string("cannot be created: ") + std::strerror(errno),
                "set TMPDIR to a folder that can be written");
  }
  folder_ = pattern;
  launcher.own_directory(pattern);
  try {
    for (const auto& [name, commit] :
         {std::pair("baseline", old_commit), std::pair("candidate", new_commit)}) {
      git(repository_, {"worktree", "add", "--detach", (folder_ / name).string(), commit}, "");
    }
  } catch (...) {
    remove();
    throw;
  }
  interrupted_by_ = interrupting_signal;
}

Worktrees::~Worktrees() { remove(); }

void Worktrees::remove() noexcept {
  // Not to be stopped half-way by the signal that ended us.
  try {
    const NotedSignals noted;
    for (const char* name : {"baseline", "candidate"}) {
      run({"git", "worktree", "remove", "--force", (folder_ / name).string()}, repository_, true);
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    run({"git", "worktree", "prune"}, repository_, true);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "warning: %s could not be removed: %s\n", folder_.c_str(), error.what());
  }
}

int Worktrees::build(const std::string& command, Progress& progress) {
  if (interrupted_by_ != 0) return interrupted_by_;
  const NotedSignals noted;
  for (const fs::path& checkout : {baseline(), candidate()}) {
    const bool is_baseline = checkout == baseline();
    progress.say("building " + (is_baseline ? baseline_title_ : candidate_title_) + ": " + command);
    const Ended ended = run({"sh", "-c", command}, checkout, false, &interrupting_signal);
    if (interrupting_signal != 0) return interrupting_signal;
    if (ended.status != 0) {
      throw Error(
          "--build",
          "'" + command + "' failed for " + (is_baseline ? baseline_title_ : candidate_title_),
          "what it said is above");
    }
  }
  return 0;
}

}  // namespace coldstart::cli
