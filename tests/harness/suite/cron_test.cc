#include "harness/suite/cron.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace coldstart::harness {
namespace {

CronTimes parsed(const std::string& expression) {
  const auto result = parse_cron(expression);
  if (const auto* wrong = std::get_if<Complaint>(&result)) {
    ADD_FAILURE() << expression << ": " << wrong->what;
    return {};
  }
  return std::get<CronTimes>(result);
}

std::string complaint(const std::string& expression) {
  const auto result = parse_cron(expression);
  const auto* wrong = std::get_if<Complaint>(&result);
  return wrong == nullptr ? "" : wrong->what + "; " + wrong->remedy;
}

template <std::size_t Size>
std::vector<int> set_bits(const std::bitset<Size>& bits) {
  std::vector<int> found;
  for (std::size_t i = 0; i < Size; ++i) {
    if (bits[i]) found.push_back(static_cast<int>(i));
  }
  return found;
}

using Ints = std::vector<int>;

TEST(ParseCron, ListsRangesAndSteps) {
  EXPECT_EQ(set_bits(parsed("5 * * * *").minutes), Ints{5});
  EXPECT_EQ(set_bits(parsed("*/20 * * * *").minutes), (Ints{0, 20, 40}));
  EXPECT_EQ(set_bits(parsed("10-30/10,59,3 * * * *").minutes), (Ints{3, 10, 20, 30, 59}));
  EXPECT_EQ(set_bits(parsed("* 22-23,0 * * *").hours), (Ints{0, 22, 23}));
  EXPECT_EQ(parsed("* * * * *").minutes.count(), 60U);
  EXPECT_EQ(parsed("* * * * *").hours.count(), 24U);
  EXPECT_EQ(parsed("* * * * *").days.count(), 31U);
  EXPECT_EQ(parsed("* * * * *").months.count(), 12U);
  EXPECT_EQ(parsed("* * * * *").weekdays.count(), 7U);
}

TEST(ParseCron, NamesOfMonthsAndWeekdays) {
  EXPECT_EQ(set_bits(parsed("0 0 * jan,JUL,Dec *").months), (Ints{1, 7, 12}));
  EXPECT_EQ(set_bits(parsed("0 0 * mar-may *").months), (Ints{3, 4, 5}));
  EXPECT_EQ(set_bits(parsed("0 0 * * mon-fri").weekdays), (Ints{1, 2, 3, 4, 5}));
  EXPECT_EQ(set_bits(parsed("0 0 * * 0").weekdays), Ints{0});
  EXPECT_EQ(set_bits(parsed("0 0 * * 7").weekdays), Ints{0});
  EXPECT_EQ(set_bits(parsed("0 0 * * 5-7").weekdays), (Ints{0, 5, 6}));
}

TEST(ParseCron, Nicknames) {
  EXPECT_EQ(set_bits(parsed("@hourly").minutes), Ints{0});
  EXPECT_EQ(parsed("@hourly").hours.count(), 24U);
  EXPECT_EQ(set_bits(parsed("@daily").hours), Ints{0});
  EXPECT_EQ(set_bits(parsed("@weekly").weekdays), Ints{0});
  EXPECT_EQ(set_bits(parsed("@monthly").days), Ints{1});
  EXPECT_EQ(set_bits(parsed("@yearly").months), Ints{1});
}

// "If both fields are restricted (ie, don't start with *), the command will be run when either
// field matches the current time" (crontab(5)).
TEST(ParseCron, EitherDayWhereBothAreRestricted) {
  const CronTimes either = parsed("30 4 1,15 * 5");
  EXPECT_TRUE(either.matches_day(1, 1, 3));
  EXPECT_TRUE(either.matches_day(1, 15, 0));
  EXPECT_TRUE(either.matches_day(1, 9, 5));
  EXPECT_FALSE(either.matches_day(1, 9, 4));
  const CronTimes by_date = parsed("30 4 13 * *");
  EXPECT_TRUE(by_date.matches_day(2, 13, 1));
  EXPECT_FALSE(by_date.matches_day(2, 12, 1));
  const CronTimes both = parsed("0 0 */2 * sun");  // starts with '*': no longer "either"
  EXPECT_TRUE(both.matches_day(1, 7, 0));
  EXPECT_FALSE(both.matches_day(1, 8, 0));
  EXPECT_FALSE(both.matches_day(1, 9, 2));
}

TEST(ParseCron, SaysWhatIsWrong) {
  EXPECT_EQ(complaint("* * * *"),
            "'* * * *' has 4 fields; write five: minute, hour, day of the month, month, day of the "
            "week");
  EXPECT_EQ(complaint("60 * * * *"), "'60' is no minute; write 0 to 59");
  EXPECT_EQ(complaint("* * 0 * *"), "'0' is no day of the month; write 1 to 31");
  EXPECT_EQ(complaint("* * * * mo"), "'mo' is no day of the week; write 0 to 7 or sun to sat");
  EXPECT_EQ(complaint("* * * * 1-9"), "'1-9' is no day of the week; write 0 to 7 or sun to sat");
  EXPECT_EQ(complaint("30-10 * * * *"),
            "'30-10' is no minute; write the smaller end of the range first");
  EXPECT_EQ(complaint("5/10 * * * *"), "'5/10' is no minute; write a step as in */5 or 10-40/10");
  EXPECT_EQ(complaint("*/0 * * * *"), "'*/0' is no minute; write a step as in */5 or 10-40/10");
  EXPECT_EQ(complaint("1,, * * * *"), "'' is no minute; write 0 to 59");
  EXPECT_EQ(complaint("-5 * * * *"), "'-5' is no minute; write 0 to 59");
  EXPECT_EQ(complaint("* * * 13 *"), "'13' is no month; write 1 to 12 or jan to dec");
  EXPECT_EQ(complaint("0 0 30 feb *"),
            "'0 0 30 feb *' names a date that no year has; "
            "correct the day of the month, or the month");
  EXPECT_EQ(complaint("0 0 29 feb *"), "");
  EXPECT_EQ(complaint("0 0 30 feb mon"), "");  // every Monday in February
  EXPECT_EQ(complaint("@reboot"),
            "no time has the name '@reboot'; "
            "write @hourly, @daily, @weekly, @monthly or @yearly, or five fields");
}

}  // namespace
}  // namespace coldstart::harness
