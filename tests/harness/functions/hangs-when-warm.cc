// Answers its first request and keeps the connection; reads all that follow and stays silent.
#include "serve.h"

int main() {
  const int listener = serve::listen_v4();
  const int first = serve::accept_request(listener);
  serve::send_text(
      first, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n");
  char buffer[4096];
  while (::recv(first, buffer, sizeof buffer, 0) > 0) {
  }
  for (;;) serve::accept_request(listener);
}
