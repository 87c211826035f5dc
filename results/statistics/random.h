// Random numbers that are the same on every machine for the same seed (the distributions of the
// standard library are not).
#pragma once

#include <cstdint>

namespace coldstart::results {

/// Words of 32 bits, two of each step of SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable
/// pseudorandom number generators"): a bootstrap needs millions of them.
class RandomWords {
 public:
  explicit RandomWords(std::uint64_t seed) : state_(seed) {}

  std::uint32_t operator()() {
    has_upper_ = !has_upper_;
    if (!has_upper_) return static_cast<std::uint32_t>(both_ >> 32U);
    state_ += 0x9e3779b97f4a7c15ULL;
    both_ = (state_ ^ (state_ >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    both_ = (both_ ^ (both_ >> 27U)) * 0x94d049bb133111ebULL;
    both_ ^= both_ >> 31U;
    return static_cast<std::uint32_t>(both_);
  }

 private:
  std::uint64_t state_;
  std::uint64_t both_ = 0;
  bool has_upper_ = false;  // was not given out yet
};

/// Uniform in [0, bound), without bias (Lemire 2019, "Fast random integer generation in an
/// interval", with 32-bit words). `bound` is at least 1.
inline std::uint32_t draw_below(RandomWords& words, std::uint32_t bound) {
  std::uint64_t product = std::uint64_t{words()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t refused = (0U - bound) % bound;
    while (static_cast<std::uint32_t>(product) < refused) product = std::uint64_t{words()} * bound;
  }
  return static_cast<std::uint32_t>(product >> 32U);
}

}  // namespace coldstart::results
