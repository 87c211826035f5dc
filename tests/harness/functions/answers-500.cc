// Answers in proper HTTP that it has failed.
#include "tests/harness/functions/serve.h"

int main() {
  serve::answer_all(serve::listen_v4(),
                    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\n"
                    "Content-Length: 7\r\nConnection: close\r\n\r\nbroken\n");
}
