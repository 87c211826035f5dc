// Random numbers that are the same on every machine for the same seed: the standard fixes what
// std::mt19937_64 gives, and not what its distributions make of that.
#pragma once

#include <cstdint>
#include <random>

namespace coldstart::results {

using RandomBits = std::mt19937_64;

/// Uniform in [0, bound), without bias (Lemire 2019, "Fast random integer generation in an
/// interval", with 32-bit words). `bound` is at least 1.
inline std::uint32_t draw_below(RandomBits& bits, std::uint32_t bound) {
  const auto word = [&bits] { return static_cast<std::uint64_t>(bits() >> 32U); };
  std::uint64_t product = word() * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t refused = (0U - bound) % bound;
    while (static_cast<std::uint32_t>(product) < refused) product = word() * bound;
  }
  return static_cast<std::uint32_t>(product >> 32U);
}

}  // namespace coldstart::results
