// Runtime `python`: python3 [python_args] SCRIPT [args], or python3 [python_args] -m MODULE [args].
#include "harness/runtimes/runtime.h"

namespace coldstart::harness {

const RuntimeKindOperations& python_runtime() {
  static const RuntimeKindOperations kOperations{
      [](const FunctionSpec& f) -> std::optional<std::string> {
        if (!find_executable(f.interpreter).empty()) return std::nullopt;
        return lacks(f.interpreter, "python3");
      },
      [](const FunctionSpec& f) {
        return std::vector<std::string>{f.interpreter, "--version"};
      },
      [](const FunctionSpec& f) {
        std::vector<std::string> command = {f.interpreter};
        command.insert(command.end(), f.interpreter_args.begin(), f.interpreter_args.end());
        if (f.module.empty()) {
          command.push_back(f.script.string());
        } else {
          command.insert(command.end(), {"-m", f.module});
        }
        command.insert(command.end(), f.args.begin(), f.args.end());
        return command;
      },
      nullptr,
  };
  return kOperations;
}

}  // namespace coldstart::harness
