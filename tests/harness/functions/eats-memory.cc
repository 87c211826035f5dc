// Touches $MEBIBYTES (256) of memory before it listens; then answers.
#include <cstring>
#include <memory>

#include "serve.h"

int main() {
  const char* text = std::getenv("MEBIBYTES");
  const std::size_t bytes = (text == nullptr ? 256U : std::strtoul(text, nullptr, 10)) << 20U;
  const std::unique_ptr<char[]> memory(new char[bytes]);
  std::memset(memory.get(), 1, bytes);
  if (memory[bytes / 2] == 0) return 1;  // or the compiler leaves it all out
  serve::answer_all(serve::listen_v4());
}
