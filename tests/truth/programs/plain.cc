// One process, one thread: delays before it listens ("app"), before it accepts ("connect"), before
// it answers ("handle").
#include "tests/truth/programs/answering.h"

int main() {
  truth::mark("main");
  truth::answering(truth::listening());
}
