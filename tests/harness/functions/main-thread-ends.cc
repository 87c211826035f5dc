// Its main thread ends and another one goes on, which ignores SIGTERM.
#include <csignal>
#include <cstdio>
#include <pthread.h>
#include <unistd.h>

int main() {
  std::signal(SIGTERM, SIG_IGN);
  static const pthread_t main_thread = ::pthread_self();
  pthread_t other;
  const auto go_on = [](void*) -> void* {
    ::pthread_join(main_thread, nullptr);
    std::puts("the main thread has ended");
    std::fflush(stdout);
    for (;;) ::pause();
  };
  if (::pthread_create(&other, nullptr, go_on, nullptr) != 0) return 1;
  ::pthread_exit(nullptr);
}
