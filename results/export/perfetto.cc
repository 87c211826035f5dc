#include "results/export/perfetto.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/export/choose_starts.h"
#include "results/export/json_put.h"
#include "results/export/series.h"
#include "results/export/trace_events.h"
#include "results/export/trace_threads.h"
#include "results/report/cells.h"
#include "results/statistics/disturbed_starts.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

Json start_args(const Start& start, double time_scale) {
  Json args = {{"outcome", name(start.outcome)}, {"load", start.load},
               {"cache", start.cache},           {"trial", start.trial},
               {"due_ns", start.due_ns},         {"lost_events", start.lost_events}};
  if (time_scale != 1) args["time_scale"] = time_scale;
  if (is_disturbed(start.load, start.function)) args["disturbed"] = true;
  put(args, "message", start.message);
  put(args, "pid", start.pid);
  put(args, "port", start.port);
  put(args, "http_status", start.http_status);
  put(args, "cpu_time_ns", cpu_time_ns(start));
  if (const auto& jvm = start.account.jvm) {
    args["jvm"] = {{"classes", jvm->classes},           {"shared_classes", jvm->shared_classes},
                   {"compilations", jvm->compilations}, {"compile_ns", jvm->compile_ns},
                   {"collections", jvm->collections},   {"gc_ns", jvm->gc_ns}};
  }
  if (const auto& python = start.account.python) args["imports"] = python->imports;
  if (const auto& node = start.account.node) args["modules"] = node->modules;
  return args;
}

const PhaseCauses* causes_of(const Start& start, const std::string& phase) {
  for (const PhaseCauses& causes : start.account.causes) {
    if (causes.phase == phase) return &causes;
  }
  return nullptr;
}

std::vector<TraceSlice> phase_slices(const Start& start, double time_scale) {
  std::vector<TraceSlice> slices;
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    TraceSlice slice{span.name(), span.begin_ns, span.end_ns};
    std::string what;
    for (const Phase phase : span.phases) {
      what += (what.empty() ? "" : "; ") + std::string(description(phase));
    }
    slice.args["what"] = what;
    if (const PhaseCauses* causes = causes_of(start, slice.name)) {
      slice.args["cpu_time_ns"] = causes->cpu_time_ns;
      slice.args["context_switches"] = causes->context_switches;
      slice.args["minor_faults"] = causes->minor_faults;
      slice.args["major_faults"] = causes->major_faults;
      slice.args["read_bytes"] = causes->read_bytes;
    }
    slices.push_back(std::move(slice));
  }
  if (!slices.empty()) {
    slices.insert(slices.begin(), {"cold start", slices.front().begin_ns, slices.back().end_ns,
                                   start_args(start, time_scale)});
  }
  return slices;
}

std::vector<std::pair<std::string, std::int64_t>> boundary_instants(const Start& start) {
  std::vector<std::pair<std::string, std::int64_t>> instants;
  for (std::size_t i = 0; i < kBoundaryCount; ++i) {
    const auto& at_ns = start.timeline.marks[i].at_ns;
    if (at_ns) instants.emplace_back(name(static_cast<Boundary>(i)), *at_ns);
  }
  return instants;
}

// From one exec to the next: what ran.
std::vector<TraceSlice> exec_slices(const Start& start) {
  const auto at = [&](Boundary b) { return start.timeline[b].at_ns; };
  std::vector<TraceSlice> slices;
  const auto put = [&](const char* what, Boundary from, Boundary to) {
    if (at(from) && at(to) && *at(to) > *at(from)) slices.push_back({what, *at(from), *at(to)});
  };
  put("fork to exec", Boundary::kForked, Boundary::kLaunched);
  put("launcher of the sandbox", Boundary::kLaunched, Boundary::kExeced);
  const Boundary end = at(Boundary::kResponded) ? Boundary::kResponded : Boundary::kListening;
  put("the function's program", at(Boundary::kExeced) ? Boundary::kExeced : Boundary::kLaunched,
      end);
  return slices;
}

std::vector<TraceSlice> library_slices(const Start& start) {
  std::vector<TraceSlice> slices;
  if (!start.account.libraries) return slices;
  for (const Library& library : *start.account.libraries) {
    if (!library.mapped_ns && !library.opened_ns) continue;  // by the kernel, with the exec
    const std::int64_t end = library.mapped_ns ? *library.mapped_ns : *library.opened_ns;
    const std::int64_t begin = library.opened_ns ? std::min(*library.opened_ns, end) : end;
    TraceSlice slice{library.path, begin, end, {{"bytes", library.bytes}}};
    put(slice.args, "cached_bytes", library.cached_bytes);
    put(slice.args, "at_startup", library.at_startup);
    slices.push_back(std::move(slice));
  }
  return slices;
}

std::vector<TraceSlice> named_slices(const std::vector<NamedTime>& times) {
  std::vector<TraceSlice> slices;
  for (const NamedTime& time : times) {
    slices.push_back(
        {time.name, time.begin_ns, time.begin_ns + time.total_ns, {{"self_ns", time.self_ns}}});
  }
  return slices;
}

