// Cron expressions: the five fields of crontab(5), and its @-names.
#pragma once

#include <bitset>
#include <string_view>
#include <variant>

#include "harness/suite/problems.h"

namespace coldstart::harness {

/// The minutes that an expression stands for.
struct CronTimes {
  static constexpr int kMinutes = 60, kHours = 24, kDays = 31, kMonths = 12, kWeekdays = 7;
  std::bitset<kMinutes> minutes;
  std::bitset<kHours> hours;
  std::bitset<kDays + 1> days;      ///< of the month, from 1
  std::bitset<kMonths + 1> months;  ///< from 1
  std::bitset<kWeekdays> weekdays;  ///< from Sunday = 0
  /// The rule of crontab(5): a day matches if both its fields do where one of them begins with '*',
  /// and if either does where none begins so.
  bool either_day = false;

  /// Whether it is due on a day; the date must exist.
  bool matches_day(int month, int day_of_month, int weekday) const;
};

/// "*/5 * * * *", "0 9-17/2 * jan,jul mon-fri", "@hourly". Numbers, names of months and weekdays
/// (three letters, any case; Sunday is 0 and 7), ranges, lists, steps. What is wrong with it
/// otherwise, also where no date can match (30 February).
std::variant<CronTimes, Complaint> parse_cron(std::string_view expression);

}  // namespace coldstart::harness
