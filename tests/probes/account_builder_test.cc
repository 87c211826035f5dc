// The account as a whole: what is absent from it, and why.
#include "probes/account_builder.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "tests/probes/made_events.h"

namespace coldstart::probes {
namespace {

constexpr std::uint32_t kPid = 100;

// A start whose only process waits inside the kernel for a while.
Account account(const std::string& kernel_wait, const TierStatus& cpu) {
  Event wait = blocked(20, kPid, CS_SYSCALLS - 1);
  wait.raw.value = 2;  // uninterruptible
  wait.raw.sched.stack = 1;
  const std::vector<Event> events = {made(CS_FORK, 10, 1, 1, kPid), switched_in(10, kPid), wait,
                                     woken(60, kPid), switched_in(60, kPid)};
  HarnessView view;
  view.listens = false;
  BuiltTimeline built;
  built.timeline.set(Boundary::kDue, 0);
  built.timeline.set(Boundary::kRequested, 0);
  built.timeline.set(Boundary::kResponded, 100);
  return build_account(events, view, built, {cpu}, [&](int) { return kernel_wait; }, {});
}

TierStatus cpu_tier(const std::string& reason) { return {TierId::kCpu, true, reason, {}}; }

TEST(AccountTest, AnUnnamedWaitInTheKernelSaysWhyWhereNamesAreHidden) {
  const Account hidden = account("kernel", cpu_tier("/proc/kallsyms is hidden"));
  EXPECT_EQ(hidden.causes.back().time.waits.at("kernel"), 40);
  EXPECT_EQ(hidden.absent.at("kernel_waits"), "/proc/kallsyms is hidden");
}

TEST(AccountTest, ANamedWaitLacksNothingAndAVisibleKernelHasNothingToExplain) {
  EXPECT_FALSE(
      account("rcu", cpu_tier("/proc/kallsyms is hidden")).absent.contains("kernel_waits"));
  EXPECT_FALSE(account("kernel", cpu_tier("")).absent.contains("kernel_waits"));
}

TEST(AccountTest, ATierThatIsOffIsTheReasonForWhatIsAbsent) {
  const Account without = account("rcu", {TierId::kCpu, false, "not asked for", {}});
  EXPECT_TRUE(without.causes.empty());
  EXPECT_EQ(without.absent.at("causes"), "tier cpu is off: not asked for");
}

}  // namespace
}  // namespace coldstart::probes
