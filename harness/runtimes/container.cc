// Runtime `container`: an OCI bundle that we write, started in the foreground by crun or runc.
//
// The container has its own pid, mount, ipc and uts namespaces and a read-only root filesystem. It
// shares the host's network, so that its port is reachable on loopback and no bridge is measured by
// accident. Source of the format: OCI runtime specification 1.0, config.md and config-linux.md.
#include <fstream>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/runtimes/runtime.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

using nlohmann::json;

json mount(const std::string& destination, const std::string& type,
           const std::vector<std::string>& options) {
  return {{"destination", destination}, {"type", type}, {"source", type}, {"options", options}};
}

json bundle_config(const FunctionSpec& function, const LaunchContext& context) {
  const std::vector<std::string> environment = make_environment(function, context, false);
  const std::vector<std::string> capabilities = {"CAP_NET_BIND_SERVICE"};
  json namespaces = json::array();
  for (const char* type : {"pid", "mount", "ipc", "uts"}) namespaces.push_back({{"type", type}});
  json config = {
      {"ociVersion", "1.0.2"},
      {"hostname", "coldstart"},
      {"root", {{"path", function.rootfs.string()}, {"readonly", true}}},
      {"process",
       {{"terminal", false},
        {"user", {{"uid", 0}, {"gid", 0}}},
        {"args", function.command},
        {"env", environment},
        {"cwd", "/"},
        {"noNewPrivileges", true},
        {"capabilities",
         {{"bounding", capabilities}, {"effective", capabilities}, {"permitted", capabilities}}}}},
      {"mounts",
       json::array({mount("/proc", "proc", {"nosuid", "noexec", "nodev"}),
                    mount("/dev", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
                    mount("/tmp", "tmpfs", {"nosuid", "nodev", "mode=1777"})})},
      {"linux",
       {{"namespaces", namespaces},
        {"maskedPaths", {"/proc/kcore", "/proc/keys", "/proc/timer_list"}},
        {"readonlyPaths", {"/proc/sys", "/proc/irq", "/proc/bus"}}}},
  };
  if (!context.cgroup.empty()) config["linux"]["cgroupsPath"] = context.cgroup.string();
  return config;
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw Error(path.string(), "cannot be written", "is the disk full?");
}

void prepare(const FunctionSpec& function, const LaunchContext& context, LaunchPlan& plan) {
  const std::filesystem::path bundle =
      context.run_directory / "bundles" / function.name / std::to_string(context.slot);
  const std::filesystem::path state = context.run_directory / "state";
  std::error_code error;
  std::filesystem::create_directories(bundle, error);
  std::filesystem::create_directories(state, error);
  if (error) throw Error(bundle.string(), "cannot be created: " + error.message());
  write_file(bundle / "config.json", bundle_config(function, context).dump());

  const std::string engine = find_executable(function.engine);
  const std::string id = "coldstart-" + context.mark;
  plan.executable = engine;
  plan.arguments = {function.engine, "--root", state, "run", "--bundle", bundle, id};
  plan.cleanup = {engine, "--root", state, "delete", "--force", id};
  plan.cleanup_if_exists = state / id;
  plan.program = function.command.front();
  plan.rootfs = function.rootfs;
}

}  // namespace

const RuntimeKindOperations& container_runtime() {
  static const RuntimeKindOperations kOperations{
      [](const FunctionSpec& f) -> std::optional<std::string> {
        if (find_executable(f.engine).empty()) {
          return "needs " + f.engine + "; apt-get install " + f.engine;
        }
        if (::geteuid() != 0) return "starting a container needs root; run coldstart as root";
        return std::nullopt;
      },
      [](const FunctionSpec& f) {
        return std::vector<std::string>{f.engine, "--version"};
      },
      [](const FunctionSpec& f) {
        std::vector<std::string> command = {f.engine, "run"};
        command.insert(command.end(), f.command.begin(), f.command.end());
        return command;
      },
      prepare,
  };
  return kOperations;
}

}  // namespace coldstart::harness
