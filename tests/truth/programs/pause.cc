// Delays at the place "sandbox" and ends: the part of a wrapper script or of a container runtime's
// hook that takes time.
#include "tests/truth/programs/delay.h"

int main() { truth::delay("sandbox"); }
