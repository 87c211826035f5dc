// What was mapped where, in each process of an instance, at each moment: from the kernel's records
// of forks, execs and mappings.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "probes/stack_sampler.h"

namespace coldstart::probes {

/// A piece of executable memory.
struct Mapping {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t inode = 0;
  std::string path;
};

class AddressSpace {
 public:
  /// Replaces what it overlaps.
  void add(Mapping mapping);
  /// What an address lies in; null: nothing that may be executed, as far as anybody saw.
  const Mapping* find(std::uint64_t address) const;
  const std::map<std::uint64_t, Mapping>& mappings() const { return by_begin_; }
  /// Differs after each change; equal ones are copies of each other.
  std::uint64_t generation() const { return generation_; }

 private:
  std::map<std::uint64_t, Mapping> by_begin_;
  std::uint64_t generation_ = 0;
};

/// That of a process now, from /proc/PID/maps; empty if it is gone.
AddressSpace address_space_of(std::uint32_t pid);

/// The address spaces of some processes: goes through the records once, in order of time.
class AddressSpaces {
 public:
  /// `pids`: of whom will be asked. The records must be in order of time.
  AddressSpaces(const std::vector<MapRecord>& records, std::set<std::uint32_t> pids);

  /// Applies what happened until then. Never goes back.
  void advance_to(std::int64_t time_ns);
  /// Of a process at that moment. One that was there before the records began is read
  /// as it is now, if it still lives.
  const AddressSpace& of(std::uint32_t pid) { return known(pid); }

 private:
  AddressSpace& known(std::uint32_t pid);

  std::vector<MapRecord> records_;  // of the processes, and of those that they were forked from
  std::size_t next_ = 0;
  std::unordered_map<std::uint32_t, AddressSpace> spaces_;
};

}  // namespace coldstart::probes
