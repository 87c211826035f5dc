// Starts and then waits for ever without a socket.
#include <unistd.h>

int main() {
  for (;;) ::pause();
}
