// An instance that FunctionDrive keeps. Used by function_drive*.cc only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/contracts/http.h"
#include "harness/platform/cold_start.h"
#include "harness/platform/function_drive.h"

namespace coldstart::harness {

/// From its request to its burial. Kept by the coroutines that have to do with it.
struct FunctionDrive::Live {
  std::uint64_t id = 0;  // the dispatcher's number
  std::unique_ptr<ColdStart> start;
  std::uint64_t instance = 0;  // the run's number
  std::int64_t requested_ns = 0;
  std::optional<std::int64_t> ready_ns;
  std::optional<std::uint64_t> first_request;  // that came to it when it was ready
  bool stopping = false;
  bool dead = false;
  bool retired = false;  // gets nothing more, and is stopped when nothing runs on it
  std::string end;
  std::vector<HttpConnection> idle;
  int active = 0;
  std::int64_t answered = 0;
};

}  // namespace coldstart::harness
