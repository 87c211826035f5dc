// Gives up before it listens: a line on standard error, exit status 3.
#include <cstdio>

int main() {
  std::fputs("no database configured\n", stderr);
  return 3;
}
