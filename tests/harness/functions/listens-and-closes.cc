// Reads each request and closes the connection without an answer.
#include "tests/harness/functions/serve.h"

int main() { serve::answer_all(serve::listen_v4(), ""); }
