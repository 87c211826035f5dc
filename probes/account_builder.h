// From events to the account of a start: causes, libraries, files, the parts of the sandbox, what
// went on inside the runtime.
#pragma once

#include <vector>

#include "probes/activity.h"
#include "probes/tiers.h"
#include "probes/timeline_builder.h"
#include "results/model/account.h"

namespace coldstart::probes {

/// The account of a start whose timeline was built from the same events (any order). A part whose
/// tier was off is absent and says why (Account::absent).
Account build_account(std::vector<Event> events, const HarnessView& view,
                      const BuiltTimeline& built, const std::vector<TierStatus>& tiers,
                      const KernelWait& kernel_wait);

}  // namespace coldstart::probes
