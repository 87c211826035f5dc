#include "results/compare/gate_history.h"

#include <gtest/gtest.h>

#include "tests/results/compare/made_pairs.h"

namespace coldstart::results {
namespace {

Run made_run(std::uint64_t seed, std::int64_t more_ns) {
  Run run;
  run.functions.push_back({"cpp", "native", "http", {}, {}, {}, {}, {}, {}});
  RandomWords bits(seed);
  const std::int64_t drift = static_cast<std::int64_t>(draw_below(bits, 20'000));
  for (int i = 0; i < 400; ++i) run.starts.push_back(made_start(bits, more_ns + drift));
  return run;
}

std::vector<FunctionVerdict> verdicts(std::size_t past, std::int64_t more_ns) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < past; ++i) runs.push_back(made_run(i + 1, 0));
  std::vector<const Run*> pointers;
  for (const Run& run : runs) pointers.push_back(&run);
  return judge_history(pointers, made_run(99, more_ns), {});
}

TEST(History, PassesFailsAndKnowsWhenItCannotTell) {
  EXPECT_EQ(verdicts(12, 0).front().verdict, Verdict::kPass);
  EXPECT_EQ(verdicts(12, 600'000).front().verdict, Verdict::kFail);
  const auto two = verdicts(2, 600'000);
  EXPECT_EQ(two.front().verdict, Verdict::kInconclusive);
  EXPECT_EQ(two.front().find(Metric::kMedian)->reason,
            "needs 3 past runs on this host, there are 2");
}

TEST(History, SeesImprovements) {
  const auto faster = verdicts(12, -400'000);
  EXPECT_EQ(faster.front().verdict, Verdict::kPass);
  EXPECT_TRUE(faster.front().improved());
}

TEST(HostDifference, NamesWhatDiffers) {
  Host one{"a", "6.1", "Debian 12", "Xeon", 2, 8ULL << 30U};
  Host other = one;
  other.name = "b";
  other.memory_bytes -= 1 << 20U;  // what the firmware keeps differs
  EXPECT_EQ(host_difference(one, other), "");
  EXPECT_EQ(host_fingerprint(one), host_fingerprint(other));
  other.kernel = "6.18";
  other.cpus = 4;
  EXPECT_EQ(host_difference(one, other), "CPUs '2' and '4'; kernel '6.1' and '6.18'");
}

}  // namespace
}  // namespace coldstart::results
