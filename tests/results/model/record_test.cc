#include "results/model/record.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "results/model/error.h"

namespace coldstart {
namespace {

TEST(Record, EveryOutcomeHasANameOfItsOwnThatLeadsBack) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_TRUE(names.insert(name(outcome)).second);
    EXPECT_EQ(outcome_from_name(name(outcome)), outcome);
  }
  EXPECT_FALSE(outcome_from_name("OK"));
  EXPECT_FALSE(outcome_from_name(""));
}

TEST(Record, AStartIsUsableIfItAnsweredAndLostNothing) {
  Start start;
  EXPECT_TRUE(start.usable());
  start.lost_events = 1;
  EXPECT_FALSE(start.usable());
  start.lost_events = 0;
  start.outcome = Outcome::kBadResponse;
  EXPECT_FALSE(start.usable());
}

TEST(Record, AnErrorNamesThingReasonAndRemedy) {
  EXPECT_STREQ(Error("a.db", "is a folder", "use --db").what(), "a.db: is a folder; use --db");
  EXPECT_STREQ(Error("a.db", "is a folder").what(), "a.db: is a folder");
}

}  // namespace
}  // namespace coldstart
