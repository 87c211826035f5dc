// A delay that is known: where it was, when it began and when it ended, by the program's own clock.
//
// The environment says what a program is to do, so that one program serves as delayed one and as
// control:
//   TRUTH_AT        the place of the delay; delay() does nothing at other places
//   TRUTH_KIND      "sleep", "spin", or "read": read all of TRUTH_FILE
//   TRUTH_DELAY_MS  how long to sleep or spin; 0: no delay, nothing is logged
//   TRUTH_LOG       the file that gets a line "name begin_ns end_ns pid" for each delay and mark
//
// Marks say between which moments the boundaries lie (tests/truth/brackets.h holds them against
// each other); all programs here that serve log them, with or without a delay:
//   resolve    around the last relocation that the dynamic loader makes
//   construct  around the constructor of a library
//   main       the first moment of main
//   exec       the last moment before it executes a program
//   listen, receive, send: answering.h
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

#include "tests/truth/programs/others.h"

namespace truth {

/// CLOCK_MONOTONIC, as the probes use it.
inline std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

inline const char* setting(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

/// Something took place between these two moments. (The writing of it is time of the phase that it
/// is written in; as it comes after one mark and before another, it is known time.)
inline void log(const char* name, std::int64_t begin, std::int64_t end) {
  char line[128];
  const int length =
      std::snprintf(line, sizeof line, "%s %lld %lld %d\n", name, static_cast<long long>(begin),
                    static_cast<long long>(end), static_cast<int>(::getpid()));
  const int fd = ::open(setting("TRUTH_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0 || ::write(fd, line, static_cast<std::size_t>(length)) != length) {
    std::perror("TRUTH_LOG");
    std::exit(1);
  }
  ::close(fd);
}

/// A moment.
inline void mark(const char* name) {
  const std::int64_t moment = now();
  log(name, moment, moment);
}

inline void sleep_until(std::int64_t end) {
  const timespec time{static_cast<time_t>(end / 1'000'000'000),
                      static_cast<long>(end % 1'000'000'000)};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
  }
}

inline void spin_until(std::int64_t end) {
  while (now() < end) {
  }
}

inline void read_all(const char* path) {
  static char buffer[256 * 1024];
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  while (::read(fd, buffer, sizeof buffer) > 0) {
  }
  ::close(fd);
}

/// How long this thread has waited for a CPU since it began. (Its CPU clock would not do: the
/// kernel takes interrupts and what a hypervisor stole out of it, while the thread is on the CPU.)
inline std::int64_t waited_for_cpu() {
  char text[128];
  long long run = 0, wait = 0;
  if (read_text("/proc/thread-self/schedstat", text, sizeof text) > 0) {
    std::sscanf(text, "%lld %lld", &run, &wait);
  }
  return wait;
}

/// Delays here, if this is the place. Also logs, after a sleep, as "others": how long other tasks
/// of the instance were on a CPU or waited for one meanwhile; else as "cpu": how long it was on a
/// CPU, interrupts included.
inline void delay(const char* place) {
  const long milliseconds = std::atol(setting("TRUTH_DELAY_MS"));
  const char* kind = setting("TRUTH_KIND");
  // Where CPU time is compared the control does the same, but for the spinning: what it costs to
  // measure and to log is CPU time, too.
  const bool is_control = milliseconds <= 0 && std::strcmp(kind, "spin") == 0;
  if ((milliseconds <= 0 && !is_control) || std::strcmp(setting("TRUTH_AT"), place) != 0) return;
  const bool sleeps = std::strcmp(kind, "sleep") == 0;
  if (sleeps) await_sleep_of_others();
  const std::int64_t before = sleeps ? other_tasks().busy_ns : waited_for_cpu();
  const std::int64_t begin = now();
  if (std::strcmp(kind, "spin") == 0) {
    spin_until(begin + milliseconds * 1'000'000);
  } else if (std::strcmp(kind, "read") == 0) {
    read_all(setting("TRUTH_FILE"));
  } else {
    sleep_until(begin + milliseconds * 1'000'000);
  }
  const std::int64_t end = now();
  if (sleeps) {
    log("others", 0, other_tasks().busy_ns - before);
  } else {
    log("cpu", 0, end - begin - (waited_for_cpu() - before));
  }
  log(is_control ? "none" : place, begin, end);
}

}  // namespace truth
