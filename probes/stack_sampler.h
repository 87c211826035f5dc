// The stack sampler: where instances are while they run (by the clock of each CPU), and where they
// are while they do not (each time a thread leaves its CPU and cannot run on).
//
// Off unless it was asked for: it slows what it samples. Stacks are copied, not walked: see
// unwinder.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/stack_sample.h"

namespace coldstart::probes {

/// A stack of a thread. Times are CLOCK_MONOTONIC nanoseconds.
struct StackSample {
  std::int64_t time_ns = 0;
  std::uint64_t instance = 0;
  std::uint32_t pid = 0;  ///< thread group
  std::uint32_t tid = 0;
  bool on_cpu = false;                  ///< else it leaves its CPU now
  std::optional<std::int64_t> back_ns;  ///< off-CPU: when it was on a CPU again; absent: never yet
  std::string thread;                   ///< its name
  bool kernel_worker = false;           ///< a thread of the kernel that works for the process
  std::vector<std::uint64_t> kernel;    ///< frames in the kernel, innermost first
  bool kernel_is_cut = false;           ///< there were more
  /// DWARF numbers of x86-64. Absent: no 64-bit user space.
  std::optional<std::array<std::uint64_t, CS_REGISTERS>> registers;
  std::uint64_t stack_begin = 0;  ///< address of the first byte of the copy
  std::vector<std::byte> stack;
  bool stack_is_cut() const { return stack.size() >= CS_STACK_BYTES; }
};

/// What the kernel tells of address spaces: of all processes of the machine.
struct MapRecord {
  enum class Kind : std::uint8_t {
    kFork,    ///< the new process `pid` has what `parent` has
    kExec,    ///< everything that was mapped is gone
    kMapped,  ///< executable memory
  };
  Kind kind = Kind::kMapped;
  std::int64_t time_ns = 0;
  std::uint32_t pid = 0;
  std::uint32_t parent = 0;
  std::uint64_t begin = 0, length = 0, file_offset = 0, inode = 0;
  std::string path;  ///< as the process itself sees it; "[vdso]", "//anon", … where it is no file
};

/// All that was seen between two moments.
struct StackRecording {
  std::vector<StackSample> samples;  ///< in order of time
  std::vector<MapRecord> maps;       ///< in order of time
  std::uint64_t lost_samples = 0;    ///< that did not fit into the buffer
  std::uint64_t lost_maps = 0;       ///< the same; some frames have no name then
};

/// How often the clock ticks unless asked otherwise: not in step with anything that happens every
/// millisecond.
inline constexpr int kDefaultStackRate = 997;
inline constexpr int kHighestStackRate = 20'000;

class StackSampler {
 public:
  virtual ~StackSampler() = default;

  /// Samples a second and CPU.
  virtual int rate_hz() const = 0;
  /// Readable when the buffer is half full: then call fetch().
  virtual int ready_fd() const = 0;
  /// Takes over what the kernel has written so far.
  virtual void fetch() = 0;
  /// Everything since the last call.
  virtual StackRecording take() = 0;
};

/// Begins to sample the processes of instances, which `processes_fd` knows (Session::processes_fd).
/// Null where that does not work here, with the reason.
std::unique_ptr<StackSampler> open_stack_sampler(int processes_fd, int rate_hz,
                                                 std::string& reason);

}  // namespace coldstart::probes
