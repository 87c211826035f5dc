// What is learned of a function before it is measured: what `run` and `check` share.
#pragma once

#include <optional>
#include <string>
#include <utility>  // which Boost 1.74 forgets

#include <boost/asio/awaitable.hpp>

#include "harness/platform/file_set.h"
#include "harness/platform/platform.h"
#include "results/model/record.h"

namespace coldstart::harness {

/// What a rehearsal shows.
struct Acquaintance {
  FileSet files;          ///< that the function touches
  bool any_port = false;  ///< it answers, but not where $PORT said: maybe elsewhere every time
};

/// As it is stored; what is missing for it on this machine is the reason why it is skipped.
Function describe(const FunctionSpec& spec);

/// One start that is not measured; fills `known`.
boost::asio::awaitable<Start> rehearse(Platform& platform, const FunctionSpec& spec,
                                       Acquaintance& known);

/// A line for people about a rehearsal that failed; absent: it did not.
std::optional<std::string> complaint(const FunctionSpec& spec, const Start& rehearsal);

/// Of a start for the record: prepared like every other one of the same function and cache state.
StartOptions start_options(Acquaintance& known, CacheState cache, bool drop_caches);

}  // namespace coldstart::harness
