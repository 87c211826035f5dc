#include "harness/load/arrivals.h"

#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include "harness/load/pattern_arrivals.h"
#include "harness/load/random.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

// Pattern time to real time, up to the end of the load.
class ScaledArrivals : public Arrivals {
 public:
  ScaledArrivals(std::unique_ptr<Arrivals> pattern, const LoadSpec& load)
      : pattern_(std::move(pattern)), duration_(load.duration), time_scale_(load.time_scale) {}

  std::optional<Arrival> next() override {
    auto arrival = pattern_->next();
    if (!arrival || (duration_ && arrival->due >= *duration_)) return std::nullopt;
    if (time_scale_ != 1) {
      arrival->due = scaled(arrival->due);
      if (arrival->work) arrival->work = scaled(*arrival->work);
    }
    return arrival;
  }

 private:
  std::chrono::nanoseconds scaled(std::chrono::nanoseconds time) const {
    return std::chrono::nanoseconds(std::llround(static_cast<double>(time.count()) / time_scale_));
  }

  std::unique_ptr<Arrivals> pattern_;
  std::optional<std::chrono::nanoseconds> duration_;
  double time_scale_;
};

struct Maker {
  RandomStream random;
  std::size_t position;
  std::size_t count;

  using Made = std::unique_ptr<Arrivals>;
  Made operator()(const ColdPattern&) const { return nullptr; }
  Made operator()(const ClosedPattern&) const { return nullptr; }
  Made operator()(const ConstantPattern& pattern) const { return arrivals_of(pattern, random); }
  Made operator()(const StagesPattern& pattern) const { return arrivals_of(pattern, random); }
  Made operator()(const OnOffPattern& pattern) const { return arrivals_of(pattern, random); }
  Made operator()(const SinePattern& pattern) const { return arrivals_of(pattern, random); }
  Made operator()(const BurstPattern& pattern) const { return arrivals_of(pattern); }
  Made operator()(const CronPattern& pattern) const { return arrivals_of(pattern); }
  Made operator()(const ListPattern& pattern) const { return arrivals_of(pattern); }
  Made operator()(const TracePattern& pattern) const {
    return arrivals_of(pattern, random, position, count);
  }
};

}  // namespace

std::unique_ptr<Arrivals> make_arrivals(const LoadSpec& load, std::uint64_t seed,
                                        std::size_t position, std::size_t count) {
  const RandomStream random(load.seed.value_or(seed), load.name, position);
  auto pattern = std::visit(Maker{random, position, count}, load.pattern);
  if (!pattern) {
    throw Error("load '" + load.name + "'", "has no arrivals of its own: pattern " +
                                                std::string(pattern_name(load.pattern)) +
                                                " waits for answers");
  }
  return std::make_unique<ScaledArrivals>(std::move(pattern), load);
}

}  // namespace coldstart::harness
