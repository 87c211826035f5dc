#include "tests/results/sample_run.h"

#include <array>
#include <cmath>
#include <random>
#include <utility>

namespace coldstart::results::testing {
namespace {

constexpr std::int64_t kUs = 1'000;

/// Median lengths of the phases in µs, in the order of Phase; negative: there is no such phase.
struct Shape {
  std::string name;
  std::string runtime;
  std::array<double, kPhaseCount> us;
  bool runtime_seen = true;
};

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {
      {"cpp", "native", {4, 620, -1, 520, 60, -1, 240, 330, 60, 110}},
      {"cpp-static", "native", {4, 610, -1, -1, 30, -1, 230, 320, 55, 105}},
      {"cpp-crun", "container", {4, 1400, 12400, -1, 40, -1, 300, 340, 70, 120}},
      {"cpp-runc", "container", {4, 1900, 41800, -1, 40, -1, 320, 350, 80, 120}},
      {"cpp-crun-dynamic", "container", {4, 1400, 13600, 900, 80, -1, 300, 340, 70, 120}},
      {"java", "jvm", {5, 900, -1, 900, 300, 78000, 64000, 400, 14000, 300}},
      {"node", "node", {4, 800, -1, 2100, 1900, 0, 51000, 380, 2900, 200}, false},
      {"python", "python", {4, 700, -1, 900, 200, 0, 114000, 400, 1900, 200}, false},
  };
  return all;
}

Start start_of(const Shape& shape, int trial, std::mt19937_64& random) {
  // A machine that is slow now and then: a log-normal factor for the start, a smaller one for a
  // phase.
  std::normal_distribution<double> normal;
  const double slow = std::exp(0.04 * normal(random) + (trial % 17 == 0 ? 0.25 : 0));
  std::array<std::int64_t, kPhaseCount> ns{};
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (shape.us[i] > 0) {
      ns[i] = static_cast<std::int64_t>(shape.us[i] * kUs * slow * std::exp(0.06 * normal(random)));
    }
  }
  Start start;
  start.function = shape.name;
  start.trial = trial;
  start.pid = 1000 + trial;
  start.port = 40000 + trial;
  start.http_status = 200;
  Timeline& t = start.timeline;
  std::int64_t at = 0;
  t.set(Boundary::kDue, 0);
  t.set(Boundary::kRequested, at += ns[0]);
  t.set(Boundary::kForked, at + ns[1] / 3);
  t.set(Boundary::kLaunched, at += ns[1]);
  t.set(Boundary::kExeced, at += ns[2]);
  at += ns[3];
  if (shape.us[3] < 0) {
    t.set_not_applicable(Boundary::kLinked, "static program");
  } else {
    t.set(Boundary::kLinked, at);
  }
  t.set(Boundary::kEntered, at += ns[4]);
  at += ns[5];
  if (shape.us[5] < 0) {
    t.set_not_applicable(Boundary::kRuntimeReady, "no language runtime");
  } else if (!shape.runtime_seen) {
    t.set_unseen(Boundary::kRuntimeReady, "tier runtime has no milestone for " + shape.runtime);
  } else {
    t.set(Boundary::kRuntimeReady, at);
  }
  t.set(Boundary::kListening, at += ns[6]);
  t.set(Boundary::kReceived, at += ns[7]);
  t.set(Boundary::kReplied, at += ns[8]);
  t.set(Boundary::kResponded, at += ns[9]);
  t.set(Boundary::kCompleted, at + 20 * kUs);
  return start;
}

void fail(Start& start, Outcome outcome, std::string message) {
  start.outcome = outcome;
  start.message = std::move(message);
  start.http_status.reset();
  for (Boundary b :
       {Boundary::kReceived, Boundary::kReplied, Boundary::kResponded, Boundary::kCompleted}) {
    start.timeline.set_unseen(b, "it never answered");
  }
}

RunInfo info() {
  RunInfo info;
  info.label = "main@1a2b3c";
  info.suite = "hello-world";
  info.started_at = "2026-01-01T00:00:00Z";
  info.finished_at = "2026-01-01T00:01:40Z";
  info.seed = 18'446'744'073'709'551'615ULL;
  info.tool_version = "0.1.0";
  info.command_line = "coldstart run bench/suites/hello.yaml --seed 18446744073709551615";
  info.host = {
      "box", "6.18.0-amd64", "Debian GNU/Linux 12 (bookworm)", "AMD EPYC 7763 64-Core Processor",
      2,     8ULL << 30};
  info.tiers = {{"process", true, "", ""},
                {"loader", true, "", ""},
                {"runtime", true, "", ""},
                {"cpu", false, "needs CAP_SYS_ADMIN", "run as root"}};
  info.lost_events = 3;
  return info;
}

}  // namespace

