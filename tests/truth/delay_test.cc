// A delay that was put there on purpose is found in the right phase, in its size, with its cause,
// and in no other phase.
//
// COLDSTART_TRUTH_SHIFT takes one boundary too early or too late (shifted_session.h): mutation.sh
// shows that the cases of that boundary then fail.
#include "tests/truth/checks.h"
#include "tests/truth/shifted_session.h"

namespace coldstart::truth {
namespace {

using harness::Rig;

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
  const Trials trials = run_trials(rig, which, starts_per_case());
  expect_boundaries_as_logged(trials);
  expect_delay_in_its_phase(which, trials);
  expect_size_of_phase(which, trials);
  expect_other_phases_unmoved(which, trials);
  expect_cause(which, trials, *rig.session);
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
