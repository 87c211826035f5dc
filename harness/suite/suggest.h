// "did you mean …?"
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace coldstart::harness {

/// Edits that turn one word into the other: insert, delete, replace, or swap two neighbours
/// (optimal string alignment). Case does not matter.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` was probably meant to be: the nearest one, if it is at most a third of
/// the word's letters away (at least one letter). Empty: nothing is near.
std::optional<std::string_view> suggest(std::string_view word,
                                        std::span<const std::string_view> candidates);

}  // namespace coldstart::harness
