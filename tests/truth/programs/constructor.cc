// A shared library whose constructor delays ("init"). All programs that serve are linked against
// it.
#include "tests/truth/programs/delay.h"

__attribute__((constructor)) static void construct() {
  const std::int64_t begin = truth::now();
  truth::delay("init");
  truth::log("construct", begin, truth::now());
}
