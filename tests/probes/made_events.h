// Events made up for tests: what the kernel would have told.
#pragma once

#include <cstdint>
#include <string>

#include "probes/events.h"

namespace coldstart::probes {

inline Event made(cs_event_kind kind, std::int64_t time_ns, std::uint32_t pid,
                  std::uint32_t tid = 0, std::uint32_t value = 0) {
  Event e;
  e.raw.kind = kind;
  e.raw.time_ns = static_cast<std::uint64_t>(time_ns);
  e.raw.pid = pid;
  e.raw.tid = tid != 0 ? tid : pid;
  e.raw.value = value;
  return e;
}

inline Event switched_in(std::int64_t time_ns, std::uint32_t pid, std::uint32_t tid = 0) {
  return made(CS_SWITCH_IN, time_ns, pid, tid);
}
/// Leaves the CPU and still wants to run.
inline Event preempted(std::int64_t time_ns, std::uint32_t pid, std::uint32_t tid = 0) {
  return made(CS_SWITCH_OUT, time_ns, pid, tid);
}
/// Blocks in a system call.
inline Event blocked(std::int64_t time_ns, std::uint32_t pid, int syscall, std::uint32_t tid = 0) {
  Event e = made(CS_SWITCH_OUT, time_ns, pid, tid, 1);
  e.raw.sched.syscall = static_cast<std::int16_t>(syscall);
  e.raw.sched.stack = -1;
  return e;
}
/// The last that is heard of a thread.
inline Event dead(std::int64_t time_ns, std::uint32_t pid, std::uint32_t tid = 0) {
  return made(CS_SWITCH_OUT, time_ns, pid, tid, 0x80);
}
inline Event on_disk(std::int64_t time_ns, std::uint32_t pid, std::uint32_t tid = 0) {
  Event e = made(CS_SWITCH_OUT, time_ns, pid, tid, 2);
  e.raw.sched.iowait = 1;
  return e;
}
inline Event woken(std::int64_t time_ns, std::uint32_t pid, std::uint32_t tid = 0) {
  return made(CS_WAKE, time_ns, pid, tid);
}
inline Event with_counters(Event e, std::uint32_t minor, std::uint32_t major = 0,
                           std::uint64_t read_bytes = 0) {
  e.raw.counters = {minor, major, read_bytes};
  return e;
}

/// A system call that took [begin, end).
inline Event call(cs_event_kind kind, cs_call_class call_class, std::int64_t begin_ns,
                  std::int64_t end_ns, std::uint32_t pid, const std::string& name = "") {
  Event e = made(kind, end_ns, pid);
  e.raw.call.begin_ns = static_cast<std::uint64_t>(begin_ns);
  e.raw.call.call_class = static_cast<std::uint8_t>(call_class);
  e.name = name;
  return e;
}
inline Event on_file(Event e, std::uint64_t inode, std::uint64_t bytes, unsigned flags = 0) {
  e.raw.call.inode = inode;
  e.raw.call.device = 1;
  e.raw.call.bytes = bytes;
  e.raw.call.flags = static_cast<std::uint8_t>(flags);
  return e;
}

inline Event named(cs_event_kind kind, std::int64_t time_ns, std::uint32_t pid,
                   const std::string& name, std::uint32_t value = 0) {
  Event e = made(kind, time_ns, pid, 0, value);
  e.name = name;
  return e;
}

}  // namespace coldstart::probes
