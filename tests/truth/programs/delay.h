// A delay that is known: where it was, when it began and when it ended, by the program's own clock.
//
// The environment says what a program is to do, so that one program serves as delayed one and as
// control:
//   TRUTH_AT        the place of the delay; delay() does nothing at other places
//   TRUTH_KIND      "sleep", "spin", or "read": read all of TRUTH_FILE
//   TRUTH_DELAY_MS  how long to sleep or spin; 0: no delay, nothing is logged
//   TRUTH_LOG       the file that gets a line "name begin_ns end_ns pid" for each delay and mark
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

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

/// Something took place between these two moments.
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

/// Delays here, if this is the place.
inline void delay(const char* place) {
  const long milliseconds = std::atol(setting("TRUTH_DELAY_MS"));
  if (milliseconds <= 0 || std::strcmp(setting("TRUTH_AT"), place) != 0) return;
  const char* kind = setting("TRUTH_KIND");
  const std::int64_t begin = now();
  if (std::strcmp(kind, "spin") == 0) {
    spin_until(begin + milliseconds * 1'000'000);
  } else if (std::strcmp(kind, "read") == 0) {
    read_all(setting("TRUTH_FILE"));
  } else {
    sleep_until(begin + milliseconds * 1'000'000);
  }
  log(place, begin, now());
}

}  // namespace truth
