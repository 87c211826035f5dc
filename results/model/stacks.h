// Sampled stacks of one cold start: where its threads were while they ran and while they waited.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart {

/// Equal stacks of one phase, added up.
struct FoldedStack {
  std::string phase;   ///< PhaseSpan::name(): "link", or "runtime+app"
  std::string thread;  ///< name of the thread, as the kernel knows it
  bool on_cpu = true;  ///< else the thread had left its CPU here and could not run on
  /// Outermost first; never with ';' or a line break in it. A frame without a function's name is
  /// the file in brackets: "[libjvm.so]"; those of the kernel end in "_[k]", those of generated
  /// code in
  /// "_[j]". "[callers unknown]" stands first where the stack could not be walked to its beginning.
  std::vector<std::string> frames;
  /// on CPU: samples. Off: how often it left the CPU; an absence that lasts over several phases
  /// counts in each.
  std::int64_t count = 0;
  /// on CPU: `count` times the period of the clock, an estimate. Off: measured, until it was on a
  /// CPU again (or the response), cut at the bounds of the phase.
  std::int64_t time_ns = 0;

  bool operator==(const FoldedStack&) const = default;
};

/// All stacks between `due` and the first response, and how far they can be trusted.
struct StackProfile {
  int rate_hz = 0;  ///< samples a second of each CPU
  std::vector<FoldedStack> stacks;
  std::int64_t taken = 0;          ///< stacks that were taken, on and off CPU
  std::int64_t lost = 0;           ///< that did not fit into the buffer: not in `stacks`
  std::int64_t cut = 0;            ///< of `taken`: deeper than what is copied of a stack
  std::int64_t broken = 0;         ///< of `taken`: not walked to its beginning, for another reason
  std::int64_t unnamed = 0;        ///< frames without a function's name
  std::int64_t frames = 0;         ///< all frames of the stacks that were taken
  std::vector<std::string> notes;  ///< what would make more of them readable

  bool operator==(const StackProfile&) const = default;
};

}  // namespace coldstart
