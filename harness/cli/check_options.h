// The options of `check`, and which of its ways uses which.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/cli/cache_options.h"
#include "harness/cli/check_output.h"
#include "harness/cli/record_run.h"
#include "results/compare/gate.h"

namespace coldstart::cli {

struct CheckOptions {
  std::filesystem::path suite;
  std::filesystem::path baseline, candidate;
  std::string baseline_command, candidate_command;
  std::string git, build;
  std::vector<std::string> against;
  std::string judge;
  bool any_host = false;

  // of commands
  std::string contract = "auto";
  int port = 0;
  std::string path = "/";
  std::string timeout = "30s";
  std::optional<int> expected_status;

  std::string functions;
  std::string margin = "2%";
  std::optional<std::size_t> pairs;
  std::string budget = "5m";
  std::string gate = "median,p90";
  bool fail_on_improvement = false;
  bool allow_inconclusive = false;
  RecordOptions record;
  std::string probes = "all";
  CacheOptions cache;
  CheckOutputs outputs;
};

void add_check_options(CLI::App& command, CheckOptions& options);

// What the two sides are, from the options that say so: exactly one of the ways must be used.
enum class Mode { kCheckouts, kCommands, kRevisions, kHistory, kStoredPairs };
/// Throws Error where none is chosen or several are, or something is missing.
Mode mode_of(const CheckOptions& options);

/// Throws Error for an option that was given and that this way does not use.
void refuse_unused(const CLI::App& command, Mode mode);

/// Throws Error for what cannot be read.
results::GateOptions gate_options(const CheckOptions& options, std::uint64_t seed);
std::chrono::nanoseconds parse_budget(const std::string& text);

}  // namespace coldstart::cli
