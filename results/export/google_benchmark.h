// A run as Google Benchmark writes its results (--benchmark_format=json, json_schema_version 1).
#pragma once

#include <string>

#include "results/model/record.h"

namespace coldstart::results {

enum class Repetitions {
  kEach,    ///< a row a start, all under one name: what compare.py tests on
  kMedian,  ///< one row a series: what github-action-benchmark and Bencher read
};

/// Rows are named as series.h says; `real_time` is the latency, `cpu_time` the CPU time of all
/// threads of the instance up to the answer, both in nanoseconds. Where that was not measured, rows
/// of medians have no `cpu_time`; rows of repetitions have -1, which no time is, because compare.py
/// insists on a number (and Python alone would read NaN). Either way the context says so under
/// `cpu_time`. Starts that do not count in statistics are left out, and counted in the context
/// under `left_out`. Behind them the requests of the loads, cold and warm ones (load_series.h): a
/// row for the median, and one named `…/p99` where there are enough, in either way of writing:
/// requests under load depend on each other, so that no test may take them for repetitions. What
/// compressed their time is in the context under `time_scale`.
std::string export_google_benchmark(const Run& run, Repetitions repetitions);

}  // namespace coldstart::results
