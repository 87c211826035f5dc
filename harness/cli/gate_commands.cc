#include "harness/cli/gate_commands.h"

#include <filesystem>
#include <string>
#include <utility>

#include "harness/cli/command_line.h"
#include "harness/suite/suite.h"
#include "results/model/error.h"

namespace coldstart::cli {
namespace {

harness::FunctionSpec function_of(const CheckOptions& options, const std::string& option,
                                  const std::string& command) {
  harness::FunctionSpec function;
  function.command = split_command(option, command);
  function.runtime = harness::RuntimeKind::kCommand;
  function.contract =
      options.contract == "exec" ? harness::ContractKind::kExec : harness::ContractKind::kHttp;
  function.directory = std::filesystem::current_path();
  function.path = options.path;
  function.expected_status = options.expected_status;
  if (options.port != 0) function.port = options.port;
  const auto timeout = harness::parse_duration(options.timeout);
  if (!timeout || timeout->count() <= 0 || *timeout > harness::kLongestTimeout) {
    throw Error("--timeout", "'" + options.timeout + "' is no duration up to 24h",
                "write 30s or 2m");
  }
  function.timeout = *timeout;
  if (!harness::is_request_path(options.path)) {
    throw Error("--path", "'" + options.path + "' is no path",
                "start it with '/', and percent-encode spaces and what is not ASCII");
  }
  const std::filesystem::path program = function.command.front();
  std::error_code error;
  if (program.has_parent_path() && !std::filesystem::exists(function.directory / program, error)) {
    throw Error(option, "'" + program.string() + "' does not exist", "name the program to start");
  }
  if (const auto lacking = harness::missing(function)) {
    throw Error(function.command.front(), "cannot be started", *lacking);
  }
  return function;
}

}  // namespace

Sides sides_of_commands(const CheckOptions& options) {
  Sides sides;
  harness::PairedFunction function{
      function_of(options, "--baseline-cmd", options.baseline_command),
      function_of(options, "--candidate-cmd", options.candidate_command)};
  const std::string name = std::filesystem::path(function.candidate.command.front()).filename();
  function.baseline.name = function.candidate.name = name;
  sides.title = name;
  sides.baseline = options.baseline_command;
  sides.candidate = options.candidate_command;
  sides.functions.push_back(std::move(function));
  return sides;
}

std::optional<int> find_contract(harness::Platform& platform, const CheckOptions& options,
                                 harness::PairedFunction& function) {
  if (options.contract != "auto") return std::nullopt;
  const bool any_port = !harness::configured_port(function.baseline);
  const auto rehearsal = harness::rehearse(platform, function.baseline, any_port);
  if (rehearsal.interrupted_by) return rehearsal.interrupted_by;
  const Start& start = rehearsal.start;
  if (start.port || start.outcome == Outcome::kOk) return std::nullopt;
  if (start.outcome == Outcome::kNotStarted || start.outcome == Outcome::kTimeout) {
    throw Error("--baseline-cmd", start.message, "see what it does with coldstart profile");
  }
  function.baseline.contract = function.candidate.contract = harness::ContractKind::kExec;
  return std::nullopt;
}

}  // namespace coldstart::cli
