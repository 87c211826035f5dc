// Crashes (SIGABRT) before it listens.
#include <cstdlib>
#include <sys/resource.h>

int main() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);  // a test leaves no core file
  std::abort();
}
