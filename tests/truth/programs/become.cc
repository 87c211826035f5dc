// Becomes the program it is given.
#include "tests/truth/programs/delay.h"

int main(int, char** arguments) {
  truth::mark("main");
  truth::mark("exec");
  ::execv(arguments[1], arguments + 1);
  std::perror(arguments[1]);
  return 1;
}