Start plain_start(const std::string& function, int trial, std::int64_t latency_ns) {
  Start start;
  start.function = function;
  start.trial = trial;
  start.order = trial;
  start.instance = static_cast<std::uint64_t>(trial);
  constexpr std::array<Boundary, kPhaseCount> kEnds = {
      Boundary::kRequested, Boundary::kLaunched,     Boundary::kExeced,    Boundary::kLinked,
      Boundary::kEntered,   Boundary::kRuntimeReady, Boundary::kListening, Boundary::kReceived,
      Boundary::kReplied,   Boundary::kResponded};
  start.timeline.set(Boundary::kDue, 0);
  for (std::size_t i = 0; i < kEnds.size(); ++i) {
    start.timeline.set(kEnds[i], latency_ns * static_cast<std::int64_t>(i + 1) / 10);
  }
  start.timeline.set(Boundary::kForked, latency_ns * 3 / 20);
  start.timeline.set(Boundary::kCompleted, latency_ns);
  return start;
}

Function plain_function(const std::string& name) {
  return {name, "native", "http", {"/bin/" + name, "--port", "$PORT"}, "", std::nullopt,
          {},   {},       {}};
}

Run realistic_run(int starts) {
  coldstart::Run run;
  run.info = info();
  std::mt19937_64 random(42);
  for (const Shape& shape : shapes()) {
    Function function = plain_function(shape.name);
    function.runtime = shape.runtime;
    if (shape.runtime == "jvm") function.version = "openjdk 17.0.15";
    run.functions.push_back(std::move(function));
  }
  Function skipped = plain_function("gvisor");
  skipped.skipped = "needs `runsc`; apt-get install runsc";
  run.functions.push_back(skipped);
  std::int64_t due_ns = 1'000'000'000'000;
  int order = 0;
  for (int trial = 1; trial <= starts; ++trial) {
    for (const Shape& shape : shapes()) {
      Start start = start_of(shape, trial, random);
      start.order = ++order;
      start.instance = static_cast<std::uint64_t>(order);
      start.due_ns = due_ns += 250'000'000;
      if (shape.name == "node" && (trial == 5 || trial == 9)) {
        fail(start, Outcome::kTimeout, "no answer within 30 s");
      }
      if (shape.name == "java" && trial == 7) {
        fail(start, Outcome::kCrashed, "killed by signal 11");
        start.exit_signal = 11;
      }
      if (shape.name == "cpp" && trial == 11) start.lost_events = 3;
      run.starts.push_back(std::move(start));
    }
  }
  return run;
}

