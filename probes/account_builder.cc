#include "probes/account_builder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "probes/causes.h"
#include "probes/files_read.h"
#include "probes/process_tracks.h"
#include "probes/runtime_account.h"
#include "probes/sandbox_steps.h"

namespace coldstart::probes {
namespace {

class Builder {
 public:
  Builder(std::vector<Event> events, const HarnessView& view, const BuiltTimeline& built,
          const std::vector<TierStatus>& tiers, const KernelWait& kernel_wait,
          const CachedBytes& cached_bytes)
      : events_(std::move(events)),
        view_(view),
        built_(built),
        tiers_(tiers),
        kernel_wait_(kernel_wait),
        cached_bytes_(cached_bytes) {
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.raw.time_ns < b.raw.time_ns; });
  }

  Account run() {
    const auto phases = phases_of(built_.timeline);
    if (phases.empty()) return {};
    end_ns_ = view_.due_ns + phases.back().end_ns;
    const bool cpu = is_on(TierId::kCpu, "causes");
    const bool files = is_on(TierId::kFiles, "libraries");
    if (cpu) {
      activity_ = follow_threads(events_, view_.due_ns, end_ns_, kernel_wait_, view_.tracks);
      if (view_.tracks) {
        account_.processes = process_tracks(events_, activity_, view_.due_ns, end_ns_);
      }
      account_.causes = causes_of(activity_, built_.timeline, view_.due_ns);
      explain_unnamed_waits();
    }
    if (files) add_files();
    // Of a warm instance neither happened in what was measured.
    if (!view_.warm) {
      add_sandbox(cpu, files);
      add_runtime(files);
    }
    return std::move(account_);
  }

 private:
  bool is_on(TierId id, const std::string& part) {
    for (const TierStatus& tier : tiers_) {
      if (tier.id != id || tier.on) continue;
      account_.absent[part] = "tier " + std::string(name(id)) + " is off: " + tier.reason;
      return false;
    }
    return true;
  }

  // A wait that is called "kernel" may be all that there is to say, or all that we may know.
  void explain_unnamed_waits() {
    const auto cpu = std::find_if(tiers_.begin(), tiers_.end(), [](const TierStatus& tier) {
      return tier.id == TierId::kCpu && !tier.reason.empty();
    });
    const bool any =
        std::any_of(account_.causes.begin(), account_.causes.end(),
                    [](const PhaseCauses& c) { return c.time.waits.contains("kernel"); });
    if (cpu != tiers_.end() && any) account_.absent["kernel_waits"] = cpu->reason;
  }

  std::optional<std::int64_t> at(Boundary boundary) const {
    const auto& mark = built_.timeline[boundary];
    if (!mark.at_ns) return std::nullopt;
    return view_.due_ns + *mark.at_ns;
  }

  void add_files() {
    FilesView view{view_.due_ns, end_ns_, at(Boundary::kEntered), cached_bytes_};
    if (!view.entered_ns) view.entered_ns = at(Boundary::kLinked);
    FilesSeen seen = files_of(events_, view);
    account_.libraries = std::move(seen.libraries);
    // The one library that the program did not map itself.
    if (!view_.warm && built_.program != nullptr && built_.program->dynamic) {
      Library loader;
      loader.path = built_.program->interpreter;
      loader.bytes = built_.program->interpreter_bytes;
      loader.at_startup = true;
      if (cached_bytes_) {
        loader.cached_bytes =
            cached_bytes_(built_.program->interpreter_inode, built_.program->interpreter_device);
      }
      account_.libraries->insert(account_.libraries->begin(), std::move(loader));
    }
    account_.files = std::move(seen.files);
  }

  void add_sandbox(bool cpu, bool files) {
    const auto launched = at(Boundary::kLaunched);
    const auto execed = at(Boundary::kExeced);
    if (!launched || !execed || *launched == *execed) return;
    if (cpu && files) {
      account_.sandbox = sandbox_steps(events_, activity_, *launched, *execed);
    } else {
      account_.absent["sandbox"] = account_.absent[cpu ? "libraries" : "causes"];
    }
  }

  void add_runtime(bool files) {
    const auto ready = std::find_if(events_.begin(), events_.end(), [&](const Event& event) {
      return event.kind() == CS_RUNTIME_READY && event.raw.pid == built_.program_pid;
    });
    if (ready == events_.end()) {
      const bool has_runtime = built_.program != nullptr && built_.program->has_runtime;
      if (has_runtime) account_.absent["runtime"] = built_.timeline[Boundary::kRuntimeReady].reason;
      return;
    }
    const RuntimeView view{built_.program_pid,     at(Boundary::kExeced).value_or(0),
                           view_.due_ns,           end_ns_,
                           at(Boundary::kEntered), at(Boundary::kRuntimeReady)};
    switch (ready->raw.value) {
      case CS_RUNTIME_JVM:
        account_.jvm = jvm_account(events_, view);
        break;
      case CS_RUNTIME_PYTHON:
        if (built_.program != nullptr && built_.program->sees_imports) {
          account_.python = python_account(events_, view);
        } else {
          account_.absent["python"] = "this Python was built without USDT probes";
        }
        break;
      case CS_RUNTIME_NODE:
        if (files) account_.node = node_account(events_, view);
        if (!files) account_.absent["node"] = account_.absent["libraries"];
        break;
      default:
        break;
    }
  }

  std::vector<Event> events_;
  const HarnessView& view_;
  const BuiltTimeline& built_;
  const std::vector<TierStatus>& tiers_;
  const KernelWait& kernel_wait_;
  const CachedBytes& cached_bytes_;
  std::int64_t end_ns_ = 0;
  Activity activity_;
  Account account_;
};

}  // namespace

Account build_account(std::vector<Event> events, const HarnessView& view,
                      const BuiltTimeline& built, const std::vector<TierStatus>& tiers,
                      const KernelWait& kernel_wait, const CachedBytes& cached_bytes) {
  return Builder(std::move(events), view, built, tiers, kernel_wait, cached_bytes).run();
}

}  // namespace coldstart::probes