// The parts of a span, one after the other from its begin; returns where the last one ends.
std::int64_t lay_out(std::vector<TraceSlice>& slices, std::int64_t at_ns, const TimeSplit& split) {
  const auto put = [&](const std::string& what, std::int64_t ns) {
    if (ns <= 0) return;
    slices.push_back({what, at_ns, at_ns + ns});
    at_ns += ns;
  };
  put("on CPU", split.cpu_ns);
  put("waiting for a CPU", split.runnable_ns);
  put("disk", split.disk_ns);
  std::int64_t named = 0;
  for (const auto& [reason, ns] : split.waits) {
    put("wait: " + reason, ns);
    named += ns;
  }
  put("wait", split.wait_ns - named);
  return at_ns;
}

std::vector<TraceSlice> cause_slices(const Start& start) {
  std::vector<TraceSlice> slices;
  for (const PhaseSpan& span : phases_of(start.timeline)) {
    if (const PhaseCauses* causes = causes_of(start, span.name())) {
      lay_out(slices, span.begin_ns, causes->time);
    }
  }
  return slices;
}

std::vector<TraceSlice> sandbox_slices(const Start& start) {
  std::vector<TraceSlice> slices;
  const auto& launched = start.timeline[Boundary::kLaunched].at_ns;
  if (!start.account.sandbox || !launched) return slices;
  std::int64_t at_ns = *launched;
  for (const SandboxStep& step : *start.account.sandbox) {
    const std::int64_t end_ns = at_ns + step.time.total_ns();
    if (end_ns <= at_ns) continue;
    slices.push_back({step.name, at_ns, end_ns, {{"calls", step.calls}}});
    lay_out(slices, at_ns, step.time);
    at_ns = end_ns;
  }
  return slices;
}

std::vector<TraceSlice> jvm_slices(const Start& start) {
  const auto& jvm = start.account.jvm;
  const auto& ready = start.timeline[Boundary::kRuntimeReady].at_ns;
  if (!jvm || !jvm->init_begin_ns || !ready || *ready < *jvm->init_begin_ns) return {};
  return {{"virtual machine starts", *jvm->init_begin_ns, *ready}};
}

double time_scale_of(const Run& run, const std::string& load) {
  for (const Load& of : run.loads) {
    if (of.name == load) return of.time_scale;
  }
  return 1;
}

void put_start(Trace& trace, int number, const ChosenStart& chosen, double time_scale) {
  const Start& start = *chosen.start;
  const bool by_trial = chosen.why.starts_with("trial");
  const std::string which = fmt::format("{}: {} of {}, {}{}{}", start.function, chosen.why,
                                        load_title(start.load, start.function), start.cache,
                                        by_trial ? "" : fmt::format(" (trial {})", start.trial),
                                        time_scale_suffix(time_scale));
  TraceProcess tracks(trace, number, which);
  tracks.add("start and phases", "phase", phase_slices(start, time_scale));
  tracks.add_instants("boundaries", "boundary", boundary_instants(start));
  if (!start.account.processes) tracks.add("programs", "exec", exec_slices(start));
  tracks.add("libraries, from open to mapped", "library", library_slices(start));
  if (start.account.python) {
    tracks.add("Python imports", "import", named_slices(start.account.python->top));
  }
  if (start.account.node) {
    tracks.add("Node.js modules", "import", named_slices(start.account.node->top));
  }
  tracks.add("JVM", "runtime", jvm_slices(start));
  if (start.account.jvm && start.account.jvm->main_class_ns) {
    tracks.add_instants("application", "runtime",
                        {{"first class of the application", *start.account.jvm->main_class_ns}});
  }
  // Where the states of the threads are known, the totals say nothing more.
  if (!start.account.processes) {
    tracks.add("causes: totals of a phase, end to end", "cause", cause_slices(start));
  }
  tracks.add("sandbox: totals of its steps, end to end", "sandbox", sandbox_slices(start));
  put_processes(trace, start, which);
}

}  // namespace

std::string export_perfetto(const Run& run, const std::vector<std::string>& choices) {
  Trace trace;
  int number = 0;
  bool tracked = true;
  for (const ChosenStart& chosen : choose_starts(run, choices)) {
    put_start(trace, ++number, chosen, time_scale_of(run, chosen.start->load));
    tracked = tracked && chosen.start->account.processes.has_value();
  }
  Json about = {{"tool", tool_name(run)}, {"run", run.info.id}};
  put(about, "label", run.info.label);
  put(about, "suite", run.info.suite);
  put(about, "host", run.info.host.name);
  put(about, "kernel", run.info.host.kernel);
  if (!tracked) {
    about["threads"] = "not kept of every start; run with --tracks and with the probe tier cpu";
  }
  const Json document = {{"displayTimeUnit", "ns"},
                         {"otherData", std::move(about)},
                         {"traceEvents", std::move(trace.events)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
