#include "results/model/timeline.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <set>

#include "tests/results/sample_run.h"

namespace coldstart {
namespace {

// due 0, requested 10, launched 30, execed 60, linked 100, entered 150, runtime_ready 210,
// listening 280, received 360, replied 450, responded 550: every phase has a length of its own.
Timeline full() {
  Timeline t;
  t.set(Boundary::kDue, 0);
  t.set(Boundary::kRequested, 10);
  t.set(Boundary::kForked, 15);
  t.set(Boundary::kLaunched, 30);
  t.set(Boundary::kExeced, 60);
  t.set(Boundary::kLinked, 100);
  t.set(Boundary::kEntered, 150);
  t.set(Boundary::kRuntimeReady, 210);
  t.set(Boundary::kListening, 280);
  t.set(Boundary::kReceived, 360);
  t.set(Boundary::kReplied, 450);
  t.set(Boundary::kResponded, 550);
  t.set(Boundary::kCompleted, 600);
  return t;
}

std::string text_of(const Timeline& timeline) {
  std::string text;
  for (const PhaseSpan& span : phases_of(timeline)) {
    text += span.name() + ' ' + std::to_string(span.length_ns()) + "; ";
  }
  return text;
}

TEST(Timeline, PhasesAreTheDifferencesOfNeighbouringBoundaries) {
  EXPECT_EQ(
      text_of(full()),
      "queue 10; spawn 20; sandbox 30; link 40; init 50; runtime 60; app 70; connect 80; handle "
      "90; reply 100; ");
}

TEST(Timeline, EveryNameLeadsBack) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kBoundaryCount; ++i) {
    const auto boundary = static_cast<Boundary>(i);
    EXPECT_TRUE(names.insert(name(boundary)).second);
    EXPECT_EQ(boundary_from_name(name(boundary)), boundary);
  }
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    EXPECT_TRUE(names.insert(name(phase)).second);
    EXPECT_EQ(phase_from_name(name(phase)), phase);
    EXPECT_FALSE(description(phase).empty());
  }
  EXPECT_FALSE(boundary_from_name("nonsense"));
  EXPECT_FALSE(phase_from_name("runtime+app"));
}

TEST(Timeline, AnUnseenBoundaryJoinsItsTwoPhases) {
  Timeline t = full();
  t.set_unseen(Boundary::kRuntimeReady, "tier runtime is off");
  EXPECT_EQ(
      text_of(t),
      "queue 10; spawn 20; sandbox 30; link 40; init 50; runtime+app 130; connect 80; handle 90; "
      "reply 100; ");
}

TEST(Timeline, ABoundaryThatDoesNotExistTakesItsPhaseWithIt) {
  const struct {
    Boundary boundary;
    const char* phases;
  } kCases[] = {
      {Boundary::kExeced,
       "queue 10; spawn 20; link 70; init 50; runtime 60; app 70; connect 80; handle 90; reply "
       "100; "},
      {Boundary::kLinked,
       "queue 10; spawn 20; sandbox 30; init 90; runtime 60; app 70; connect 80; handle 90; reply "
       "100; "},
      {Boundary::kEntered,
       "queue 10; spawn 20; sandbox 30; link 40; runtime 110; app 70; connect 80; handle 90; reply "
       "100; "},
      {Boundary::kRuntimeReady,
       "queue 10; spawn 20; sandbox 30; link 40; init 50; app 130; connect 80; handle 90; reply "
       "100; "},
      {Boundary::kListening,
       "queue 10; spawn 20; sandbox 30; link 40; init 50; runtime 60; app 150; handle 90; reply "
       "100; "},
      {Boundary::kReceived,
       "queue 10; spawn 20; sandbox 30; link 40; init 50; runtime 60; app 70; connect 170; reply "
       "100; "},
      {Boundary::kReplied,
       "queue 10; spawn 20; sandbox 30; link 40; init 50; runtime 60; app 70; connect 80; handle "
       "190; "},
  };
  for (const auto& c : kCases) {
    Timeline t = full();
    t.set_not_applicable(c.boundary, "test");
    EXPECT_EQ(text_of(t), c.phases) << name(c.boundary);
  }
}

