// Listens on [::1] and not on 127.0.0.1.
#include "tests/harness/functions/serve.h"

int main() { serve::answer_all(serve::listen_v6()); }
