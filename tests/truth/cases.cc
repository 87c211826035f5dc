#include "tests/truth/cases.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/harness/platform/rig.h"

namespace coldstart::truth {
namespace {

using harness::FunctionSpec;
using harness::RuntimeKind;

std::string program(const std::string& name) { return COLDSTART_BINARY_DIR "/tests/truth/" + name; }

FunctionSpec native(const std::string& name, std::vector<std::string> arguments = {}) {
  return harness::native(program(name), std::move(arguments));
}

// The hooks are what the wrapper around the engine adds to the bundle: coldstart itself knows none.
FunctionSpec container(const std::string& engine, std::vector<std::string> command = {}) {
  FunctionSpec function = harness::native("/plain-static");
  if (!command.empty()) function.command = std::move(command);
  function.name = engine;
  function.runtime = RuntimeKind::kContainer;
  function.engine = program("engine");
  function.env["TRUTH_ENGINE"] = engine;
  function.rootfs = program("rootfs");
  // The first process of a container ignores SIGTERM unless it has a handler.
  function.stop_timeout = std::chrono::milliseconds(10);
  return function;
}

// A runtime is not ours to link: between which moments it is linked and entered, a library tells
// that is preloaded.
void preload_moments(FunctionSpec& function) {
  function.env["LD_PRELOAD"] = program("libmoments.so");
}

FunctionSpec jvm(const std::string& main) {
  FunctionSpec function = harness::native(main);
  function.runtime = RuntimeKind::kJvm;
  function.main = main;
  function.classpath = {program("java")};
  function.jvm_args = {"-agentpath:" + program("libagent.so")};
  preload_moments(function);
  return function;
}

FunctionSpec python() {
  FunctionSpec function = harness::native("python3");
  function.runtime = RuntimeKind::kPython;
  function.interpreter = "/usr/bin/python3";
  function.script = program("python/server.py");
  function.env["PYTHONPATH"] = program("python");
  preload_moments(function);
  return function;
}

std::vector<Case> make_cases() {
  using K = DelayKind;
  // Where a phase begins with an exec, or with what a runtime does before any code of ours, the
  // delay is so long that 1 % of it bears how those vary.
  std::vector<Case> all = {
      {"launcher_is_stopped", native("plain"), Phase::kSpawn, K::kStoppedLauncher, 40, false},
      {"exec_is_held", native("plain"), Phase::kSpawn, K::kHeldExec, 40, false},
      {"relocation_sleeps", native("plain"), Phase::kLink, K::kSleep, 40, false},
      {"relocation_of_200_libraries_sleeps", native("many-libraries"), Phase::kLink, K::kSleep, 200,
       false},
      {"constructor_sleeps", native("plain"), Phase::kInit},
      {"constructor_spins", native("plain"), Phase::kInit, K::kSpin},
      {"start_sleeps", native("plain")},
      {"start_spins", native("plain"), Phase::kApp, K::kSpin},
      {"start_reads_cold_file", native("plain"), Phase::kApp, K::kRead},
      {"accept_sleeps", native("plain"), Phase::kConnect},
      {"handler_sleeps", native("plain"), Phase::kHandle},
      {"handler_spins", native("plain"), Phase::kHandle, K::kSpin},
      {"wrapper_that_execs_sleeps", native("wrapper.sh", {program("plain")}), Phase::kSandbox,
       K::kSleep, 100, false},
      {"wrapper_that_stays_sleeps", native("wrapper-noexec.sh", {program("plain")}),
       Phase::kSandbox, K::kSleep, 100, false},
      // What becomes the server logs its last moment before, so that it is seen whether that exec,
      // and no earlier event, is the end of `sandbox`.
      {"wrapper_of_wrapper_sleeps",
       native("wrapper.sh", {program("become-static"), program("plain")}), Phase::kSandbox,
       K::kSleep, 100, false},
      {"relocation_of_wrapper_sleeps", native("slow-wrapper", {program("plain")}), Phase::kSandbox,
       K::kSleep, 40, false},
      {"re_exec_sleeps_twice", native("re-exec"), Phase::kSandbox, K::kSleep, 40, false, 2},
      {"worker_sleeps", native("prefork"), Phase::kHandle},
      {"worker_spins", native("prefork"), Phase::kHandle, K::kSpin},
      {"thread_sleeps_at_start", native("thread")},
      {"thread_sleeps_in_handler", native("thread"), Phase::kHandle},
      {"child_sleeps_at_start", native("child")},
      {"child_sleeps_in_handler", native("child"), Phase::kHandle},
      {"python_import_sleeps", python(), Phase::kApp, K::kSleep, 100, false},
      {"python_site_sleeps", python(), Phase::kRuntime, K::kSleep, 100, false},
      {"jvm_agent_sleeps", jvm("SlowStart"), Phase::kRuntime, K::kSleep, 400, false},
      {"jvm_initialiser_sleeps", jvm("SlowStart"), Phase::kApp, K::kSleep, 400, false, 1, "futex"},
      {.name = "jvm_loads_2000_classes",
       .function = jvm("ManyClasses"),
       .phase = Phase::kApp,
       .kind = K::kWork,
       .delay_ms = 1,
       .seen = false,
       .changes_what_follows = true},
      {"crun_hook_sleeps", container("crun"), Phase::kSandbox, K::kSleep, 100, false},
      {"runc_hook_sleeps", container("runc"), Phase::kSandbox, K::kSleep, 100, false},
      {"crun_entry_point_execs", container("crun", {"/become-static", "/plain-static"}),
       Phase::kSandbox, K::kSleep, 100, false},
      {"runc_entry_point_execs", container("runc", {"/become-static", "/plain-static"}),
       Phase::kSandbox, K::kSleep, 100, false},
  };
  for (const char* way : {"write", "writev", "sendto", "sendmsg", "sendfile", "io_uring"}) {
    all.push_back({std::string("answer_by_") + way, native("answers-by", {way}), Phase::kHandle,
                   K::kSleep, 20});
  }
  return all;
}

}  // namespace

const std::vector<Case>& cases() {
  static const std::vector<Case> all = make_cases();
  return all;
}

const Case& case_named(const std::string& name) {
  for (const Case& each : cases()) {
    if (each.name == name) return each;
  }
  std::fprintf(stderr, "there is no truth case '%s'\n", name.c_str());
  std::abort();
}

}  // namespace coldstart::truth
