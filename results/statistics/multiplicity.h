// Many hypotheses at once.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace coldstart::results {

/// Indices of `p` in ascending order; of equals, the first comes first.
std::vector<std::size_t> ascending(std::span<const double> p);

/// Holm 1979: p-values adjusted so that rejecting those <= alpha rejects a true hypothesis with
/// probability alpha at most, whatever their dependence.
std::vector<double> holm(std::span<const double> p);

/// Benjamini & Hochberg 1995: p-values adjusted so that of those <= q a share of q at most is
/// expected to be false.
std::vector<double> benjamini_hochberg(std::span<const double> p);

}  // namespace coldstart::results
