// The arrivals of one function of a trace.
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "harness/load/pattern_arrivals.h"
#include "harness/load/trace.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

// Where the requests of a minute lie in it, in ascending order, as parts of the minute: one at a
// time, so that a busy minute is not in memory.
class WithinMinute {
 public:
  WithinMinute(Spread spread, RandomStream random)
      : spread_(spread), random_(random), shift_(random_.uniform()) {}

  void begin(std::uint32_t count) {
    count_ = count;
    given_ = 0;
    at_ = 0;
  }

  // Absent: the minute has no more.
  std::optional<double> next() {
    switch (spread_) {
      case Spread::kEven:
        // The shift is of the function, so that not all functions fire together.
        if (given_ == count_) return std::nullopt;
        return (given_++ + 1 - shift_) / count_;
      case Spread::kUniform:
        // The next of n sorted uniform numbers, given the one before: what is left of the minute
        // shrinks by the n-th root of a uniform number (Bentley and Saxe, Generating sorted lists
        // of random numbers, 1980).
        if (given_ == count_) return std::nullopt;
        at_ = 1 - (1 - at_) * std::pow(random_.uniform(), 1.0 / (count_ - given_++));
        return at_;
      case Spread::kPoisson:
        if (count_ == 0) return std::nullopt;
        at_ += random_.exponential() / count_;
        if (at_ < 1) return at_;
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  Spread spread_;
  RandomStream random_;
  double shift_;
  std::uint32_t count_ = 0;
  std::uint32_t given_ = 0;
  double at_ = 0;
};

class MinuteArrivals : public Arrivals {
 public:
  MinuteArrivals(std::shared_ptr<const Trace> trace, const TraceFunction& function, Spread spread,
                 RandomStream random)
      : trace_(std::move(trace)),
        function_(function),
        within_(spread, random),
        works_(random.sibling("durations")) {}

  std::optional<Arrival> next() override {
    constexpr double kNanosecondsInMinute = 60e9;
    for (;;) {
      if (const auto part = within_.next()) {
        const auto& minute = function_.minutes[index_ - 1];
        const auto offset =
            std::chrono::nanoseconds(static_cast<std::int64_t>(*part * kNanosecondsInMinute));
        return Arrival{std::chrono::minutes(minute.minute) + offset, work()};
      }
      if (index_ == function_.minutes.size()) return std::nullopt;
      within_.begin(function_.minutes[index_++].count);
    }
  }

 private:
  std::optional<std::chrono::nanoseconds> work() {
    if (!function_.durations) return std::nullopt;
    return duration_at(*function_.durations, works_.uniform());
  }

  std::shared_ptr<const Trace> trace_;  // keeps the function alive
  const TraceFunction& function_;
  std::size_t index_ = 0;  // of the next minute
  WithinMinute within_;
  RandomStream works_;  // of its own: with or without durations, requests are due at the same times
};

class RequestArrivals : public Arrivals {
 public:
  RequestArrivals(std::shared_ptr<const Trace> trace, const TraceFunction& function)
      : trace_(std::move(trace)), function_(function) {}

  std::optional<Arrival> next() override {
    if (index_ == function_.requests.size()) return std::nullopt;
    const auto& request = function_.requests[index_++];
    return Arrival{request.start, request.duration};
  }

 private:
  std::shared_ptr<const Trace> trace_;  // keeps the function alive
  const TraceFunction& function_;
  std::size_t index_ = 0;
};

}  // namespace

std::unique_ptr<Arrivals> arrivals_of(const TracePattern& pattern, RandomStream random,
                                      std::size_t position, std::size_t count) {
  if (!pattern.trace || pattern.trace->functions.size() != count) {
    throw Error(pattern.file.string(), "is not the trace that these functions are of",
                "take the functions of driven_functions()");
  }
  const TraceFunction& function = pattern.trace->functions.at(position);
  if (pattern.format == TraceFormat::kAzure2021) {
    return std::make_unique<RequestArrivals>(pattern.trace, function);
  }
  return std::make_unique<MinuteArrivals>(pattern.trace, function, pattern.spread, random);
}

}  // namespace coldstart::harness
