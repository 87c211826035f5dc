// Decisions of the autoscaler on a fake clock, against tables computed by hand.
#include "harness/platform/autoscaler.h"

#include <chrono>
#include <gtest/gtest.h>
#include <vector>

namespace coldstart::harness {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

PlatformSpec knative(int concurrency) {
  PlatformSpec spec;
  spec.scale = PlatformSpec::Scale::kKnative;
  spec.concurrency = concurrency;
  return spec;
}

struct Row {
  int second;    // of the tick
  int requests;  // in the system, from the tick before on
  int ready;     // instances
  int wanted;    // by hand
  bool panics;
};

void expect_table(Autoscaler& autoscaler, const std::vector<Row>& table) {
  std::int64_t last = 0;
  for (const Row& row : table) {
    autoscaler.observe(last, row.requests);
    last = row.second * kSecond;
    const Autoscaler::Wish wish = autoscaler.decide(last, row.ready, row.ready);
    EXPECT_EQ(wish.instances, row.wanted) << "at " << row.second << " s";
    EXPECT_EQ(wish.panics, row.panics) << "at " << row.second << " s";
  }
}

TEST(Autoscaler, ASteadyLoadWantsItsConcurrencyOverTheTarget) {
  // 7 at once, target 0.7 of 10: one instance. Then 14, of which the windows see more and more:
  // stable average after the first 4 s (7·4 + 14·2) / 6 = 9.33 → 2, panic the same; 2/1 is panic.
  Autoscaler autoscaler(knative(10), kSecond);
  expect_table(
      autoscaler,
      {{2, 7, 1, 1, false}, {4, 7, 1, 1, false}, {6, 14, 1, 2, true}, {8, 14, 2, 2, true}});
}

TEST(Autoscaler, PanicScalesOnTheShortWindowAndHoldsUntilAStableWindowAfterItsLastTick) {
  // Concurrency 1, target 0.7. Idle for 60 s with one instance kept (min_instances), then 10 at
  // once: at 62 s the panic window (6 s) has seen 10·2/6 = 3.33 → 5 instances, 5/1 ≥ 2: panic; the
  // stable window 10·2/60 = 0.33 → 1. At 64 s 10·4/6 = 6.67 → 10; 10/5 ≥ 2: still. At 66 s 10 →
  // 15; 15/10 < 2. Then silence: 15 are kept until more than 60 s after 64 s.
  PlatformSpec spec = knative(1);
  spec.min_instances = 1;
  Autoscaler autoscaler(spec, kSecond);
  std::vector<Row> table;
  for (int t = 2; t <= 60; t += 2) table.push_back({t, 0, 1, 1, false});
  table.push_back({62, 10, 1, 5, true});
  table.push_back({64, 10, 5, 10, true});
  table.push_back({66, 10, 10, 15, true});
  for (int t = 68; t <= 124; t += 2) table.push_back({t, 0, 15, 15, true});
  // Over: 6 s of 10 left the stable window at 120–126 s: at 126 s nothing is left. Not below half.
  table.push_back({126, 0, 15, 7, false});
  table.push_back({128, 0, 7, 3, false});
  table.push_back({130, 0, 3, 1, false});
  expect_table(autoscaler, table);
}

TEST(Autoscaler, ScaleUpIsLimitedByItsRate) {
  PlatformSpec spec = knative(1);
  spec.max_scale_up_rate = 3;
  Autoscaler autoscaler(spec, kSecond);
  expect_table(autoscaler, {{2, 100, 1, 3, true}, {4, 100, 3, 9, true}, {6, 100, 9, 27, true}});
}

TEST(Autoscaler, ToZeroItGoesWhenTheGraceHasPassed) {
  // One request at once for 2 s: 1/0.7 → 2 instances, panic (2/1). Without load the panic ends
  // after 62 s; the stable window is empty by then, and wants 0 from 64 s on; a grace of 30 s.
  Autoscaler autoscaler(knative(1), kSecond);
  std::vector<Row> table{{2, 1, 1, 2, true}};
  // 4 s: 2/4 → 0.5 → 1 instance over 2 ready; panic holds the most.
  for (int t = 4; t <= 62; t += 2) table.push_back({t, 0, 2, 2, true});
  table.push_back({64, 0, 2, 1, false});  // not below half of two
  for (int t = 66; t <= 94; t += 2) table.push_back({t, 0, 1, 1, false});
  table.push_back({96, 0, 1, 0, false});  // 30 s after 66 s, the first tick that wanted none
  expect_table(autoscaler, table);
}

TEST(Autoscaler, AverageIsOfTheTimeThatEachNumberOfRequestsLasted) {
  Autoscaler autoscaler(knative(1), kSecond);
  autoscaler.observe(0, 4);
  autoscaler.observe(kSecond / 2, 0);
  const Autoscaler::Wish wish = autoscaler.decide(2 * kSecond, 1, 1);
  EXPECT_DOUBLE_EQ(wish.panic_average, 1);  // 4 for half of a second in two
  EXPECT_DOUBLE_EQ(wish.stable_average, 1);
}

TEST(Autoscaler, TheStableWindowStillSeesWhatThePanicWindowDoesNot) {
  Autoscaler autoscaler(knative(1), kSecond);
  autoscaler.observe(0, 6);
  autoscaler.observe(2 * kSecond, 0);
  const Autoscaler::Wish wish = autoscaler.decide(20 * kSecond, 1, 1);
  EXPECT_DOUBLE_EQ(wish.panic_average, 0);
  EXPECT_DOUBLE_EQ(wish.stable_average, 6 * 2 / 20.0);
}

TEST(Autoscaler, ASecondPanicHasNothingOfTheFirst) {
  PlatformSpec spec = knative(1);
  spec.min_instances = 1;
  spec.max_scale_down_rate = 100;
  Autoscaler autoscaler(spec, kSecond);
  std::vector<Row> table{{2, 10, 1, 15, true}};  // 10/0.7
  for (int t = 4; t <= 62; t += 2) table.push_back({t, 0, 15, 15, true});
  for (int t = 64; t <= 130; t += 2) table.push_back({t, 0, 1, 1, false});
  table.push_back({132, 3, 1, 2, true});  // 3·2/6 = 1 → 2; 2/1 is panic
  expect_table(autoscaler, table);
}

TEST(Autoscaler, TheGraceBeforeZeroBeginsAnewWithEachLoad) {
  PlatformSpec spec = knative(10);
  spec.stable_window = spec.panic_window = std::chrono::seconds(6);
  spec.scale_to_zero_grace = std::chrono::seconds(10);
  Autoscaler autoscaler(spec, kSecond);
  std::vector<Row> table{{2, 1, 1, 1, false}};
  for (int t = 4; t <= 10; t += 2)
    table.push_back({t, 0, 1, 1, false});  // none is wanted from 8 s on
  table.push_back({12, 1, 1, 1, false});
  for (int t = 14; t <= 26; t += 2) table.push_back({t, 0, 1, 1, false});  // from 18 s on
  table.push_back({28, 0, 1, 0, false});
  expect_table(autoscaler, table);
}

TEST(Autoscaler, WhereNoneIsNoneIsKept) {
  Autoscaler autoscaler(knative(1), kSecond);
  autoscaler.observe(0, 0);
  EXPECT_EQ(autoscaler.decide(2 * kSecond, 0, 0).instances, 0);
}

}  // namespace
}  // namespace coldstart::harness
