// As nginx: the first process listens, two workers accept and answer.
#include <sys/wait.h>

#include "tests/truth/programs/answering.h"

int main() {
  truth::mark("main");
  const int listener = truth::listening();
  for (int i = 0; i < 2; ++i) {
    if (serve::check(::fork(), "fork") == 0) truth::answering(listener);
  }
  while (::wait(nullptr) > 0) {
  }
}
