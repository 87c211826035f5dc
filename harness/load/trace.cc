#include "harness/load/trace.h"

namespace coldstart::harness {

Trace read_trace(const TracePattern& pattern) {
  return pattern.format == TraceFormat::kAzure2019 ? read_azure_2019(pattern)
                                                   : read_azure_2021(pattern);
}

}  // namespace coldstart::harness
