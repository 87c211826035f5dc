// Becomes the program it is given.
#include <cstdio>
#include <unistd.h>

int main(int, char** arguments) {
  ::execv(arguments[1], arguments + 1);
  std::perror(arguments[1]);
  return 1;
}
