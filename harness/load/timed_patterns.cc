// Patterns that say themselves when requests are due.
#include <chrono>
#include <optional>
#include <variant>

#include "harness/load/pattern_arrivals.h"
#include "harness/suite/cron.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

namespace chr = std::chrono;

class BurstArrivals : public Arrivals {
 public:
  explicit BurstArrivals(BurstPattern pattern) : pattern_(std::move(pattern)) {}

  std::optional<Arrival> next() override {
    if (burst_ >= pattern_.count) return std::nullopt;
    const Arrival arrival{pattern_.interval * burst_, std::nullopt};
    const auto size = static_cast<std::size_t>(burst_) % pattern_.sizes.size();
    if (++of_burst_ >= pattern_.sizes[size]) {
      of_burst_ = 0;
      ++burst_;
    }
    return arrival;
  }

 private:
  BurstPattern pattern_;
  int burst_ = 0;
  int of_burst_ = 0;  // that were due already
};

class CronArrivals : public Arrivals {
 public:
  explicit CronArrivals(const CronTimes& times) : times_(times) {}

  std::optional<Arrival> next() override {
    // In 400 years every weekday had every date.
    constexpr chr::days kLast{400 * 366};
    for (; day_ < kBegin + kLast; ++day_, minute_ = 0) {
      const chr::year_month_day date(day_);
      const chr::weekday weekday(day_);
      if (!times_.matches_day(static_cast<int>(static_cast<unsigned>(date.month())),
                              static_cast<int>(static_cast<unsigned>(date.day())),
                              static_cast<int>(weekday.c_encoding()))) {
        continue;
      }
      for (; minute_ < kMinutesADay; ++minute_) {
        if (!is_due(minute_)) continue;
        const auto at = day_ - kBegin + chr::minutes(minute_++);
        // Later than an int64 of nanoseconds can say.
        if (at > chr::duration_cast<chr::hours>(chr::nanoseconds::max())) return std::nullopt;
        return Arrival{at, std::nullopt};
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr int kMinutesADay = 24 * 60;
  static constexpr chr::sys_days kBegin = chr::year(2024) / chr::January / 1;  // a Monday

  bool is_due(int minute) const {
    const auto of_hour = static_cast<std::size_t>(minute % CronTimes::kMinutes);
    const auto hour = static_cast<std::size_t>(minute / CronTimes::kMinutes);
    return times_.minutes[of_hour] && times_.hours[hour];
  }

  CronTimes times_;
  chr::sys_days day_ = kBegin;
  int minute_ = 0;
};

class ListArrivals : public Arrivals {
 public:
  explicit ListArrivals(ListPattern pattern) : pattern_(std::move(pattern)) {}

  std::optional<Arrival> next() override {
    if (index_ == pattern_.times.size()) return std::nullopt;
    return Arrival{pattern_.times[index_++], std::nullopt};
  }

 private:
  ListPattern pattern_;
  std::size_t index_ = 0;
};

}  // namespace

std::unique_ptr<Arrivals> arrivals_of(const BurstPattern& pattern) {
  return std::make_unique<BurstArrivals>(pattern);
}

std::unique_ptr<Arrivals> arrivals_of(const CronPattern& pattern) {
  const auto parsed = parse_cron(pattern.expression);
  if (const auto* wrong = std::get_if<Complaint>(&parsed)) {
    throw Error("expression", wrong->what, wrong->remedy);
  }
  return std::make_unique<CronArrivals>(std::get<CronTimes>(parsed));
}

std::unique_ptr<Arrivals> arrivals_of(const ListPattern& pattern) {
  return std::make_unique<ListArrivals>(pattern);
}

}  // namespace coldstart::harness
