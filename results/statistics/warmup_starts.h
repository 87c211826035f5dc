// Which starts of a run belong to the warm-up of their load.
#pragma once

#include "results/model/record.h"

namespace coldstart::results {

/// Sets Start::warmup of every start: true where it was due before the warm-up of its load had
/// ended, counted as that of the requests is: since the begin of its function's turn. Whatever
/// reads a run calls it once, when starts, loads and instances are there.
void mark_warmup_starts(Run& run);

}  // namespace coldstart::results
