// Patterns that have a rate. A request is due where the rate, integrated from the begin of the
// load, reaches the next point of a unit-rate process.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include <boost/math/tools/roots.hpp>

#include "harness/load/pattern_arrivals.h"
#include "harness/load/unit_process.h"

namespace coldstart::harness {
namespace {

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// `Inverse`: seconds at which the integrated rate reaches an area; absent: never.
template <typename Inverse>
class RateArrivals : public Arrivals {
 public:
  RateArrivals(Inverse inverse, Spacing spacing, RandomStream random)
      : inverse_(std::move(inverse)), process_(spacing, random) {}

  std::optional<Arrival> next() override {
    const std::optional<double> at = inverse_(process_.next());
    // Beyond 292 years there is no time for it.
    constexpr double kLast = 9.2e9;
    if (!at || *at > kLast) return std::nullopt;
    return Arrival{std::chrono::nanoseconds(std::llround(*at * 1e9)), std::nullopt};
  }

 private:
  Inverse inverse_;
  UnitProcess process_;
};

template <typename Inverse>
std::unique_ptr<Arrivals> make(Inverse inverse, Spacing spacing, RandomStream random) {
  return std::make_unique<RateArrivals<Inverse>>(std::move(inverse), spacing, random);
}

struct ConstantInverse {
  double rate;
  std::optional<double> operator()(double area) const { return area / rate; }
};

// Areas come in ascending order, so the stage that is reached is never behind.
struct StagesInverse {
  std::vector<Stage> stages;
  std::size_t stage = 0;
  double area_before = 0;  // of the stages that are over
  double begin = 0;        // of the stage

  std::optional<double> operator()(double area) {
    while (stage < stages.size()) {
      const auto& [from, to, duration] = stages[stage];
      const double length = seconds(duration);
      const double whole = (from + to) / 2 * length;
      if (area - area_before < whole) {
        return begin + time_within(from, (to - from) / length, area - area_before);
      }
      area_before += whole;
      begin += length;
      ++stage;
    }
    return std::nullopt;
  }

  // The root of from * t + slope / 2 * t^2 = area, in the form that does not cancel.
  static double time_within(double from, double slope, double area) {
    if (area <= 0) return 0;
    return 2 * area / (from + std::sqrt(std::max(0.0, from * from + 2 * slope * area)));
  }
};

struct OnOffInverse {
  double rate;
  double on;
  double off;
  std::optional<double> operator()(double area) const {
    const double cycles = std::floor(area / (rate * on));
    return cycles * (on + off) + (area - cycles * rate * on) / rate;
  }
};

// The integral of mean + amplitude * sin(w t) is mean * t + amplitude / w * (1 - cos(w t)).
struct SineInverse {
  double mean;
  double amplitude;
  double period;
  std::optional<double> operator()(double area) const {
    const double cycles = std::floor(area / (mean * period));
    const double rest = area - cycles * mean * period;
    const double w = 2 * std::numbers::pi / period;
    const auto excess = [&](double t) {
      return std::pair(mean * t + amplitude / w * (1 - std::cos(w * t)) - rest,
                       mean + amplitude * std::sin(w * t));
    };
    // Newton's steps, halved where they leave the bracket; 48 bits of a period of a year are 0.1
    // us.
    constexpr int kBits = 48;
    std::uintmax_t steps = 200;
    const double within =
        boost::math::tools::newton_raphson_iterate(excess, rest / mean, 0.0, period, kBits, steps);
    return cycles * period + within;
  }
};

}  // namespace

std::unique_ptr<Arrivals> arrivals_of(const ConstantPattern& pattern, RandomStream random) {
  return make(ConstantInverse{pattern.rate}, pattern.spacing, random);
}

std::unique_ptr<Arrivals> arrivals_of(const StagesPattern& pattern, RandomStream random) {
  return make(StagesInverse{pattern.stages}, pattern.spacing, random);
}

std::unique_ptr<Arrivals> arrivals_of(const OnOffPattern& pattern, RandomStream random) {
  return make(OnOffInverse{pattern.rate, seconds(pattern.on), seconds(pattern.off)},
              pattern.spacing, random);
}

std::unique_ptr<Arrivals> arrivals_of(const SinePattern& pattern, RandomStream random) {
  return make(SineInverse{pattern.mean, pattern.amplitude, seconds(pattern.period)},
              pattern.spacing, random);
}

}  // namespace coldstart::harness
