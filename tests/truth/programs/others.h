// What the other tasks of the instance do while one of them sleeps: the parent, its other children,
// and the other threads of this process and of the parent.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace truth {

struct OtherTasks {
  bool all_asleep = true;
  std::int64_t busy_ns =
      0;  ///< on a CPU or waiting for one, since they began (/proc/PID/schedstat)
};

inline std::size_t read_text(const char* path, char* text, std::size_t size) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t got = fd < 0 ? 0 : ::read(fd, text, size - 1);
  if (fd >= 0) ::close(fd);
  text[got > 0 ? got : 0] = 0;
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

inline void look_at_threads(int pid, OtherTasks& found) {
  char path[96], text[512];
  std::snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR* folder = ::opendir(path);
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder)) {
    const int task = std::atoi(entry->d_name);
    if (task <= 0 || task == static_cast<int>(::syscall(SYS_gettid))) continue;
    std::snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, task);
    if (read_text(path, text, sizeof text) == 0) continue;
    const char* state = text;  // behind the last bracket: the name may hold brackets itself
    for (const char* at = text; *at != 0; ++at) {
      if (*at == ')') state = at + 2;
    }
    if (*state == 'R') found.all_asleep = false;
    std::snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", pid, task);
    long long run = 0, wait = 0;
    if (read_text(path, text, sizeof text) > 0 &&
        std::sscanf(text, "%lld %lld", &run, &wait) == 2) {
      found.busy_ns += run + wait;
    }
  }
  ::closedir(folder);
}

inline OtherTasks other_tasks() {
  OtherTasks found;
  const int self = ::getpid(), parent = ::getppid();
  look_at_threads(self, found);
  if (parent <= 1) return found;
  look_at_threads(parent, found);
  char path[96], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
  if (read_text(path, text, sizeof text) == 0) return found;
  const char* at = text;
  for (char* end = nullptr;; at = end) {
    const int child = static_cast<int>(std::strtol(at, &end, 10));
    if (end == at) return found;
    if (child != self) look_at_threads(child, found);
  }
}

/// Returns when they are all asleep: a worker that was forked a moment ago is then where it waits.
/// As some runtimes are never quite asleep, after 20 ms in any case.
inline void await_sleep_of_others() {
  timespec begin{}, now{};
  ::clock_gettime(CLOCK_MONOTONIC, &begin);
  do {
    if (other_tasks().all_asleep) return;
    ::sched_yield();
    ::clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - begin.tv_sec) * 1'000'000'000LL + now.tv_nsec - begin.tv_nsec <
           20'000'000);
}

}  // namespace truth
