#include "harness/runtimes/runtime.h"

#include <charconv>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string_view>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>

#include "harness/process/spawn.h"

extern char** environ;

namespace bp = boost::process;

namespace coldstart::harness {
namespace {

const RuntimeKindOperations& operations(RuntimeKind kind) {
  switch (kind) {
    case RuntimeKind::kNative:
    case RuntimeKind::kCommand:
      return native_runtime();
    case RuntimeKind::kContainer:
      return container_runtime();
    case RuntimeKind::kJvm:
      return jvm_runtime();
    case RuntimeKind::kNode:
      return node_runtime();
    case RuntimeKind::kPython:
      return python_runtime();
  }
  return native_runtime();
}

bool is_program(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path);
}

}  // namespace

std::optional<std::string> missing(const FunctionSpec& function) {
  return operations(function.runtime).missing(function);
}

std::string runtime_version(const FunctionSpec& function) {
  const std::vector<std::string> command = operations(function.runtime).version_command(function);
  return command.empty() ? std::string() : first_line_of(command);
}

std::optional<int> configured_port(const FunctionSpec& function) {
  if (function.port) return function.port;
  const auto own = function.env.find("PORT");
  if (own == function.env.end()) return std::nullopt;
  int port = 0;
  const char* end = own->second.data() + own->second.size();
  const auto [stopped, error] = std::from_chars(own->second.data(), end, port);
  if (error != std::errc() || stopped != end || port < 1 || port > 65535) return std::nullopt;
  return port;
}

std::vector<std::string> displayed_command(const FunctionSpec& function) {
  return operations(function.runtime).command(function);
}

LaunchPlan plan_launch(const FunctionSpec& function, const LaunchContext& context) {
  const RuntimeKindOperations& runtime = operations(function.runtime);
  LaunchPlan plan;
  plan.arguments = runtime.command(function);
  plan.environment = make_environment(function, context, true);
  plan.directory = function.directory;
  if (runtime.prepare != nullptr) runtime.prepare(function, context, plan);
  if (plan.executable.empty()) plan.executable = find_executable(plan.arguments.front());
  // Not found: let the exec fail and be an outcome, with the name that was asked for.
  if (plan.executable.empty()) plan.executable = plan.arguments.front();
  return plan;
}

std::string find_executable(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_program(program) ? program : std::string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = (folder.empty() ? "." : folder) + "/" + program;
    if (is_program(candidate)) return candidate;
  }
  return {};
}

std::string lacks(const std::string& program, const std::string& package) {
  const bool is_path = program.find('/') != std::string::npos;
  return "needs " + program +
         (is_path ? ", which is no program; correct the path" : "; apt-get install " + package);
}

std::vector<std::string> make_environment(const FunctionSpec& function,
                                          const LaunchContext& context, bool inherit) {
  std::map<std::string, std::string> merged;
  if (inherit) {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      const std::size_t equals = text.find('=');
      if (equals == std::string_view::npos) continue;
      merged[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
  } else {
    merged["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  }
  if (context.port != 0) {
    merged["PORT"] = std::to_string(context.port);
    merged["HOST"] = "127.0.0.1";
  }
  for (const auto& [key, value] : function.env) merged[key] = value;
  merged[std::string(kInstanceVariable)] = context.mark;
  std::vector<std::string> list;
  list.reserve(merged.size());
  for (const auto& [key, value] : merged) list.push_back(key + "=" + value);
  return list;
}

std::string first_line_of(const std::vector<std::string>& command) {
  const std::string program = find_executable(command.front());
  if (program.empty()) return {};
  std::error_code error;
  bp::ipstream output;
  bp::child child(bp::exe = program,
                  bp::args = std::vector<std::string>(command.begin() + 1, command.end()),
                  bp::std_in<bp::null, (bp::std_out & bp::std_err)> output, error);
  if (error) return {};
  std::string first;
  std::getline(output, first);
  for (std::string rest; std::getline(output, rest);) {
  }
  child.wait(error);
  return !error && child.exit_code() == 0 ? first : std::string();
}

}  // namespace coldstart::harness
