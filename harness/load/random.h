// Random numbers that are the same everywhere.
//
// The engine is std::mt19937_64, whose sequence the standard fixes. The distributions of the
// standard library are not fixed, so that another library would make other arrivals of the same
// seed: what is needed of them is written here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace coldstart::harness {

/// A random sequence of its own for each (seed, load, function).
class RandomStream {
 public:
  /// Sequences of different loads or positions have nothing in common, whatever the seed: the
  /// state of the engine is filled from SplitMix64 (Steele, Lea, Flood: Fast splittable
  /// pseudorandom number generators, OOPSLA 2014) of all three.
  RandomStream(std::uint64_t seed, std::string_view load, std::size_t position);

  /// A sequence of its own for another purpose of the same function. Does not go on with this one.
  RandomStream sibling(std::string_view purpose) const;

  /// Uniform in (0, 1], in steps of 2^-53: its logarithm is finite.
  double uniform();
  /// Exponential with mean 1.
  double exponential();

 private:
  explicit RandomStream(const std::mt19937_64& engine) : engine_(engine) {}

  std::mt19937_64 engine_;
};

}  // namespace coldstart::harness
