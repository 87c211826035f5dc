// A thread that is not the main one listens and answers.
#include <pthread.h>

#include "tests/truth/programs/answering.h"

int main() {
  truth::mark("main");
  pthread_t thread;
  const int error = ::pthread_create(
      &thread, nullptr, [](void*) -> void* { truth::answering(truth::listening()); }, nullptr);
  if (error != 0) return 1;
  ::pthread_join(thread, nullptr);
}
