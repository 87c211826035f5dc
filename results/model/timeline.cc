#include "results/model/timeline.h"

#include <functional>
#include <mutex>
#include <set>

namespace coldstart {
namespace {

constexpr std::array<std::string_view, kBoundaryCount> kBoundaryNames = {
    "due",           "requested", "forked",   "launched", "execed",    "linked",   "entered",
    "runtime_ready", "listening", "received", "replied",  "responded", "completed"};

constexpr std::array<std::string_view, kPhaseCount> kPhaseNames = {
    "queue", "spawn", "sandbox", "link", "init", "runtime", "app", "connect", "handle", "reply"};

constexpr std::array<std::string_view, kPhaseCount> kPhaseDescriptions = {
    "the request waits for the dispatcher",
    "fork and first exec of the instance",
    "container runtime, wrapper scripts and re-execs before the program itself",
    "the dynamic loader maps and relocates the libraries",
    "constructors of libraries run",
    "the language runtime starts",
    "the program starts and opens its socket",
    "the request travels to the function",
    "the function works on its first request",
    "the answer travels to the client"};

// The boundaries that delimit phases: phase i lies between kDelimiters[i] and kDelimiters[i + 1].
constexpr std::array<Boundary, kPhaseCount + 1> kDelimiters = {
    Boundary::kDue,      Boundary::kRequested, Boundary::kLaunched,     Boundary::kExeced,
    Boundary::kLinked,   Boundary::kEntered,   Boundary::kRuntimeReady, Boundary::kListening,
    Boundary::kReceived, Boundary::kReplied,   Boundary::kResponded};

// Which phase does not exist when a boundary is not applicable. Before the program listens it is
// the phase that ends there (no linking, no constructors, no runtime); from then on the phase that
// begins there (nothing to connect to, no request to handle, no answer to carry).
std::optional<Phase> phase_owned_by(Boundary b) {
  switch (b) {
    case Boundary::kExeced:
      return Phase::kSandbox;
    case Boundary::kLinked:
      return Phase::kLink;
    case Boundary::kEntered:
      return Phase::kInit;
    case Boundary::kRuntimeReady:
      return Phase::kRuntime;
    case Boundary::kListening:
      return Phase::kConnect;
    case Boundary::kReceived:
      return Phase::kHandle;
    case Boundary::kReplied:
      return Phase::kReply;
    default:
      return std::nullopt;
  }
}

template <typename E, std::size_t N>
std::optional<E> from_name(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Boundary boundary) {
  return kBoundaryNames.at(static_cast<std::size_t>(boundary));
}
std::optional<Boundary> boundary_from_name(std::string_view text) {
  return from_name<Boundary>(kBoundaryNames, text);
}
std::string_view name(Phase phase) { return kPhaseNames.at(static_cast<std::size_t>(phase)); }
std::optional<Phase> phase_from_name(std::string_view text) {
  return from_name<Phase>(kPhaseNames, text);
}
std::string_view description(Phase phase) {
  return kPhaseDescriptions.at(static_cast<std::size_t>(phase));
}

Reason::Reason(std::string_view text) {
  if (text.empty()) return;
  static std::mutex mutex;
  // Not destroyed: a start that is static may outlive it.
  static auto& kept = *new std::set<std::string, std::less<>>();
  const std::lock_guard lock(mutex);
  auto found = kept.find(text);
  if (found == kept.end()) found = kept.emplace(text).first;
  kept_ = &*found;
}

const std::string& Reason::text() const {
  static const auto& none = *new std::string();
  return kept_ ? *kept_ : none;
}

void Timeline::set(Boundary b, std::int64_t at_ns) { (*this)[b] = Mark{at_ns, Absence::kNone, {}}; }
void Timeline::set_not_applicable(Boundary b, Reason reason) {
  (*this)[b] = Mark{std::nullopt, Absence::kNotApplicable, reason};
}
void Timeline::set_unseen(Boundary b, Reason reason) {
  (*this)[b] = Mark{std::nullopt, Absence::kUnseen, reason};
}

std::string PhaseSpan::name() const {
  std::string joined;
  for (Phase phase : phases) {
    if (!joined.empty()) joined += '+';
    joined += coldstart::name(phase);
  }
  return joined;
}

std::vector<PhaseSpan> phases_of(const Timeline& timeline) {
  std::array<bool, kPhaseCount> exists;
  exists.fill(true);
  for (Boundary b : kDelimiters) {
    if (timeline[b].absence != Absence::kNotApplicable) continue;
    if (auto owned = phase_owned_by(b)) exists[static_cast<std::size_t>(*owned)] = false;
  }
  if (timeline[Boundary::kRequested].absence == Absence::kNotApplicable) {
    // Nothing was started: the request travels from the moment it is due.
    for (std::size_t i = 0; i < kPhaseCount; ++i)
      exists[i] = kDelimiters[i] >= Boundary::kListening;
  }
  const Mark& launched = timeline[Boundary::kLaunched];
  if (launched.at_ns && launched.at_ns == timeline[Boundary::kExeced].at_ns) {
    exists[static_cast<std::size_t>(Phase::kSandbox)] = false;
  }

  std::vector<PhaseSpan> spans;
  PhaseSpan open;
  open.begin_ns = timeline[Boundary::kDue].at_ns.value_or(0);
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (exists[i]) open.phases.push_back(static_cast<Phase>(i));
    const Mark& end = timeline[kDelimiters[i + 1]];
    if (!end.at_ns || open.phases.empty()) continue;
    open.end_ns = *end.at_ns;
    spans.push_back(open);
    open = PhaseSpan{{}, spans.back().end_ns, 0};
  }
  return spans;
}

std::optional<std::int64_t> latency_ns(const Timeline& timeline) {
  return timeline[Boundary::kResponded].at_ns;
}

}  // namespace coldstart
