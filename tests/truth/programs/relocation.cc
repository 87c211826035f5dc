// Delays while the dynamic loader relocates the program ("link"): a function that is chosen at load
// time (GNU ifunc) calls its resolver as the last relocation of all. It is part of all programs
// that serve.
//
// libc is relocated by then but not yet initialised: no environment, no stdio. So the environment
// comes from /proc, and the log is written by the first constructor.
#include "tests/truth/programs/delay.h"

namespace {

std::int64_t resolve_ns, begin_ns, end_ns, resolved_ns;

// The value of NAME= in a block of strings that end with NUL. Empty if it is not there.
const char* value_in(const char* block, const char* end, const char* name) {
  const std::size_t length = std::strlen(name);
  for (const char* at = block; at < end; at += std::strlen(at) + 1) {
    if (std::strncmp(at, name, length) == 0) return at + length;
  }
  return "";
}

void delay_early() {
  static char block[64 * 1024];
  const int fd = ::open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
  std::size_t size = 0;
  for (ssize_t got = 0; size < sizeof block - 1; size += static_cast<std::size_t>(got)) {
    got = ::read(fd, block + size, sizeof block - 1 - size);
    if (got <= 0) break;
  }
  ::close(fd);
  if (std::strcmp(value_in(block, block + size, "TRUTH_AT="), TRUTH_RELOCATION_PLACE) != 0) return;
  std::int64_t milliseconds = 0;
  for (const char* digit = value_in(block, block + size, "TRUTH_DELAY_MS="); *digit != 0; ++digit) {
    milliseconds = milliseconds * 10 + (*digit - '0');
  }
  if (milliseconds == 0) return;
  begin_ns = truth::now();
  truth::sleep_until(begin_ns + milliseconds * 1'000'000);
  end_ns = truth::now();
}

int nothing() { return 0; }

__attribute__((constructor)) void tell() {
  if (end_ns != 0) truth::log(TRUTH_RELOCATION_PLACE, begin_ns, end_ns);
  truth::log("resolve", resolve_ns, resolved_ns);
}

}  // namespace

extern "C" {
__attribute__((used)) int (*truth_choose())() {
  resolve_ns = truth::now();
  delay_early();
  resolved_ns = truth::now();
  return nothing;
}
int truth_chosen() __attribute__((ifunc("truth_choose")));
}

// A reference, so that there is something to relocate.
__attribute__((used)) int (*truth_reference)() = truth_chosen;
