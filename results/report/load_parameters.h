// How a load was driven, in words.
#pragma once

#include <string>

#include "results/model/invocation.h"

namespace coldstart::results {

/// "rate 100, spacing poisson", "stages 3": the keys of the suite, short; empty: none. Without the
/// warm-up, of which a sentence of its own tells how much it was.
std::string load_parameters_in_words(const Load& load);

}  // namespace coldstart::results
