// Which starts of a check were disturbed: other tasks took CPUs while their pair was measured, so
// it was measured again and only the repetition was judged. They are kept, and never pass for the
// others.
#pragma once

#include <string_view>

#include "results/model/record.h"

namespace coldstart::results {

/// The load of such pairs.
inline constexpr const char* kDisturbedLoad = "disturbed";

/// True for a side of a check under that load. A load that somebody called so in a suite is one
/// like any other.
inline bool is_disturbed(std::string_view load, std::string_view function) {
  return load == kDisturbedLoad &&
         (function.ends_with(kBaselineSuffix) || function.ends_with(kCandidateSuffix));
}

}  // namespace coldstart::results
