// Starts to benchmark with, shaped like those of a dynamically linked server.
#pragma once

#include <cstdint>
#include <string>

#include "results/model/record.h"

namespace coldstart::bench {

/// A start that answered after `latency_ns`, with every boundary seen.
Start synthetic_start(const std::string& function, int trial, std::int64_t latency_ns);

}  // namespace coldstart::bench
