// Forks and lets the child do everything.
#include <sys/wait.h>

#include "tests/truth/programs/answering.h"

int main() {
  truth::mark("main");
  if (serve::check(::fork(), "fork") == 0) truth::answering(truth::listening());
  ::wait(nullptr);
}
