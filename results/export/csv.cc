#include "results/export/csv.h"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/statistics/load_summary.h"

namespace coldstart::results {
namespace {

class CsvWriter {
 public:
  CsvWriter& operator<<(std::string_view text) {
    separate();
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      text_ += text;
      return *this;
    }
    text_ += '"';
    for (const char c : text) {
      if (c == '"') text_ += '"';
      text_ += c;
    }
    text_ += '"';
    return *this;
  }
  CsvWriter& operator<<(bool value) { return *this << std::string_view(value ? "true" : "false"); }
  template <std::integral T>
  CsvWriter& operator<<(T value) {
    separate();
    text_ += std::to_string(value);
    return *this;
  }
  template <typename T>
  CsvWriter& operator<<(const std::optional<T>& value) {
    return value ? *this << *value : *this << std::string_view();
  }
  void end_row() {
    text_ += "\r\n";
    first_ = true;
  }
  std::string take() { return std::move(text_); }

 private:
  void separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  std::string text_;
  bool first_ = true;
};

void header(CsvWriter& csv, const std::vector<std::string_view>& names) {
  for (const std::string_view column : names) csv << column;
  csv.end_row();
}

std::string factor(double time_scale) { return fmt::format("{:g}", time_scale); }

// Empty where the run has no such load (a pair that was not judged).
std::string time_scale_of(const Run& run, const std::string& load) {
  const auto found = std::ranges::find(run.loads, load, &Load::name);
  return found == run.loads.end() ? std::string() : factor(found->time_scale);
}

// Which start it is: the first columns of starts and of phases.
void identity(CsvWriter& csv, const Run& run, const Start& start) {
  csv << run.info.id << run.info.label << start.function << start.load << start.cache << start.trial
      << start.order << start.instance << name(start.outcome) << start.usable();
}

std::string starts_csv(const Run& run) {
  CsvWriter csv;
  for (const std::string_view column :
       {"run_id", "run_label", "function", "load", "cache", "trial", "order", "instance", "outcome",
        "usable", "latency_ns", "cpu_time_ns", "due_ns"}) {
    csv << column;
  }
  for (std::size_t i = 1; i < kBoundaryCount; ++i) {
    csv << std::string(name(static_cast<Boundary>(i))) + "_ns";
  }
  header(csv, {"lost_events", "readiness_poll_ns", "connect_retries", "pid", "port", "http_status",
               "exit_status", "exit_signal", "in_flight", "message", "time_scale"});
  for (const Start& start : run.starts) {
    identity(csv, run, start);
    std::optional<std::int64_t> cpu_time;
    for (const PhaseCauses& causes : start.account.causes) {
      cpu_time = cpu_time.value_or(0) + causes.cpu_time_ns;
    }
    csv << latency_ns(start.timeline) << cpu_time << start.due_ns;
    for (std::size_t i = 1; i < kBoundaryCount; ++i) csv << start.timeline.marks[i].at_ns;
    csv << start.lost_events << start.readiness_poll_ns << start.connect_retries << start.pid
        << start.port << start.http_status << start.exit_status << start.exit_signal
        << start.in_flight << start.message << time_scale_of(run, start.load);
    csv.end_row();
  }
  return csv.take();
}

const PhaseCauses* causes_of(const Start& start, const std::string& phase) {
  for (const PhaseCauses& causes : start.account.causes) {
    if (causes.phase == phase) return &causes;
  }
  return nullptr;
}

std::string phases_csv(const Run& run) {
  CsvWriter csv;
  header(csv, {"run_id",
               "run_label",
               "function",
               "load",
               "cache",
               "trial",
               "order",
               "instance",
               "outcome",
               "usable",
               "phase",
               "begin_ns",
               "length_ns",
               "cpu_ns",
               "runnable_ns",
               "disk_ns",
               "wait_ns",
               "cpu_time_ns",
               "context_switches",
               "minor_faults",
               "major_faults",
               "read_bytes",
               "time_scale"});
  for (const Start& start : run.starts) {
    const std::string time_scale = time_scale_of(run, start.load);
    for (const PhaseSpan& span : phases_of(start.timeline)) {
      const std::string phase = span.name();
      identity(csv, run, start);
      csv << phase << span.begin_ns << span.length_ns();
      if (const PhaseCauses* causes = causes_of(start, phase)) {
        csv << causes->time.cpu_ns << causes->time.runnable_ns << causes->time.disk_ns
            << causes->time.wait_ns << causes->cpu_time_ns << causes->context_switches
            << causes->minor_faults << causes->major_faults << causes->read_bytes;
      } else {
        constexpr int kCauses = 9;
        for (int i = 0; i < kCauses; ++i) csv << std::string_view();
      }
      csv << time_scale;
      csv.end_row();
    }
  }
  return csv.take();
}

// Of a request or an instance under load.
template <typename T>
void load_identity(CsvWriter& csv, const Run& run, const T& of) {
  csv << run.info.id << run.info.label << run.functions.at(of.function).name
      << run.loads.at(of.load).name;
}

std::string instances_csv(const Run& run) {
  CsvWriter csv;
  header(csv, {"run_id", "run_label", "function", "load", "instance", "requested_ns", "ready_ns",
               "ended_ns", "ended_by", "invocations", "peak_memory_bytes", "time_scale"});
  for (const InstanceLife& life : run.instances) {
    load_identity(csv, run, life);
    csv << life.instance << life.requested_ns << life.ready_ns << life.ended_ns << life.end
        << life.invocations << life.peak_memory_bytes << factor(run.loads[life.load].time_scale);
    csv.end_row();
  }
  return csv.take();
}

std::string invocations_csv(const Run& run) {
  CsvWriter csv;
  std::vector<std::int64_t> warmups;
  for (const Load& load : run.loads) warmups.push_back(warmup_ns(load));
  header(csv,
         {"run_id", "run_label", "function", "load", "instance", "cold", "outcome", "due_ns",
          "sent_ns", "first_byte_ns", "done_ns", "message", "warmup", "time_scale", "work_ns"});
  for (const Invocation& invocation : run.invocations) {
    load_identity(csv, run, invocation);
    // 0: it never got one.
    if (invocation.instance == 0) {
      csv << std::string_view();
    } else {
      csv << invocation.instance;
    }
    csv << invocation.cold << name(invocation.outcome) << invocation.due_ns << invocation.sent_ns
        << invocation.first_byte_ns << invocation.done_ns << invocation.message
        << (invocation.due_ns < warmups[invocation.load])
        << factor(run.loads[invocation.load].time_scale) << invocation.work_ns;
    csv.end_row();
  }
  return csv.take();
}

}  // namespace

std::string export_csv(const Run& run, CsvRows rows) {
  switch (rows) {
    case CsvRows::kStarts:
      return starts_csv(run);
    case CsvRows::kPhases:
      return phases_csv(run);
    case CsvRows::kInvocations:
      return invocations_csv(run);
    case CsvRows::kInstances:
      return instances_csv(run);
  }
  return {};
}

}  // namespace coldstart::results
