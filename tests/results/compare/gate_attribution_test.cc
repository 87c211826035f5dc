#include "results/compare/gate_attribution.h"

#include <gtest/gtest.h>

#include "tests/results/compare/made_pairs.h"

namespace coldstart::results {
namespace {

MadeStarts pairs_with(std::int64_t more_link_ns, std::size_t count = 60) {
  MadeStarts made;
  RandomWords bits(11);
  for (std::size_t i = 0; i < count; ++i) {
    const Start* before = &made.starts.emplace_back(made_start(bits, 0));
    const Start* after = &made.starts.emplace_back(made_start(bits, more_link_ns));
    made.pairs.push_back({before, after});
  }
  return made;
}

TEST(Attribution, NamesThePhaseThatMovedAndItsCause) {
  const MadeStarts made = pairs_with(200'000);
  const Attribution attribution = attribute({made.pairs}).front();
  ASSERT_FALSE(attribution.moved.empty());
  EXPECT_EQ(attribution.moved.front().phase, "link");
  EXPECT_NEAR(static_cast<double>(attribution.moved.front().shift_ns), 200'000, 40'000);
  EXPECT_EQ(attribution.moved.front().cause, "cpu");
  EXPECT_EQ(summary_of(attribution, 1).rfind("link +", 0), 0U);
}

TEST(Attribution, WhatOneSideDoesNotTellIsNotMissingThere) {
  const MadeStarts made = pairs_with(0);
  for (const StartPair& pair : made.pairs) {
    const_cast<Start*>(pair.baseline)->account.libraries.reset();
  }
  EXPECT_EQ(attribute({made.pairs}).front().loads, std::vector<std::string>{});
}

// The candidate's programs are wrapped, of so many pairs.
MadeStarts pairs_with_wrapped(std::size_t wrapped) {
  MadeStarts made = pairs_with(0);
  for (std::size_t i = 0; i < wrapped; ++i) {
    Timeline& timeline = const_cast<Start*>(made.pairs[i].candidate)->timeline;
    timeline.set(Boundary::kLaunched, timeline[Boundary::kLaunched].at_ns.value_or(0) - 100'000);
  }
  return made;
}

TEST(Attribution, APhaseThatOnlyOneSideHasIsNamedWithItsLength) {
  const MadeStarts made = pairs_with_wrapped(60);
  const Attribution attribution = attribute({made.pairs}).front();
  EXPECT_EQ(attribution.pairs, 0U);
  EXPECT_EQ(attribution.differing, 60U);
  ASSERT_EQ(attribution.one_sided.size(), 1U);
  EXPECT_EQ(attribution.one_sided[0].phase, "sandbox");
  EXPECT_TRUE(attribution.one_sided[0].in_candidate);
  EXPECT_EQ(attribution.one_sided[0].median_ns, 100'000);
  EXPECT_EQ(phase_difference(attribution),
            "phases differ: the candidate has sandbox (100 µs), the baseline has not");
}

TEST(Attribution, OddPairsAreLeftOutAndCounted) {
  const Attribution attribution = attribute({pairs_with_wrapped(9).pairs}).front();
  EXPECT_EQ(attribution.pairs, 51U);
  EXPECT_EQ(attribution.differing, 9U);
  EXPECT_TRUE(attribution.one_sided.empty());
  EXPECT_EQ(phase_difference(attribution), "");
}

TEST(Attribution, NothingMovedWhereNothingDid) {
  const MadeStarts made = pairs_with(0);
  EXPECT_TRUE(attribute({made.pairs}).front().moved.empty());
  EXPECT_TRUE(attribute({made.pairs}).front().loads.empty());
  EXPECT_EQ(summary_of(Attribution{}), "");
}

TEST(Attribution, AnImprovementIsNamedByItsSign) {
  const MadeStarts made = pairs_with(-200'000);
  const Attribution attribution = attribute({made.pairs}).front();
  ASSERT_FALSE(attribution.moved.empty());
  EXPECT_EQ(attribution.moved.front().phase, "link");
  EXPECT_LT(attribution.moved.front().shift_ns, 0);
}

TEST(Attribution, WaitsAreNamedByWhatWasWaitedFor) {
  MadeStarts made = pairs_with(300'000);
  for (const StartPair& pair : made.pairs) {
    auto& causes = const_cast<Start*>(pair.candidate)->account.causes.front();
    causes.time.cpu_ns -= 300'000;
    causes.time.wait_ns += 300'000;
    causes.time.waits["futex"] = 300'000;
  }
  EXPECT_EQ(attribute({made.pairs}).front().moved.front().cause, "wait (futex)");
}

TEST(Attribution, TellsWhichLibrariesImportsAndClassesAreNew) {
  MadeStarts made = pairs_with(100'000);
  for (const StartPair& pair : made.pairs) {
    auto& after = const_cast<Start*>(pair.candidate)->account;
    auto& before = const_cast<Start*>(pair.baseline)->account;
    // The same library in another folder is the same; a new one is not.
    before.libraries->push_back({"/old/libapp.so", 1, {}, {}, {}, {}});
    after.libraries->push_back({"/new/libapp.so", 1, {}, {}, {}, {}});
    after.libraries->push_back({"/usr/lib/libextra.so.1", 1, {}, {}, {}, {}});
    before.python = PythonAccount{100, {}};
    after.python = PythonAccount{141, {{"numpy", 0, 5'000'000, 1}}};
    before.jvm.emplace().classes = 450;
    after.jvm.emplace().classes = 452;  // within what differs from start to start
  }
  const auto loads = attribute({made.pairs}).front().loads;
  EXPECT_EQ(loads, (std::vector<std::string>{"1 more library: libextra.so.1",
                                             "1 import newly among the longest: numpy",
                                             "Python imports: 100 before, 141 now"}));
}

TEST(Attribution, StartsWithOtherPhasesAreNoShift) {
  MadeStarts made = pairs_with(0);
  for (std::size_t i = 0; i < 10; ++i) {
    const_cast<Start*>(made.pairs[i].candidate)
        ->timeline.set_unseen(Boundary::kLinked, "tier loader is off");
  }
  const Attribution attribution = attribute({made.pairs}).front();
  EXPECT_EQ(attribution.pairs, 50U);
  EXPECT_TRUE(attribution.moved.empty());
}

TEST(Attribution, ShiftsHaveASign) {
  EXPECT_EQ(format_shift(1'230'000), "+1.23 ms");
  EXPECT_EQ(format_shift(-310), "-310 ns");
}

}  // namespace
}  // namespace coldstart::results
