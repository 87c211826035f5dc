// Why the time of each phase passed: a line a phase.
#pragma once

#include <string>
#include <vector>

#include "results/report/columns.h"
#include "results/report/style.h"
#include "results/statistics/causes.h"

namespace coldstart::results {

/// "cpu 71 %, run-queue 2 %, wait 27 % (rcu 25 %, futex 2 %)": how a time divides. Shares under
/// 0.5 % are left out, and at most three reasons are named. A name and its share are joined by
/// no-break spaces.
std::string shares(std::int64_t cpu_ns, std::int64_t runnable_ns, std::int64_t disk_ns,
                   std::int64_t wait_ns,
                   const std::vector<std::pair<std::string, std::int64_t>>& waits);

/// Phase, median, shares, CPU time, switches, faults; bytes read where there are any.
DetailTable causes_table(const CausesSummary& causes);

/// The same for the terminal, a table each; fits style.width (>= 80). Ends with a newline; empty
/// for no causes.
std::string causes_text(const std::vector<CausesSummary>& causes, const TextStyle& style);

}  // namespace coldstart::results
