// Answers with bytes that are not HTTP.
#include "tests/harness/functions/serve.h"

int main() {
  using namespace std::string_view_literals;
  serve::answer_all(serve::listen_v4(), "\x16\x03\x01 this is not HTTP\x00\xff\r\n\r\n"sv);
}
