#include "harness/cli/progress.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/cli/live_line.h"
#include "harness/process/monotonic.h"
#include "results/report/text.h"

namespace coldstart::cli {
namespace {

// Of the terminal, now: it may be resized. The last column stays free, or the line would wrap.
int width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return std::max(known ? static_cast<int>(size.ws_col) - 1 : 79, 20);
}

}  // namespace

Progress::Progress(bool quiet, const char* steps)
    : quiet_(quiet),
      steps_(steps),
      terminal_(::isatty(STDERR_FILENO) != 0),
      unicode_(std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0),
      begun_ns_(harness::monotonic_ns()) {}

void Progress::show(const std::string& what, int done, int total) {
  if (quiet_) return;
  total = std::max(total, done);  // pairs are repeated
  if (done == 0) begun_ns_ = harness::monotonic_ns();
  if (!terminal_) {
    const int tenth = total > 0 ? done * 10 / total : 0;
    const bool rehearsal = what.starts_with("rehearsing");
    if (rehearsal && what != last_result_) {
      std::fprintf(stderr, "%s\n", what.c_str());
      last_result_ = what;
    } else if (!rehearsal && done > 0 && tenth != last_tenth_) {
      std::fprintf(stderr, "%d of %d %s\n", done, total, steps_);
    }
    if (!rehearsal) last_tenth_ = tenth;
    return;
  }
  LiveState state{what, done, total, last_result_, std::nullopt};
  if (done > 0) state.left_ns = (harness::monotonic_ns() - begun_ns_) / done * (total - done);
  const std::string line = what.starts_with("rehearsing") ? plain_live_line(what, width(), unicode_)
                                                          : live_line(state, width(), unicode_);
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::live(const std::string& line) {
  if (quiet_) return;
  if (!terminal_) {
    constexpr std::int64_t kEveryNs = 10'000'000'000;
    const std::int64_t now = harness::monotonic_ns();
    if (live_ns_ != 0 && now - live_ns_ < kEveryNs) return;
    live_ns_ = now;
    std::fprintf(stderr, "%s\n", line.c_str());
    return;
  }
  std::fprintf(stderr, "\r\x1b[K%s", plain_live_line(line, width(), unicode_).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::warn(const std::string& line) {
  clear();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::say(const std::string& line) {
  clear();
  if (!quiet_) std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::clear() {
  if (!drawn_) return;
  std::fprintf(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace coldstart::cli
