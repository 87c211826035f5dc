// Uses 120 ms of CPU time in one function and 40 ms in another, then sleeps for 80 ms in a third,
// and ends. With an argument the same in a second thread, while the first one waits for it.
#include <ctime>
#include <thread>

namespace {

volatile unsigned sink = 0;

// Of CPU time: whoever else runs takes nothing of it.
long long cpu_time_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

void spin(long long milliseconds) {
  const long long end = cpu_time_ns() + milliseconds * 1'000'000;
  while (cpu_time_ns() < end) {
    for (unsigned i = 0; i < 20'000; ++i) sink = sink + i;
  }
}

}  // namespace

// External, or the compiler would give them another name; the write behind the call keeps it from
// being the last thing, which would take the function itself off the stack.
[[gnu::noinline, gnu::used]] void spins_long() {
  spin(120);
  sink = sink + 1;
}
[[gnu::noinline, gnu::used]] void spins_shortly() {
  spin(40);
  sink = sink + 2;
}
[[gnu::noinline, gnu::used]] void sleeps_for_a_while() {
  const timespec time{0, 80'000'000};
  ::nanosleep(&time, nullptr);
  sink = sink + 3;
}

[[gnu::noinline]] void work() {
  spins_long();
  spins_shortly();
  sleeps_for_a_while();
  sink = sink + 4;
}

int main(int argc, char** /*argv*/) {
  if (argc > 1) {
    std::thread(work).join();
  } else {
    work();
  }
  return 0;
}
