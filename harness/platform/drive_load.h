// Drives a load: makes requests when they are due, whatever becomes of earlier ones (open loop), or
// as many clients as asked for do (closed loop).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>  // Boost 1.74: awaitable.hpp uses std::exchange without including it
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "harness/load/arrivals.h"
#include "harness/platform/function_drive.h"
#include "harness/platform/outbox.h"
#include "harness/platform/platform.h"
#include "harness/suite/suite.h"

namespace coldstart::harness {

struct DrivenFunction {
  FunctionSpec spec;
  std::uint32_t index = 0;  ///< in the run
  bool any_port = false;    ///< see StartOptions
};

/// What driving a load needs from those around it.
struct DriveContext {
  /// Arrivals of the function at a position among so many.
  std::function<std::unique_ptr<Arrivals>(std::size_t position, std::size_t count)> arrivals;
  LoadSink sink;
  /// Told now and then, between requests: "cpp: 1200 requests, 12 cold, 3 instances".
  std::function<void(const std::string&)> progress;
  /// Set while a load is driven: to be called when the run is interrupted, after all instances were
  /// killed.
  std::function<void()>* on_interrupt = nullptr;
  /// When the load begins: right before its first request is due. Moments are since then; of
  /// functions that are driven one after the other, each since its own turn began.
  std::function<void(std::int64_t begin_ns)> begin;
  int* order = nullptr;  ///< Start::order of the last start of the run
};

/// Drives the functions at the same time where the load says so, else one after the other. Returns
/// when all requests are over and no instance is left: nanoseconds from the begin to the end of the
/// last request, summed over the turns. Throws Error for what cannot be driven (several instances
/// on one fixed port), before anything is started.
boost::asio::awaitable<std::int64_t> drive_load(Platform& platform, const LoadSpec& load,
                                                std::uint32_t load_index,
                                                const std::vector<DrivenFunction>& functions,
                                                const DriveContext& context);

/// The same checks, without driving.
void check_load(const LoadSpec& load, const std::vector<FunctionSpec>& functions);

/// What `--sweep-parallel k` is: `trials` rounds, in each k requests at once that start an instance
/// each.
LoadSpec parallel_load(int parallel);

}  // namespace coldstart::harness
