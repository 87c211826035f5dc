// A probe session: loads the probes, attaches the tiers that work here, hands out events.
//
// There is always a session. Without privileges, without BTF or when no tier is wanted it is the
// null session, which sees nothing and says why; everything above works the same, with fewer
// boundaries.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "probes/events.h"
#include "probes/program.h"
#include "probes/tiers.h"

namespace coldstart::probes {

struct Traffic {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  ///< of the records, without the ring buffer's own 8 a record
};

class Session {
 public:
  virtual ~Session() = default;

  /// Whether the process tier is on. If not, no events will ever come.
  virtual bool live() const = 0;
  virtual std::vector<TierStatus> tiers() const = 0;

  /// The map {thread id (u32) -> instance id (u64)}: the spawning thread writes its entry before it
  /// forks and removes it afterwards. -1 where there is none.
  virtual int spawners_fd() const = 0;

  /// The map {process id (u32) -> its instance, first of what is in it (u64)}. -1 where there is
  /// none.
  virtual int processes_fd() const { return -1; }

  /// Readable when an event that user space must act on has come (a socket listens). -1 if never.
  virtual int ready_fd() const = 0;

  /// Hands over all events written so far, oldest first.
  virtual void drain(const std::function<void(Event&&)>& sink) = 0;

  /// Events that did not fit into the buffer since the session began, over all CPUs.
  virtual std::uint64_t lost_events() const = 0;

  /// What makes ready_fd readable from now on; CS_WAKE_LISTENERS at first. CS_WAKE_PROGRAMS is for
  /// rehearsals: programs and files are looked at while their process exists, which costs wake-ups.
  /// CS_WAKE_NONE: who polls needs no waking.
  virtual void wake_for(cs_wake what) = 0;

  /// Attaches the tiers `loader` and `runtime` to the files of this program (once each).
  virtual void observe(const ProgramImage& image) = 0;
  /// What is known of a program; null if it was never observed.
  virtual const Program* find(const ProgramKey& key) const = 0;

  /// What a thread that blocks uninterruptibly waits for, from the kernel stack that an event
  /// refers to (cs_sched.stack): "rcu", "kernel lock", …; "kernel" if the stack says nothing more
  /// or cannot be read (kallsyms hidden).
  virtual std::string kernel_wait(int stack) = 0;
  /// No start is under way, and no event that was handed over so far will be asked about any more:
  /// the stacks that were asked for make room for others, and uprobes that turned out to be of no
  /// use are taken out.
  virtual void between_starts() {}

  /// From now on nothing is written about these processes and what they start. For instances whose
  /// start is over.
  virtual void release(const std::vector<std::uint32_t>& /*pids*/) {}

  /// From now on only the hooks of these tiers (those of them that work here) are in the kernel;
  /// for comparing with and without. Without the tier process no event comes.
  virtual void use(const TierSet& tiers) = 0;

  /// What was handed over since the session began.
  virtual Traffic traffic() const = 0;
};

/// Opens a session with the wanted tiers, as far as they work here. Never fails: what does not work
/// is off in tiers(), with its reason. `ring_bytes`, a power of two and at least a page, is what
/// the kernel may hold back before events are lost.
std::unique_ptr<Session> open_session(const TierSet& wanted,
                                      std::uint32_t ring_bytes = CS_RING_BYTES);

/// A session that sees nothing: all tiers are off for `reason`.
std::unique_ptr<Session> null_session(std::vector<TierStatus> tiers);

}  // namespace coldstart::probes
