// A run in the OpenMetrics text format 1.0, which Prometheus scrapes, pushes and backfills.
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::results {

/// Families `coldstart_*`, seconds throughout, labels `function`, `load`, `cache`, `runtime`; a
/// sample that is absent (a p99 of too few starts) is not written. The text is also valid in the
/// older Prometheus format: no type is used that it lacks. Ends with `# EOF`.
///
/// `timestamps`: each sample carries the moment at which the run ended (began, if it was
/// interrupted): for `promtool tsdb create-blocks-from openmetrics`. A textfile collector and a
/// pushgateway refuse timestamps. Throws Error if the run's time cannot be read.
std::string export_openmetrics(const Run& run, bool timestamps);

}  // namespace coldstart::results
