// A delay that was put there on purpose is found in the right phase, in its size, with its cause,
// and in no other phase.
//
// COLDSTART_TRUTH_SHIFT takes one boundary too early or too late (shifted_session.h): mutation.sh
// shows that the cases of that boundary then fail.
#include <array>

#include "tests/truth/brackets.h"
#include "tests/truth/checks.h"
#include "tests/truth/shifted_session.h"

namespace coldstart::truth {
namespace {

using harness::Rig;

// Of starts, at most: see lengths_agree. In `spawn`, `connect` and `reply` our own launcher and
// client must get a CPU, and which start is not disturbed is chance: five starts each are mostly
// enough, on a machine where twenty tasks want to run it took up to 20.
constexpr int kRounds = 12;

class TruthTest : public testing::TestWithParam<std::string> {};

TEST_P(TruthTest, TheDelayIsWhereItWasPut) {
  const Case& which = case_named(GetParam());
  Rig rig([] { return shifted_as_asked(probes::open_session(probes::TierSet::all())); });
  for (const probes::TierStatus& tier : rig.session->tiers()) {
    if (!tier.on && name(tier.id) != "cpu" && name(tier.id) != "files") {
      GTEST_SKIP() << "skipped: tier " << name(tier.id) << " is off: " << tier.reason;
    }
  }
  if (auto lacking = missing(which.function)) GTEST_SKIP() << "skipped: " << *lacking;
  if (which.function.runtime == harness::RuntimeKind::kContainer) {
    harness::FunctionSpec engine = which.function;
    engine.engine = engine.env.at("TRUTH_ENGINE");
    if (auto lacking = missing(engine)) GTEST_SKIP() << "skipped: " << *lacking;
  }
  Workplace place;
  const harness::FunctionSpec function = rehearse(rig, which, place);
  Trials trials;
  for (int round = 0; round < kRounds; ++round) {
    run_trials(rig, which, function, place, starts_per_case(), trials);
    expect_boundaries_as_logged(trials);
    expect_delay_in_its_phase(which, trials);
    if (HasFailure() || lengths_agree(which, trials)) break;
  }
  expect_lengths(which, trials);
  expect_cause(which, trials, *rig.session);
  expect_account(which, trials, *rig.session);
}

// The loader's own time, without a delay: what 200 libraries cost is `link` and nothing else.
TEST(TruthOfLibrariesTest, TwoHundredLibrariesMakeTheLinkPhaseLongerAndNoOther) {
  const Case& many = case_named("relocation_of_200_libraries_sleeps");
  const Case& few = case_named("relocation_sleeps");
  Rig rig;
  for (const probes::TierStatus& tier : rig.session->tiers()) {
    if (!tier.on && (name(tier.id) == "process" || name(tier.id) == "loader")) {
      GTEST_SKIP() << "skipped: tier " << name(tier.id) << " is off: " << tier.reason;
    }
  }
  const auto run = [&rig](const Case& which) {
    Workplace place;
    Trials trials;
    run_trials(rig, which, rehearse(rig, which, place), place, starts_per_case(), trials);
    return trials;
  };
  const Trials of_many = run(many);
  const Trials of_few = run(few);
  std::array<std::int64_t, kPhaseCount> grown{};
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const auto length = [&](const Trials& trials) {
      std::vector<std::int64_t> lengths;
      for (const Trial& trial : trials.control) {
        lengths.push_back(length_of(trial, static_cast<Phase>(i)));
      }
      return shortest(lengths);
    };
    grown[i] = length(of_many) - length(of_few);
  }
  const std::int64_t link = grown[static_cast<std::size_t>(Phase::kLink)];
  // An open, a few mmaps and the relocations of one library take more than 5 µs anywhere.
  EXPECT_GT(link, 200 * 5'000);
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (static_cast<Phase>(i) == Phase::kLink) continue;
    EXPECT_LT(grown[i], link / 2) << name(static_cast<Phase>(i)) << " moved";
  }
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const Case& each : cases()) names.push_back(each.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, TruthTest, testing::ValuesIn(all_names()),
                         [](const auto& which) { return which.param; });

}  // namespace
}  // namespace coldstart::truth