namespace {

// Each phase: most of it on the CPU, the sandbox mostly waiting, for RCU above all.
PhaseCauses causes_of(const PhaseSpan& span, bool from_disk) {
  const std::int64_t length = span.length_ns();
  const bool sandbox = span.name() == "sandbox";
  PhaseCauses causes;
  causes.phase = span.name();
  causes.time.runnable_ns = length / 50;
  causes.time.disk_ns = from_disk ? length / 4 : 0;
  causes.time.wait_ns = sandbox ? length / 2 : length / 10;
  causes.time.waits["futex"] = causes.time.wait_ns / 10;
  causes.time.waits["rcu"] = causes.time.wait_ns - causes.time.wait_ns / 10;
  causes.time.cpu_ns = length - causes.time.runnable_ns - causes.time.disk_ns - causes.time.wait_ns;
  causes.cpu_time_ns = causes.time.cpu_ns * 3 / 2;
  causes.context_switches = 12;
  causes.minor_faults = 1234;
  causes.major_faults = from_disk ? 7 : 0;
  causes.read_bytes = from_disk ? 4 << 20 : 0;
  return causes;
}

Account account_of(const Start& start) {
  const bool from_disk = start.cache == "disk";
  Account account;
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    account.causes.push_back(causes_of(span, from_disk));
  }
  account.libraries = std::vector<Library>{
      {"/lib64/ld-linux-x86-64.so.2", 210'968, std::nullopt, std::nullopt, 210'968, true},
      {"/lib/x86_64-linux-gnu/libc.so.6", 1'922'136, 900'000, 1'300'000, 1'922'136, true},
      {"/usr/lib/jvm/java-17-openjdk-amd64/lib/server/a-long-name/libjvm.so", 20'000'000, 1'400'000,
       2'500'000, from_disk ? 0 : 20'000'000, false}};
  account.files = FilesRead{212, 3'456'789, 1'234'567, {{"/app/app.jar", 40, 3'000'000, 900'000}}};
  if (start.function == "tool") {
    const std::int64_t half = phases_of(start.timeline)[2].length_ns() / 2;
    account.sandbox = std::vector<SandboxStep>{
        {"namespaces", 7, {half / 5, 0, 0, half - half / 5, {{"rcu", half - half / 5}}}},
        {"mounts", 31, {half, 0, 0, 0, {}}}};
  }
  if (start.function == "java") {
    account.jvm = JvmAccount{1'000'000, 467, 460, 2'000'000, true, 440, 312, 45'000'000, 0, 0};
  }
  if (start.function == "python") {
    account.absent["python"] = "tier runtime is off: needs CAP_SYS_ADMIN";
  }
  account.cache = CacheProof{12, 22'000'000, from_disk ? 0 : 22'000'000, true, ""};
  return account;
}

}  // namespace

Run accounted_run(int starts) {
  coldstart::Run run = plain_run({"tool", "java", "python"}, 2 * starts);
  run.functions[1].runtime = "jvm";
  for (Start& start : run.starts) {
    const bool from_disk = start.trial > starts;
    if (from_disk) {
      start.cache = "disk";
      for (Mark& mark : start.timeline.marks) {
        if (mark.at_ns) *mark.at_ns *= 3;
      }
    }
    start.account = account_of(start);
    if (start.function == "java" && start.trial == starts + 1) {
      start.account.cache->proven = false;
      start.account.cache->cached_bytes = 4096;
      start.account.cache->reason = "4 KiB of /app/app.jar stayed in the page cache";
    }
  }
  run.info.overheads = {sample_overhead("cpp", "all", 1.004),
                        sample_overhead("java", "process", 0.998)};
  return run;
}

Account full_account() {
  Account account;
  account.causes = {
      {"spawn", {11, 12, 13, 29, {{"launcher", 20}, {"rcu", 9}}}, 14, 15, 16, 17, 18},
      {"runtime+app", {21, 22, 23, 0, {}}, 24, 25, 26, 27, 28},
  };
  account.libraries = std::vector<Library>{
      {"/lib/libc.so.6", 1'900'000, 31, 32, 33, true},
      {"/lib64/ld-linux-x86-64.so.2", 200'000, std::nullopt, std::nullopt, std::nullopt, true},
      {"/lib/libplugin \"x\".so", 41, 42, 43, 0, false},
  };
  account.files = FilesRead{51, 52, 53, {{"/etc/hosts", 54, 55, 56}, {"/app.jar", 57, 58, 59}}};
  account.sandbox = std::vector<SandboxStep>{{"namespaces", 61, {62, 63, 64, 65, {{"rcu", 65}}}},
                                             {"own code", 0, {66, 0, 0, 0, {}}}};
  account.jvm = JvmAccount{71, 467, 460, 72, false, 450, 312, 73, 0, 74};
  account.python = PythonAccount{81, {{"http.server", 82, 83, 84}, {"socket", 85, 86, 87}}};
  account.node = NodeAccount{91, 92, {{"/app/server.js", 93, 94, 95}}};
  account.cache = CacheProof{101, 102, 103, false, "103 bytes are still in the page cache", 7, 8};
  account.absent = {{"gpu", "nobody looked"}, {"python", "no probe in this build"}};
  account.processes = std::vector<ProcessTrack>{
      {201,
       std::nullopt,
       5,
       950,
       {{"/usr/bin/crun", 6}, {"/proc/self/fd/7", 40}},
       {{201, "crun", {{5, ThreadState::kRunnable, ""}, {6, ThreadState::kCpu, ""}}, 950}}},
      {202,
       201,
       50,
       std::nullopt,
       {{"/app/server", 60}},
       {{202,
         "server",
         {{50, ThreadState::kCpu, ""},
          {70, ThreadState::kDisk, ""},
          {90, ThreadState::kWait, "futex"},
          {100, ThreadState::kWait, ""}},
         1000},
        {203, "", {{80, ThreadState::kRunnable, ""}, {85, ThreadState::kCpu, ""}}, 97}}},
  };
  return account;
}

StackProfile full_stacks() {
  StackProfile profile;
  profile.rate_hz = 1000;
  profile.stacks = {
      {"link", "hello", true, {"_start", "_dl_start", "do_lookup_x"}, 3, 3'000'000},
      {"app", "hello", true, {"_start", "main", "spin(int, char)"}, 4, 4'000'000},
      {"app", "hello", true, {"_start", "main", "read", "vfs_read_[k]"}, 1, 1'000'000},
      {"app",
       "hello",
       true,
       {"[callers unknown]", "[libfoo.so]", "int Main.f()_[j]"},
       1,
       1'000'000},
      {"app", "pool-1", false, {"clone3", "main", "sleeps", "schedule_[k]"}, 2, 20'000'499},
  };
  profile.taken = 11;
  profile.lost = 2;
  profile.cut = 1;
  profile.broken = 3;
  profile.unnamed = 5;
  profile.frames = 35;
  profile.notes = {"generated code has no names"};
  return profile;
}

Overhead sample_overhead(const std::string& what, const std::string& tiers, double ratio) {
  const Host host = info().host;
  return {"2026-01-01T00:00:00Z",
          host.name,
          host.kernel,
          host.cpu,
          host.cpus,
          "0.1.0",
          what,
          tiers,
          ratio,
          ratio - 0.0125,
          ratio + 0.1 / 3,
          200,
          2'530'000,
          2'541'000};
}

Start full_start(const std::string& function, int trial) {
  Start start = plain_start(function, trial, 10'000'000);
  start.cache = "disk";
  start.due_ns = 123'456'789'012'345;
  start.outcome = Outcome::kBadResponse;
  start.message = "HTTP 500: \"it's broken\" \xC3\xBC";
  start.timeline.set_not_applicable(Boundary::kLinked, "static program");
  start.timeline.set_unseen(Boundary::kRuntimeReady, "tier runtime is off: needs CAP_SYS_ADMIN");
  start.timeline.set_unseen(Boundary::kForked, "");
  start.lost_events = 2;
  start.readiness_poll_ns = 200'000;
  start.connect_retries = 0;
  start.pid = 4711;
  start.port = 8080;
  start.http_status = 500;
  start.exit_status = 0;
  start.exit_signal = 9;
  start.account = full_account();
  start.stacks = full_stacks();
  return start;
}

Run plain_run(const std::vector<std::string>& names, int starts) {
  coldstart::Run run;
  run.info = info();
  for (const std::string& name : names) run.functions.push_back(plain_function(name));
  int order = 0;
  for (int trial = 1; trial <= starts; ++trial) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      Start start = plain_start(names[i], trial,
                                1'000'000 * static_cast<std::int64_t>(i + 1) + trial * 1'000);
      start.order = ++order;
      start.instance = static_cast<std::uint64_t>(order);
      run.starts.push_back(std::move(start));
    }
  }
  return run;
}

coldstart::Run run_with_disturbed_pairs() {
  constexpr int kPairs = 20;
  coldstart::Run run = plain_run({"cpp@baseline", "cpp@candidate"}, 0);
  const auto add = [&](const std::string& load, int trial, std::int64_t latency_ns) {
    for (const Function& function : run.functions) {
      Start& start = run.starts.emplace_back(plain_start(function.name, trial, latency_ns));
      start.load = load;
      start.order = static_cast<int>(run.starts.size());
      start.instance = run.starts.size();
    }
  };
  add("disturbed", 1, 9'000'000);
  for (int trial = 1; trial <= kPairs; ++trial) {
    add("cold", trial, 1'000'000 + 1000 * trial);
    if (trial == kPairs / 2) add("disturbed", 2, 8'000'000);
  }
  return run;
}

coldstart::Run tracked_run() {
  coldstart::Run run = plain_run({"f"}, 1);
  run.starts[0] = plain_start("f", 1, 1'000'000);
  ThreadTrack shell{700,
                    "sh",
                    {{100, ThreadState::kRunnable, ""},
                     {150, ThreadState::kCpu, ""},
                     {300, ThreadState::kWait, "child"}},
                    1'000'000};
  ThreadTrack main{
      701,
      "server",
      {{200, ThreadState::kCpu, ""}, {500, ThreadState::kDisk, ""}, {600, ThreadState::kCpu, ""}},
      1'000'000};
  ThreadTrack worker{702, "", {{400, ThreadState::kRunnable, ""}}, 900};
  run.starts[0].account.processes = std::vector<ProcessTrack>{
      {700, std::nullopt, 100, std::nullopt, {{"/bin/sh", 120}}, {shell}},
      {701, 700, 200, std::nullopt, {{"/app/server", 250}}, {main, worker}}};
  return run;
}

}  // namespace coldstart::results::testing
