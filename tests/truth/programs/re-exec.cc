// Executes itself twice, each time after a delay ("sandbox"), then serves.
#include "tests/truth/programs/answering.h"

int main(int count, char** arguments) {
  truth::mark("main");
  const int round = count > 1 ? std::atoi(arguments[1]) : 0;
  if (round == 2) truth::answering(truth::listening());
  truth::delay("sandbox");
  truth::mark("exec");
  ::execl("/proc/self/exe", arguments[0], round == 0 ? "1" : "2", nullptr);
  std::perror("exec");
  return 1;
}
