#include "harness/load/random.h"

#include <cmath>

namespace coldstart::harness {
namespace {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
    constexpr std::uint64_t kFirst = 0xbf58476d1ce4e5b9;
    constexpr std::uint64_t kSecond = 0x94d049bb133111eb;
    state_ += kGolden;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * kFirst;
    z = (z ^ (z >> 27U)) * kSecond;
    return z ^ (z >> 31U);
  }

  void mix(std::uint64_t value) { state_ = next() ^ value; }

 private:
  std::uint64_t state_;
};

// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

// As std::seed_seq, whose generate() is what an engine asks for, but of 64-bit words.
class Seeds {
 public:
  using result_type = std::uint32_t;
  explicit Seeds(SplitMix64 mixer) : mixer_(mixer) {}
  template <typename Iterator>
  void generate(Iterator begin, Iterator end) {
    constexpr unsigned kUpper = 32;
    for (; begin != end; ++begin) *begin = static_cast<result_type>(mixer_.next() >> kUpper);
  }

 private:
  SplitMix64 mixer_;
};

std::mt19937_64 engine_of(std::uint64_t seed, std::string_view load, std::size_t position) {
  SplitMix64 mixer(seed);
  mixer.mix(hash_of(load));
  mixer.mix(position);
  Seeds seeds(mixer);
  return std::mt19937_64(seeds);
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view load, std::size_t position)
    : engine_(engine_of(seed, load, position)) {}

RandomStream RandomStream::sibling(std::string_view purpose) const {
  std::mt19937_64 copy = engine_;
  SplitMix64 mixer(copy());
  mixer.mix(hash_of(purpose));
  Seeds seeds(mixer);
  return RandomStream(std::mt19937_64(seeds));
}

double RandomStream::uniform() {
  constexpr unsigned kDropped = 11;
  return static_cast<double>((engine_() >> kDropped) + 1) * 0x1p-53;
}

double RandomStream::exponential() { return -std::log(uniform()); }

}  // namespace coldstart::harness
