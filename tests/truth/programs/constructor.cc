// A shared library whose constructor delays ("init"). Linked to plain.cc it makes the program
// `constructor`.
#include "tests/truth/programs/delay.h"

__attribute__((constructor)) static void construct() { truth::delay("init"); }
