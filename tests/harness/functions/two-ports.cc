// Listens on a port of its own that never answers, and only then on $PORT, where it answers.
#include <string>

#include "tests/harness/functions/serve.h"

int main() {
  const char* offered = std::getenv("PORT");
  const std::string port = offered == nullptr ? "8080" : offered;
  ::setenv("PORT", "0", 1);
  serve::listen_v4();
  ::setenv("PORT", port.c_str(), 1);
  serve::answer_all(serve::listen_v4());
}
