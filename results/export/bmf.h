// A run in the Bencher Metric Format: benchmark → measure → value with its bounds.
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::results {

/// A benchmark for each series (series.h) with a usable start. Measures: `latency` (nanoseconds,
/// Bencher's own; median with its 95 % interval as lower_value and upper_value), `latency-p90`, and
/// `phase-<name>` for the medians of the phases. Another one for the cold and the warm requests of
/// each function under each load (load_series.h): `latency`, `latency-p90`, `latency-p99`. Where a
/// load compressed its time the name says so at its end: " (time ×60)". Bounds and measures that
/// are absent have no key. Bencher takes names up to 1,024 bytes; longer ones are an Error.
std::string export_bmf(const Run& run);

}  // namespace coldstart::results
