// Delays at the place "sandbox" and ends: the part of a wrapper script or of a container runtime's
// hook that takes time.
#include "tests/truth/programs/delay.h"

int main() {
  truth::mark("main");
  // A hook gets the container's state on standard input; the runtime fails if nobody reads it.
  char state[4096];
  while (::read(0, state, sizeof state) > 0) {
  }
  truth::delay("sandbox");
  truth::mark("exec");
}
