#include "harness/cli/check_output.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "harness/cli/output.h"
#include "results/model/error.h"

namespace coldstart::cli {
namespace {

bool is_set(const char* variable, const char* value) {
  const char* found = std::getenv(variable);
  return found != nullptr && std::string(found) == value;
}

void tell_github(const results::GateReport& report, bool standard_output_is_free) {
  if (!is_set("GITHUB_ACTIONS", "true")) return;
  // The runner reads commands from both streams.
  std::fputs(results::gate_annotations(report).c_str(), standard_output_is_free ? stdout : stderr);
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
  if (summary == nullptr || *summary == '\0') return;
  std::ofstream stream(summary, std::ios::app | std::ios::binary);
  stream << results::gate_markdown(report);
  stream.flush();
  if (!stream) {
    throw Error(summary, "cannot be written", "it is the file that GITHUB_STEP_SUMMARY names");
  }
}

}  // namespace

void add_check_outputs(CLI::App& command, CheckOutputs& outputs) {
  command.add_option("--markdown", outputs.markdown,
                     "Write the result as Markdown; - for standard output");
  command.add_option("--junit", outputs.junit, "Write a JUnit file, as GitLab and Jenkins read it");
  command.add_option("--json", outputs.json, "Write the result as JSON (schema coldstart.check/1)");
}

void check_outputs(const CheckOutputs& outputs) {
  const int to_stdout = (outputs.markdown == "-") + (outputs.junit == "-") + (outputs.json == "-");
  if (to_stdout > 1) {
    throw Error("coldstart check", "several results would go to standard output",
                "write all but one to a file");
  }
  for (const auto& file : {outputs.markdown, outputs.junit, outputs.json}) {
    if (!file.empty()) check_text_file(file);
  }
}

void tell(const results::GateReport& report, const Globals& globals, const CheckOutputs& outputs) {
  const bool is_free = outputs.markdown != "-" && outputs.junit != "-" && outputs.json != "-";
  if (is_free) std::fputs(results::gate_text(report, globals.style()).c_str(), stdout);
  if (!outputs.markdown.empty()) write_text_file(outputs.markdown, results::gate_markdown(report));
  if (!outputs.junit.empty()) write_text_file(outputs.junit, results::gate_junit(report));
  if (!outputs.json.empty()) write_text_file(outputs.json, results::gate_json(report));
  tell_github(report, is_free);
}

void tell_fault(const std::string& fault, const std::string& title, const CheckOutputs& outputs) {
  results::GateReport report;
  report.title = title;
  report.faults.push_back(fault);
  try {
    tell_github(report, outputs.markdown != "-" && outputs.junit != "-" && outputs.json != "-");
    if (!outputs.junit.empty()) write_text_file(outputs.junit, results::gate_junit(report));
  } catch (const Error& error) {
    std::fprintf(stderr, "warning: %s\n", error.what());
  }
}

}  // namespace coldstart::cli
