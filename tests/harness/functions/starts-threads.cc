// Needs $THREADS (10) threads at once; ends with 7 where it does not get them, else answers.
#include <system_error>
#include <thread>

#include "serve.h"

int main() {
  const char* text = std::getenv("THREADS");
  const int threads = text == nullptr ? 10 : std::atoi(text);
  try {
    for (int i = 1; i < threads; ++i) std::thread([] { ::pause(); }).detach();
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "a thread was refused: %s\n", error.what());
    return 7;
  }
  serve::answer_all(serve::listen_v4());
}
