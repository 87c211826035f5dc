// Answers its first request and keeps the connection; the second one kills it.
#include "serve.h"

int main() {
  const int listener = serve::listen_v4();
  const int first = serve::accept_request(listener);
  serve::send_text(
      first, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n");
  char byte = 0;
  while (::recv(first, &byte, 1, 0) == 0) return 0;
  std::abort();
}
