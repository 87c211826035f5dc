// What makes a function slower on purpose, before its main: linked into the sample function hello.
//   --sleep-us=N   a constructor sleeps
//   --spin-us=N    a constructor computes
//   --faults=N     a constructor touches N fresh pages
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <thread>

namespace {

long value_of(const char* argument, const char* option) {
  const std::size_t length = std::strlen(option);
  return std::strncmp(argument, option, length) == 0 ? std::atol(argument + length) : 0;
}

void spin(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

void touch(long pages) {
  constexpr std::size_t kPage = 4096;
  const std::size_t size = static_cast<std::size_t>(pages) * kPage;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  ::madvise(memory, size, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < size; at += kPage) static_cast<volatile char*>(memory)[at] = 1;
}

// glibc calls constructors with the arguments of main.
[[gnu::constructor]] void inject(int argc, char** argv, char** /*environment*/) {
  for (int i = 1; i < argc; ++i) {
    if (const long us = value_of(argv[i], "--sleep-us=")) {
      ::prctl(PR_SET_TIMERSLACK, 1);  // else it sleeps 50 us longer than it is told
      std::this_thread::sleep_for(std::chrono::microseconds(us));
    }
    if (const long us = value_of(argv[i], "--spin-us=")) spin(std::chrono::microseconds(us));
    if (const long pages = value_of(argv[i], "--faults=")) touch(pages);
  }
}

}  // namespace
