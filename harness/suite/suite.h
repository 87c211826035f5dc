// A suite: what is to be measured, read from YAML and validated as a whole before anything starts.
//
// Every key is documented in suite.schema.json (shipped, editors complete from it); the tests hold
// the parser against that schema.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/load_spec.h"
#include "results/model/record.h"

namespace coldstart::harness {

/// How a function is started.
enum class RuntimeKind : std::uint8_t { kNative, kContainer, kJvm, kNode, kPython, kCommand };
std::string_view name(RuntimeKind kind);

/// How a request reaches a function.
enum class ContractKind : std::uint8_t {
  kHttp,  ///< it listens on $PORT and answers HTTP/1.1
  kExec,  ///< it runs to its end; its first byte on standard output, or its exit, is the response
};
std::string_view name(ContractKind kind);

/// What is cold when a function starts.
enum class CacheState : std::uint8_t {
  kDisk,       ///< the files that it touches are not in the page cache
  kPageCache,  ///< they are
  kWarm,       ///< nothing: the instance lives and has answered before (contract http)
};
std::string_view name(CacheState state);
std::optional<CacheState> cache_state_from_name(std::string_view text);
/// "disk, page-cache, warm", for messages.
std::string cache_state_names();

/// One function of a suite, with the suite's defaults applied and all paths absolute.
struct FunctionSpec {
  std::string name;
  RuntimeKind runtime = RuntimeKind::kNative;
  ContractKind contract = ContractKind::kHttp;
  std::map<std::string, std::string> env;  ///< added to the environment that coldstart itself has
  std::filesystem::path directory;         ///< working directory of the function
  int trials = 30;                         ///< in each cache state
  std::vector<CacheState> caches = {CacheState::kPageCache};  ///< measured in each of them
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds stop_timeout = std::chrono::seconds(1);  ///< SIGTERM to SIGKILL

  // contract http
  std::string path = "/";              ///< what is requested
  std::optional<int> port;             ///< a fixed port; absent: a free one is offered in $PORT
  std::optional<int> expected_status;  ///< absent: any status below 500

  // runtime native, command and container: the program and its arguments. A program without a slash
  // is looked up in PATH (container: inside the root filesystem, always absolute).
  std::vector<std::string> command;

  // runtime container
  std::string engine;            ///< "crun", "runc"
  std::filesystem::path rootfs;  ///< directory that becomes the container's root, read-only

  // runtime jvm: java [jvm_args] -cp classpath main [args], or -jar jar [args]
  std::string java = "java";
  std::string main;
  std::filesystem::path jar;
  std::vector<std::filesystem::path> classpath;
  std::vector<std::string> jvm_args;

  // runtime node:   node [node_args] script [args]
  // runtime python: python3 [python_args] script [args]
  std::string interpreter;  ///< "node", "python3" or a path
  std::filesystem::path script;
  std::string module;  ///< python: `-m module` instead of a script
  std::vector<std::string> interpreter_args;

  std::vector<std::string> args;  ///< jvm, node, python: arguments of the program

  PlatformSpec platform;  ///< under loads that are not `cold`
  Limits limits;          ///< of each instance, whatever the load
  std::string sweep_of;   ///< see Function::sweep_of
  std::string sweep_key;
};

struct Suite {
  std::string name;
  std::filesystem::path file;
  std::vector<FunctionSpec> functions;
  std::vector<LoadSpec> loads;
};

/// Reads and validates a suite file. Relative paths in it are relative to the folder of the file,
/// or to the key `root` (itself relative to that folder) where it is given. Throws Error with *all*
/// errors of the file, a line each: `file:line:column: what; what to do`. A program or rootfs that
/// does not exist is an error; a runtime that this machine lacks (no `java`, no `crun`) is not: the
/// function is skipped later, with a reason. `chosen`: names of the functions whose files are
/// looked at, because only these will be started; empty: all.
Suite read_suite(const std::filesystem::path& file, const std::vector<std::string>& chosen = {});

/// Same, from text; `file` is for messages and relative paths.
Suite parse_suite(const std::string& yaml, const std::filesystem::path& file,
                  const std::vector<std::string>& chosen = {});

/// "30s", "250ms", "2m", "10us", "1h": a number and a unit. Empty optional: not a duration.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Whether a text can be the path of a request: begins with '/', and nothing in it but printable
/// ASCII.
bool is_request_path(std::string_view text);

/// The longest that a timeout may be.
inline constexpr std::chrono::hours kLongestTimeout{24};

}  // namespace coldstart::harness