TEST(Timeline, AStaticProgramOfTheExecContractHasOnlyThePhasesItCanHave) {
  Timeline t = full();
  t.set(Boundary::kExeced, 30);
  for (Boundary b : {Boundary::kLinked, Boundary::kRuntimeReady, Boundary::kListening,
                     Boundary::kReceived, Boundary::kReplied}) {
    t.set_not_applicable(b, "test");
  }
  EXPECT_EQ(text_of(t), "queue 10; spawn 20; init 120; app 400; ");
}

TEST(Timeline, TheSandboxIsLeftOutWhereNothingLiesBetweenTheTwoExecs) {
  Timeline t = full();
  t.set(Boundary::kExeced, 30);
  EXPECT_EQ(text_of(t).find("sandbox"), std::string::npos);
  EXPECT_NE(text_of(t).find("link 70"), std::string::npos);
}

TEST(Timeline, AnUnseenSandboxIsNotHidden) {
  Timeline t = full();
  t.set_unseen(Boundary::kExeced, "test");
  EXPECT_NE(text_of(t).find("sandbox+link 70"), std::string::npos);
  t = full();
  t.set_unseen(Boundary::kLaunched, "test");
  EXPECT_NE(text_of(t).find("spawn+sandbox 50"), std::string::npos);
}

TEST(Timeline, WithoutProbesOneSpanCoversWhatNobodySaw) {
  Timeline t;
  t.set(Boundary::kDue, 0);
  t.set(Boundary::kRequested, 10);
  t.set(Boundary::kResponded, 550);
  EXPECT_EQ(text_of(t), "queue 10; spawn+sandbox+link+init+runtime+app+connect+handle+reply 540; ");
}

TEST(Timeline, AStartThatFailedHasThePhasesUpToTheLastBoundaryThatWasSeen) {
  Timeline t;
  t.set(Boundary::kDue, 0);
  t.set(Boundary::kRequested, 10);
  t.set(Boundary::kLaunched, 30);
  EXPECT_EQ(text_of(t), "queue 10; spawn 20; ");
  EXPECT_FALSE(latency_ns(t));
}

TEST(Timeline, TheForkDoesNotDelimitAPhase) {
  Timeline t = full();
  t.set_unseen(Boundary::kForked, "test");
  EXPECT_EQ(text_of(t), text_of(full()));
}

// The promise of the whole project: whatever was seen or not, phases add up to the latency.
TEST(Timeline, PhasesAddUpToTheLatencyWhateverIsAbsent) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    Timeline t = full();
    for (std::size_t b = 1; b < kBoundaryCount; ++b) {
      const auto boundary = static_cast<Boundary>(b);
      if (boundary == Boundary::kResponded) continue;
      const auto fate = random() % 4;
      const bool may_not_exist = boundary >= Boundary::kExeced && boundary <= Boundary::kReplied;
      if (fate == 0) t.set_unseen(boundary, "");
      if (fate == 1 && may_not_exist) t.set_not_applicable(boundary, "");
    }
    if (random() % 4 == 0 && t[Boundary::kLaunched].at_ns && t[Boundary::kExeced].at_ns) {
      t.set(Boundary::kExeced, *t[Boundary::kLaunched].at_ns);
    }
    const auto spans = phases_of(t);
    ASSERT_FALSE(spans.empty());
    EXPECT_EQ(spans.front().begin_ns, 0);
    std::set<Phase> seen;
    std::int64_t sum = 0;
    std::int64_t at = 0;
    for (const PhaseSpan& span : spans) {
      EXPECT_EQ(span.begin_ns, at);
      at = span.end_ns;
      sum += span.length_ns();
      for (Phase phase : span.phases) EXPECT_TRUE(seen.insert(phase).second);
    }
    EXPECT_EQ(sum, latency_ns(t));
  }
}

TEST(Timeline, OfAWarmInstanceOnlyTheWayOfTheRequestIsLeft) {
  Timeline t = full();
  for (auto b = Boundary::kRequested; b <= Boundary::kListening;
       b = static_cast<Boundary>(static_cast<int>(b) + 1)) {
    t.set_not_applicable(b, "the instance was warm");
  }
  const auto spans = phases_of(t);
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].name(), "connect");
  EXPECT_EQ(spans[0].begin_ns, 0);
  EXPECT_EQ(spans[1].name(), "handle");
  EXPECT_EQ(spans[2].name(), "reply");
}

}  // namespace
}  // namespace coldstart
