// Runtimes `native` and `command`: the program itself, or whatever the command line says.
#include "harness/runtimes/runtime.h"

namespace coldstart::harness {

const RuntimeKindOperations& native_runtime() {
  static const RuntimeKindOperations kOperations{
      // A program that is named without a slash comes from PATH and may be missing like any
      // runtime.
      [](const FunctionSpec& f) -> std::optional<std::string> {
        const std::string& program = f.command.front();
        if (program.find('/') != std::string::npos || !find_executable(program).empty()) {
          return std::nullopt;
        }
        return "needs " + program + ", which is not in PATH; install it or name its path";
      },
      [](const FunctionSpec&) { return std::vector<std::string>(); },
      [](const FunctionSpec& f) { return f.command; },
      nullptr,
  };
  return kOperations;
}

}  // namespace coldstart::harness
