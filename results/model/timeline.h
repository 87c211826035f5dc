// The timeline of one cold start: boundaries, and the phases between them.
//
// One clock, CLOCK_MONOTONIC, and one ordered list of boundaries. A phase is the time between two
// neighbouring boundaries and nothing else, so phases add up to the latency (due -> responded)
// exactly.
//
// A boundary that has no time is never zero. It is one of two things:
//   * not applicable: this start has no such moment (a static program is never linked; the `exec`
//     contract has no listening socket). The phase that the boundary would delimit does not exist.
//   * unseen: it happened, but nobody was looking (a probe tier is off) or what was seen cannot be
//     trusted. The two phases around it are reported as one, named by both: `runtime+app`.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart {

enum class Boundary : std::uint8_t {
  kDue,           ///< the load pattern intends this request
  kRequested,     ///< the dispatcher decides that a new instance must start
  kForked,        ///< fork of the instance's first process (inside the phase `spawn`)
  kLaunched,      ///< that process's first successful exec
  kExeced,        ///< the last exec, before it listens, of the process that goes on to serve
  kLinked,        ///< the dynamic loader has mapped and relocated everything
  kEntered,       ///< libc hands over to the program (`__libc_start_main`)
  kRuntimeReady,  ///< the language runtime is up
  kListening,     ///< the socket enters TCP_LISTEN
  kReceived,      ///< the function has the first byte of the request
  kReplied,       ///< the first payload byte of the answer leaves the function
  kResponded,     ///< the client has that byte: the end of the latency
  kCompleted,     ///< the client has the whole answer (after the latency)
};
inline constexpr std::size_t kBoundaryCount = 13;

/// The name used in reports, the store and exports: "due", "runtime_ready", …
std::string_view name(Boundary boundary);
std::optional<Boundary> boundary_from_name(std::string_view text);

enum class Phase : std::uint8_t {
  kQueue,    ///< due -> requested: waiting for the dispatcher
  kSpawn,    ///< requested -> launched: fork and first exec
  kSandbox,  ///< launched -> execed: container runtime, wrapper scripts, re-execs
  kLink,     ///< execed -> linked: mapping and relocating libraries
  kInit,     ///< linked -> entered: constructors of libraries
  kRuntime,  ///< entered -> runtime_ready: the language runtime starts
  kApp,      ///< runtime_ready -> listening: the program's own start
  kConnect,  ///< listening -> received: the request travels to the function
  kHandle,   ///< received -> replied: the function works on its first request
  kReply,    ///< replied -> responded: the answer travels to the client
};
inline constexpr std::size_t kPhaseCount = 10;

std::string_view name(Phase phase);
std::optional<Phase> phase_from_name(std::string_view text);
/// One line for people who read a report: what happens in this phase.
std::string_view description(Phase phase);

/// Why a boundary has no time.
enum class Absence : std::uint8_t {
  kNone,           ///< it has a time
  kNotApplicable,  ///< this start has no such moment
  kUnseen,         ///< it happened (or may have) and was not seen
};

/// A text of which there are few and which are repeated in every start: equal ones are kept once,
/// until the program ends.
class Reason {
 public:
  Reason() = default;
  Reason(std::string_view text);
  Reason(const std::string& text) : Reason(std::string_view(text)) {}
  Reason(const char* text) : Reason(std::string_view(text)) {}

  const std::string& text() const;
  operator const std::string&() const { return text(); }
  bool empty() const { return kept_ == nullptr; }

  friend bool operator==(const Reason& a, const Reason& b) { return a.kept_ == b.kept_; }
  template <std::convertible_to<std::string_view> Text>
  friend bool operator==(const Reason& a, const Text& b) {
    return a.text() == std::string_view(b);
  }

 private:
  const std::string* kept_ = nullptr;  ///< null: empty
};

/// One boundary of one start.
struct Mark {
  std::optional<std::int64_t> at_ns;  ///< CLOCK_MONOTONIC nanoseconds since `due`; never negative
  Absence absence = Absence::kUnseen;
  Reason reason;  ///< why it is absent, for the report: "static program", "tier loader is off"
};

/// All boundaries of one start. Times are relative to `due`, which is therefore 0 in every
/// timeline.
struct Timeline {
  std::array<Mark, kBoundaryCount> marks;

  Mark& operator[](Boundary b) { return marks[static_cast<std::size_t>(b)]; }
  const Mark& operator[](Boundary b) const { return marks[static_cast<std::size_t>(b)]; }

  void set(Boundary b, std::int64_t at_ns);
  void set_not_applicable(Boundary b, Reason reason);
  void set_unseen(Boundary b, Reason reason);
};

/// A phase as measured in one start; several phases in one where a boundary was not seen.
struct PhaseSpan {
  std::vector<Phase> phases;  ///< one or more, in order
  std::int64_t begin_ns = 0;  ///< since due
  std::int64_t end_ns = 0;

  std::int64_t length_ns() const { return end_ns - begin_ns; }
  /// "link", or "runtime+app" where the boundary between was not seen.
  std::string name() const;
};

/// The phases of a start from `due` to `responded` (or, for a start that failed, to the last
/// boundary that was seen). Their lengths add up to responded - due exactly. `sandbox` is left out
/// where nothing lies between launched and execed (both are the same exec). Where nothing was
/// started (`requested` is not applicable: a warm instance), `connect` begins at `due`.
std::vector<PhaseSpan> phases_of(const Timeline& timeline);

/// due -> responded, absent for a start that never answered.
std::optional<std::int64_t> latency_ns(const Timeline& timeline);

}  // namespace coldstart
