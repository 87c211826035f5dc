#include "probes/tiers.h"

#include <gtest/gtest.h>

#include "results/model/error.h"

namespace coldstart::probes {
namespace {

Capabilities everything() {
  Capabilities c;
  c.bpf = c.perfmon = c.sys_admin = c.btf = c.initial_pid_namespace = c.uprobes = true;
  return c;
}

TEST(TiersTest, NamesAreParsed) {
  const TierSet set = TierSet::parse("process,runtime");
  EXPECT_TRUE(set.has(TierId::kProcess));
  EXPECT_FALSE(set.has(TierId::kLoader));
  EXPECT_TRUE(set.has(TierId::kRuntime));
  EXPECT_TRUE(TierSet::parse("all").has(TierId::kLoader));
  EXPECT_FALSE(TierSet::parse("none").has(TierId::kProcess));
}

TEST(TiersTest, AnUnknownTierIsAnError) { EXPECT_THROW(TierSet::parse("proces"), Error); }

TEST(TiersTest, TheLoaderTierNeedsTheProcessTier) { EXPECT_THROW(TierSet::parse("loader"), Error); }

TEST(TiersTest, NothingStandsInTheWayOfRoot) {
  for (TierId tier : kAllTiers) EXPECT_FALSE(obstacle(tier, everything()));
}

TEST(TiersTest, WithoutCapBpfEveryTierIsOffWithARemedy) {
  Capabilities c = everything();
  c.bpf = false;
  for (TierId tier : kAllTiers) {
    const auto status = obstacle(tier, c);
    ASSERT_TRUE(status);
    EXPECT_NE(status->reason.find("CAP_BPF"), std::string::npos);
    EXPECT_FALSE(status->remedy.empty());
  }
}

TEST(TiersTest, WithoutCapSysAdminOnlyUprobesAreOff) {
  Capabilities c = everything();
  c.sys_admin = false;
  EXPECT_FALSE(obstacle(TierId::kProcess, c));
  EXPECT_FALSE(obstacle(TierId::kCpu, c));
  EXPECT_FALSE(obstacle(TierId::kFiles, c));
  EXPECT_TRUE(obstacle(TierId::kLoader, c));
  EXPECT_TRUE(obstacle(TierId::kRuntime, c));
}

TEST(TiersTest, WithoutBtfOrInAPidNamespaceNothingWorks) {
  Capabilities c = everything();
  c.btf = false;
  EXPECT_NE(obstacle(TierId::kProcess, c)->reason.find("BTF"), std::string::npos);
  c = everything();
  c.initial_pid_namespace = false;
  EXPECT_NE(obstacle(TierId::kProcess, c)->reason.find("pid namespace"), std::string::npos);
}

}  // namespace
}  // namespace coldstart::probes
