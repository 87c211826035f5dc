// Accepts and reads the request, and then stays silent with the connection open.
#include "tests/harness/functions/serve.h"

int main() {
  const int listener = serve::listen_v4();
  for (;;) serve::accept_request(listener);
}
