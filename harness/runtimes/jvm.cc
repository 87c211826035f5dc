// Runtime `jvm`: java [jvm_args] -cp CLASSPATH MAIN [args], or java [jvm_args] -jar JAR [args].
#include "harness/runtimes/runtime.h"

namespace coldstart::harness {

const RuntimeKindOperations& jvm_runtime() {
  static const RuntimeKindOperations kOperations{
      [](const FunctionSpec& f) -> std::optional<std::string> {
        if (!find_executable(f.java).empty()) return std::nullopt;
        return lacks(f.java, "default-jre-headless");
      },
      [](const FunctionSpec& f) {
        return std::vector<std::string>{f.java, "-version"};
      },
      [](const FunctionSpec& f) {
        std::vector<std::string> command = {f.java};
        command.insert(command.end(), f.jvm_args.begin(), f.jvm_args.end());
        if (!f.classpath.empty()) {
          std::string joined;
          for (const auto& entry : f.classpath)
            joined += (joined.empty() ? "" : ":") + entry.string();
          command.insert(command.end(), {"-cp", joined});
        }
        if (!f.jar.empty()) {
          command.insert(command.end(), {"-jar", f.jar.string()});
        } else {
          command.push_back(f.main);
        }
        command.insert(command.end(), f.args.begin(), f.args.end());
        return command;
      },
      nullptr,
  };
  return kOperations;
}

}  // namespace coldstart::harness
