// Runtime `node`: node [node_args] SCRIPT [args].
#include "harness/runtimes/runtime.h"

namespace coldstart::harness {

const RuntimeKindOperations& node_runtime() {
  static const RuntimeKindOperations kOperations{
      [](const FunctionSpec& f) -> std::optional<std::string> {
        if (!find_executable(f.interpreter).empty()) return std::nullopt;
        return lacks(f.interpreter, "nodejs");
      },
      [](const FunctionSpec& f) {
        return std::vector<std::string>{f.interpreter, "--version"};
      },
      [](const FunctionSpec& f) {
        std::vector<std::string> command = {f.interpreter};
        command.insert(command.end(), f.interpreter_args.begin(), f.interpreter_args.end());
        command.push_back(f.script.string());
        command.insert(command.end(), f.args.begin(), f.args.end());
        return command;
      },
      nullptr,
  };
  return kOperations;
}

}  // namespace coldstart::harness
