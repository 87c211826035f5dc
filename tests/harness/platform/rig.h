// A platform with real probes, launcher and functions, for tests.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "harness/platform/measure.h"
#include "harness/platform/platform.h"
#include "probes/session.h"
#include "results/model/record.h"

namespace coldstart::harness {

class Rig {
 public:
  explicit Rig(const probes::TierSet& tiers = probes::TierSet::all());
  /// With a session of the test's own, opened after the launcher was forked.
  explicit Rig(const std::function<std::unique_ptr<probes::Session>()>& open);

  /// A rehearsal, then a measured start.
  Start start(const FunctionSpec& function);
  /// Only one start, as it is.
  Start once(const FunctionSpec& function, const StartOptions& options = {});

  bool live() const { return session->live(); }

  Launcher launcher;
  std::unique_ptr<probes::Session> session;
  Platform platform;
};

/// A native function on the contract http with a short timeout.
FunctionSpec native(const std::string& program, std::vector<std::string> arguments = {});
/// Paths of what the build made for tests.
std::string sample(const std::string& name);
std::string misbehaving(const std::string& name);

std::int64_t at(const Start& start, Boundary boundary);

/// That these boundaries were seen, in this order.
void expect_in_order(const Start& start, const std::vector<Boundary>& boundaries);

/// Processes that are children of this test, other than `launcher`, or carry an instance's mark.
std::vector<std::string> leftovers(pid_t launcher);

}  // namespace coldstart::harness
