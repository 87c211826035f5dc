#include "probes/timeline_builder.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace coldstart::probes {
namespace {

class Builder {
 public:
  Builder(std::vector<Event> events, const HarnessView& view, const FindProgram& find,
          const std::vector<TierStatus>& tiers)
      : events_(std::move(events)), view_(view), find_(find), tiers_(tiers) {
    // CPUs reserve their records independently: the buffer's order is not the order of time.
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.raw.time_ns < b.raw.time_ns; });
  }

  BuiltTimeline run() {
    set(Boundary::kDue, view_.due_ns);
    if (view_.warm) {
      forget_the_start();
    } else {
      set(Boundary::kRequested, view_.requested_ns);
    }
    if (view_.responded_ns) set(Boundary::kResponded, *view_.responded_ns);
    if (view_.completed_ns) set(Boundary::kCompleted, *view_.completed_ns);
    unseen({Boundary::kResponded, Boundary::kCompleted}, "no answer came");

    if (const TierStatus* off = off_tier(TierId::kProcess)) {
      describe_blind_start(tier_text(*off));
    } else if (view_.warm) {
      find_socket();
    } else {
      find_launch();
      find_socket();
      find_program();
      find_loader();
      find_runtime();
    }
    drop_out_of_order();
    return {timeline_, serving_pid_, exec_ != nullptr ? exec_->raw.pid : 0, program_};
  }

 private:
  void set(Boundary b, std::int64_t at_ns) { timeline_.set(b, at_ns - view_.due_ns); }
  bool is_set(Boundary b) const { return timeline_[b].at_ns.has_value(); }
  // The first reason stands.
  void unseen(std::initializer_list<Boundary> boundaries, const std::string& reason) {
    for (Boundary b : boundaries) {
      const Mark& mark = timeline_[b];
      if (!mark.at_ns && mark.absence == Absence::kUnseen && mark.reason.empty()) {
        timeline_.set_unseen(b, reason);
      }
    }
  }
  void not_applicable(std::initializer_list<Boundary> boundaries, const std::string& reason) {
    for (Boundary b : boundaries) timeline_.set_not_applicable(b, reason);
  }

  const TierStatus* off_tier(TierId id) const {
    for (const TierStatus& tier : tiers_) {
      if (tier.id == id) return tier.on ? nullptr : &tier;
    }
    return nullptr;
  }
  static std::string tier_text(const TierStatus& tier) {
    return "tier " + std::string(name(tier.id)) + " is off: " + tier.reason;
  }

  void forget_the_start() {
    not_applicable(
        {Boundary::kRequested, Boundary::kForked, Boundary::kLaunched, Boundary::kExeced,
         Boundary::kLinked, Boundary::kEntered, Boundary::kRuntimeReady, Boundary::kListening},
        "the instance was warm");
    // The request that warmed it up may have had the same port on our side.
    std::erase_if(events_, [this](const Event& e) { return e.time_ns() < view_.due_ns; });
  }

  void no_socket() {
    not_applicable({Boundary::kListening, Boundary::kReceived, Boundary::kReplied},
                   "the contract has no socket");
  }

  void describe_blind_start(const std::string& reason) {
    if (!view_.listens) no_socket();
    unseen({Boundary::kForked, Boundary::kLaunched, Boundary::kExeced, Boundary::kLinked,
            Boundary::kEntered, Boundary::kRuntimeReady, Boundary::kListening, Boundary::kReceived,
            Boundary::kReplied},
           reason);
  }

  const Event* first(cs_event_kind kind, auto&& accept) const {
    for (const Event& event : events_) {
      if (event.kind() == kind && accept(event)) return &event;
    }
    return nullptr;
  }

  void find_launch() {
    const Event* fork = first(CS_FORK, [](const Event&) { return true; });
    if (fork == nullptr) {
      unseen({Boundary::kForked, Boundary::kLaunched}, "no process was seen to start");
      return;
    }
    set(Boundary::kForked, fork->time_ns());
    first_pid_ = fork->raw.value;
    const Event* exec = first(CS_EXEC, [&](const Event& e) { return e.raw.pid == first_pid_; });
    if (exec != nullptr) set(Boundary::kLaunched, exec->time_ns());
    unseen({Boundary::kLaunched}, "the first process executed nothing");
  }

  void find_socket() {
    if (!view_.listens) return no_socket();
    const auto is_ours = [&](const Event& e) {
      return e.raw.socket.local_port == view_.server_port &&
             e.raw.socket.remote_port == view_.client_port;
    };
    const Event* received = first(CS_RECEIVED, is_ours);
    const Event* listen = first(CS_LISTEN, [&](const Event& e) {
      return (view_.server_port == 0 || e.raw.socket.local_port == view_.server_port) &&
             !closed_before(e, received);
    });
    if (listen != nullptr) {
      set(Boundary::kListening, listen->time_ns());
      serving_pid_ = listen->raw.pid;
    }
    if (received != nullptr) {
      set(Boundary::kReceived, received->time_ns());
      serving_pid_ = received->raw.pid;
    }
    if (const Event* replied = first(CS_REPLIED, is_ours)) {
      set(Boundary::kReplied, replied->time_ns());
    }
    unseen({Boundary::kListening}, "no listening socket was seen");
    unseen({Boundary::kReceived}, "no read of the request was seen");
    unseen({Boundary::kReplied}, "no answer was seen to leave");
  }

  // A program may try its port first: a socket that was closed again is not the one that served.
  bool closed_before(const Event& listen, const Event* received) const {
    if (received == nullptr) return false;
    return first(CS_UNLISTEN, [&](const Event& e) {
             return e.raw.value == listen.raw.value && e.raw.time_ns > listen.raw.time_ns &&
                    e.raw.time_ns < received->raw.time_ns;
           }) != nullptr;
  }

  // The last exec of the serving process before it listened; if it never executed anything itself,
  // the last exec of its parent before the fork, and so on.
  const Event* exec_of_server() const {
    std::uint64_t limit =
        is_set(Boundary::kListening)
            ? static_cast<std::uint64_t>(*timeline_[Boundary::kListening].at_ns + view_.due_ns)
            : UINT64_MAX;
    auto pid = static_cast<std::uint32_t>(serving_pid_);
    // A cycle is impossible in one start unless pids were reused; the bound guards against that.
    for (std::size_t hops = 0; hops <= events_.size(); ++hops) {
      const Event* last = nullptr;
      const Event* fork = nullptr;
      for (const Event& e : events_) {
        if (e.kind() == CS_EXEC && e.raw.pid == pid && e.raw.time_ns <= limit) last = &e;
        // A worker may be forked after the socket listens.
        if (e.kind() == CS_FORK && e.raw.value == pid) fork = &e;
      }
      if (last != nullptr) return last;
      if (fork == nullptr) return nullptr;
      pid = fork->raw.pid;
      limit = std::min<std::uint64_t>(limit, fork->raw.time_ns);
    }
    return nullptr;
  }

  // Where nothing listens, the first process itself serves, or the program that it (a container
  // runtime) was asked to start.
  const Event* exec_of_command() const {
    const Event* own = nullptr;
    const Event* asked = nullptr;
    for (const Event& e : events_) {
      if (e.kind() != CS_EXEC) continue;
      if (view_.responded_ns && e.time_ns() > *view_.responded_ns) break;
      if (e.raw.pid == first_pid_) own = &e;
      if (!view_.program.empty() && e.name == view_.program) asked = &e;
    }
    return asked != nullptr ? asked : own;
  }

  void find_program() {
    if (!view_.listens) {
      exec_ = exec_of_command();
      if (exec_ != nullptr) serving_pid_ = exec_->raw.pid;
    } else if (serving_pid_ != 0) {
      exec_ = exec_of_server();
    }
    if (exec_ == nullptr) {
      unseen({Boundary::kExeced, Boundary::kLinked, Boundary::kEntered, Boundary::kRuntimeReady},
             "the serving process was not found");
      return;
    }
    set(Boundary::kExeced, exec_->time_ns());
    program_ = find_(key_of(*exec_));
  }

  // The event of that kind that the program caused between its exec and its readiness.
  const Event* after_exec(cs_event_kind kind) const {
    return first(kind, [&](const Event& e) {
      return e.raw.pid == exec_->raw.pid && e.raw.time_ns >= exec_->raw.time_ns;
    });
  }

  void find_loader() {
    if (exec_ == nullptr) return;
    if (const Event* linked = after_exec(CS_LINKED)) set(Boundary::kLinked, linked->time_ns());
    if (const Event* entered = after_exec(CS_ENTERED)) set(Boundary::kEntered, entered->time_ns());
    if (program_ != nullptr && !program_->dynamic) {
      not_applicable_unless_set(Boundary::kLinked, "static program");
    }
    if (program_ != nullptr && !program_->has_entry) {
      not_applicable_unless_set(Boundary::kEntered, "the program has no __libc_start_main");
    }
    if (const TierStatus* off = off_tier(TierId::kLoader)) {
      unseen({Boundary::kLinked, Boundary::kEntered}, tier_text(*off));
    }
    const std::string unknown = "the program was not examined before this start";
    unseen({Boundary::kLinked}, program_ == nullptr ? unknown : said(program_->linked_reason));
    unseen({Boundary::kEntered}, program_ == nullptr ? unknown : said(program_->entered_reason));
  }

  void find_runtime() {
    if (exec_ == nullptr) return;
    if (const Event* ready = after_exec(CS_RUNTIME_READY)) {
      set(Boundary::kRuntimeReady, ready->time_ns());
      return;
    }
    if (program_ != nullptr && !program_->has_runtime) {
      not_applicable_unless_set(Boundary::kRuntimeReady, "no language runtime");
      return;
    }
    if (const TierStatus* off = off_tier(TierId::kRuntime)) {
      unseen({Boundary::kRuntimeReady}, tier_text(*off));
    }
    unseen({Boundary::kRuntimeReady}, program_ == nullptr
                                          ? "the program was not examined before this start"
                                          : said(program_->runtime_reason));
  }

  static std::string said(const std::string& reason) {
    return reason.empty() ? "its probe did not fire" : reason;
  }
  void not_applicable_unless_set(Boundary b, const std::string& reason) {
    if (!is_set(b)) timeline_.set_not_applicable(b, reason);
  }

  void drop_out_of_order() {
    constexpr std::array kOrder = {
        Boundary::kRequested, Boundary::kForked,  Boundary::kLaunched,     Boundary::kExeced,
        Boundary::kLinked,    Boundary::kEntered, Boundary::kRuntimeReady, Boundary::kListening,
        Boundary::kReceived,  Boundary::kReplied, Boundary::kResponded,    Boundary::kCompleted};
    // What the harness saw at the end bounds everything before it, so go backwards.
    std::int64_t limit = INT64_MAX;
    for (std::size_t i = kOrder.size(); i > 0; --i) {
      const Boundary b = kOrder[i - 1];
      if (!is_set(b)) continue;
      const std::int64_t at = *timeline_[b].at_ns;
      if (at > limit || at < 0) {
        timeline_.set_unseen(b, "out of order: seen after a later boundary");
      } else {
        limit = at;
      }
    }
  }

  std::vector<Event> events_;
  const HarnessView& view_;
  const FindProgram& find_;
  const std::vector<TierStatus>& tiers_;
  Timeline timeline_;
  std::uint32_t first_pid_ = 0;
  std::int64_t serving_pid_ = 0;
  const Event* exec_ = nullptr;
  const Program* program_ = nullptr;
};

}  // namespace

BuiltTimeline build_timeline(std::vector<Event> events, const HarnessView& view,
                             const FindProgram& find, const std::vector<TierStatus>& tiers) {
  return Builder(std::move(events), view, find, tiers).run();
}

}  // namespace coldstart::probes
