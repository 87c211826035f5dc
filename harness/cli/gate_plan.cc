#include "harness/cli/gate_plan.h"

#include <algorithm>
#include <cmath>

namespace coldstart::cli {
namespace {

constexpr double kPlannedBeyond = 1.25;
constexpr double kMostPairsARound = 8;

}  // namespace

PairsPlan plan_pairs(const std::vector<double>& costs, const PairsBudget& budget) {
  PairsPlan plan;
  const double dearest = costs.empty() ? 0 : *std::ranges::max_element(costs);
  for (const double cost : costs) {
    const double share = cost > 0 ? std::round(std::sqrt(dearest / cost)) : 1;
    plan.pairs_a_round.push_back(
        static_cast<std::size_t>(std::clamp(share, 1.0, kMostPairsARound)));
  }
  // Where a cheap function would get more pairs than it may, it gets fewer a round, which leaves
  // time for more rounds.
  for (int pass = 0; pass < 3; ++pass) {
    double round = budget.overhead_a_round;
    for (std::size_t i = 0; i < costs.size(); ++i) {
      round += costs[i] * static_cast<double>(plan.pairs_a_round[i]);
    }
    const double affordable = round > 0 ? budget.time / round : 1e9;
    const auto rounds_of = [&](double factor) {
      const double most = static_cast<double>(budget.most_pairs);
      return static_cast<std::size_t>(std::clamp(factor * affordable, 1.0, std::max(most, 1.0)));
    };
    plan.affordable = rounds_of(1);
    plan.rounds = rounds_of(kPlannedBeyond);
    for (std::size_t& pairs : plan.pairs_a_round) {
      pairs = std::clamp<std::size_t>(budget.most_pairs / plan.rounds, 1, pairs);
    }
  }
  return plan;
}

}  // namespace coldstart::cli
