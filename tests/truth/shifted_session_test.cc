#include "tests/truth/shifted_session.h"

#include <gtest/gtest.h>

#include "harness/process/monotonic.h"

namespace coldstart::truth {
namespace {

using probes::Event;

Event event(cs_event_kind kind, std::uint64_t time, std::uint64_t instance = 1) {
  Event e;
  e.raw.kind = kind;
  e.raw.time_ns = time;
  e.raw.instance = instance;
  return e;
}

// Hands over what the test gives it.
class FakeSession final : public probes::Session {
 public:
  explicit FakeSession(std::vector<Event>& queue) : queue_(queue) {}
  void drain(const std::function<void(Event&&)>& sink) override {
    for (Event& e : queue_) sink(std::move(e));
    queue_.clear();
  }
  bool live() const override { return true; }
  std::vector<probes::TierStatus> tiers() const override { return {}; }
  int spawners_fd() const override { return -1; }
  int ready_fd() const override { return -1; }
  std::uint64_t lost_events() const override { return 0; }
  void wake_for(cs_wake) override {}
  void observe(const probes::ProgramImage&) override {}
  const probes::Program* find(const probes::ProgramKey&) const override { return nullptr; }
  std::string kernel_wait(int) override { return {}; }
  void use(const probes::TierSet&) override {}
  probes::Traffic traffic() const override { return {}; }

 private:
  std::vector<Event>& queue_;
};

class ShiftedSessionTest : public testing::Test {
 protected:
  using Times = std::vector<std::pair<cs_event_kind, std::uint64_t>>;

  Times drain(probes::Session& session) {
    Times times;
    session.drain([&](Event&& e) { times.emplace_back(e.kind(), e.raw.time_ns); });
    return times;
  }
  ShiftedSession shifted(bool late) {
    return {std::make_unique<FakeSession>(queue), Shift{CS_LISTEN, late}};
  }

  std::vector<Event> queue;
};

TEST_F(ShiftedSessionTest, EarlyIsJustAfterTheEventBefore) {
  ShiftedSession session = shifted(false);
  queue = {event(CS_EXEC, 100), event(CS_ENTERED, 200), event(CS_LISTEN, 300)};
  EXPECT_EQ(drain(session), (Times{{CS_EXEC, 100}, {CS_ENTERED, 200}, {CS_LISTEN, 201}}));
}

TEST_F(ShiftedSessionTest, LateIsJustBeforeTheEventAfterWhichComesInAnotherDrain) {
  ShiftedSession session = shifted(true);
  queue = {event(CS_ENTERED, 200), event(CS_LISTEN, 300)};
  EXPECT_EQ(drain(session), (Times{{CS_ENTERED, 200}, {CS_LISTEN, INT64_MAX}})) << "promptly";
  queue = {event(CS_RECEIVED, 400), event(CS_REPLIED, 500)};
  EXPECT_EQ(drain(session), (Times{{CS_LISTEN, 399}, {CS_RECEIVED, 400}, {CS_REPLIED, 500}}));
}

TEST_F(ShiftedSessionTest, LaunchedIsTheFirstExecOfEachInstance) {
  ShiftedSession session(std::make_unique<FakeSession>(queue), *parse_shift("launched:early"));
  queue = {event(CS_FORK, 100), event(CS_EXEC, 200), event(CS_EXEC, 300)};
  EXPECT_EQ(drain(session), (Times{{CS_FORK, 100}, {CS_EXEC, 101}, {CS_EXEC, 300}}));
}

TEST_F(ShiftedSessionTest, TheVeryFirstEventEarlyIsWhenThereWasNothingYet) {
  ShiftedSession session(std::make_unique<FakeSession>(queue), *parse_shift("fork:early"));
  const auto before = static_cast<std::uint64_t>(harness::monotonic_ns());
  EXPECT_EQ(drain(session), Times());
  const auto after = static_cast<std::uint64_t>(harness::monotonic_ns());
  queue = {event(CS_FORK, after + 100)};
  const Times times = drain(session);
  ASSERT_EQ(times.size(), 1U);
  EXPECT_GE(times[0].second, before);
  EXPECT_LE(times[0].second, after);
}

TEST_F(ShiftedSessionTest, AnotherInstanceIsNoNeighbour) {
  ShiftedSession session = shifted(false);
  queue = {event(CS_EXEC, 100, 1), event(CS_EXEC, 200, 2), event(CS_LISTEN, 300, 1)};
  EXPECT_EQ(drain(session), (Times{{CS_EXEC, 100}, {CS_EXEC, 200}, {CS_LISTEN, 101}}));
}

TEST(ShiftTest, IsAKindAndADirection) {
  EXPECT_TRUE(parse_shift("exec:late")->late);
  EXPECT_EQ(parse_shift("replied:early")->kind, CS_REPLIED);
  EXPECT_FALSE(parse_shift("exec"));
  EXPECT_FALSE(parse_shift("exec:never"));
  EXPECT_FALSE(parse_shift("exit:late"));
}

}  // namespace
}  // namespace coldstart::truth
