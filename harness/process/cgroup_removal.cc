#include "harness/process/cgroup_removal.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "harness/process/monotonic.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kGiveUpNs = 1'000'000'000;
// Where no event can be had (the process has ended and was not taken out of its group yet).
constexpr std::int64_t kTryAgainNs = 2'000'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

// False: it is busy. True: it has gone, or never will.
bool remove_now(const fs::path& folder) {
  if (::rmdir(folder.c_str()) == 0 || (errno != EBUSY && errno != ENOTEMPTY)) return true;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error)) remove_now(entry.path());
  }
  return ::rmdir(folder.c_str()) == 0 || (errno != EBUSY && errno != ENOTEMPTY);
}

// Version 1: a process in the group, or in one below it. Not open: there is none that we see.
Fd any_process(const fs::path& folder) {
  std::ifstream pids(folder / "cgroup.procs");
  for (pid_t pid = 0; pids >> pid;) {
    // 0: of a pid namespace that is not below ours.
    if (pid <= 0) continue;
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process) return process;
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.is_directory(error)) continue;
    if (Fd process = any_process(entry.path())) return process;
  }
  return Fd();
}

// Version 2. Exceptional from the next change on: what was not read counts as changed.
Fd open_events(const fs::path& folder) {
  Fd events(::open((folder / "cgroup.events").c_str(), O_RDONLY | O_CLOEXEC));
  char text[256];
  while (events && ::read(events.get(), text, sizeof(text)) > 0) {
  }
  return events;
}

}  // namespace

// The event is asked for first, so that what changes after the attempt is told.
bool CgroupRemoval::try_again(Waiting& group) {
  group.event = open_events(group.folder);
  group.awaited = POLLPRI;
  if (!group.event) {
    group.event = any_process(group.folder);
    group.awaited = POLLIN;
  }
  if (remove_now(group.folder)) return true;
  pollfd told{group.event.get(), group.awaited, 0};
  // A process that has ended already will tell nothing any more.
  if (group.event && group.awaited == POLLIN && ::poll(&told, 1, 0) > 0) group.event.reset();
  const std::int64_t now = monotonic_ns();
  group.next_ns = group.event ? group.give_up_ns : std::min(now + kTryAgainNs, group.give_up_ns);
  return now >= group.give_up_ns;
}

void CgroupRemoval::remove(const std::string& folder) {
  if (remove_now(folder)) return;
  Waiting group;
  group.folder = folder;
  group.give_up_ns = monotonic_ns() + kGiveUpNs;
  if (!try_again(group)) waiting_.push_back(std::move(group));
}

void CgroupRemoval::watch(std::vector<pollfd>& into) const {
  for (const Waiting& group : waiting_) {
    if (group.event) into.push_back({group.event.get(), group.awaited, 0});
  }
}

std::int64_t CgroupRemoval::next_ns() const {
  std::int64_t next = kNever;
  for (const Waiting& group : waiting_) next = std::min(next, group.next_ns);
  return next;
}

void CgroupRemoval::go_on() {
  std::erase_if(waiting_, [this](Waiting& group) {
    if (!try_again(group)) return false;
    std::error_code error;
    if (fs::exists(group.folder, error)) given_up_.push_back(group.folder);
    return true;
  });
}

void CgroupRemoval::finish() {
  while (!waiting_.empty()) {
    std::vector<pollfd> watched;
    watch(watched);
    const std::int64_t left = std::max<std::int64_t>(next_ns() - monotonic_ns(), 0);
    ::poll(watched.data(), watched.size(), static_cast<int>(left / kNsPerMs + 1));
    go_on();
  }
  std::erase_if(given_up_, [](const std::string& folder) {
    std::error_code error;
    return remove_now(folder) && !fs::exists(folder, error);
  });
}

}  // namespace coldstart::harness
