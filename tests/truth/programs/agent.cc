// An agent of a JVM (-agentpath) that delays while the VM comes up ("runtime").
#include "tests/truth/programs/delay.h"

// What jvmti.h declares, without a JDK's headers.
extern "C" int Agent_OnLoad(void*, char*, void*) {
  const std::int64_t begin = truth::now();
  truth::delay("runtime");
  truth::log("site", begin, truth::now());
  return 0;
}
