// Built in place of live_session.cc and stack_sampler.cc where the probes were left out of the
// build.
#include "probes/session.h"
#include "probes/stack_sampler.h"

namespace coldstart::probes {

std::unique_ptr<Session> open_session(const TierSet& wanted, std::uint32_t /*ring_bytes*/) {
  std::vector<TierStatus> off;
  for (TierId tier : kAllTiers) {
    off.push_back(wanted.has(tier)
                      ? TierStatus{tier, false, "this program was built without probes",
                                   "build with -DCOLDSTART_BUILD_PROBES=ON"}
                      : TierStatus{tier, false, "not asked for", "--probes all"});
  }
  return null_session(std::move(off));
}

std::unique_ptr<StackSampler> open_stack_sampler(int /*processes_fd*/, int /*rate_hz*/,
                                                 std::string& reason) {
  reason = "this program was built without probes";
  return nullptr;
}

}  // namespace coldstart::probes
