// Walks copied stacks by the unwind tables (.eh_frame) of the files, which every distribution
// keeps, and by frame pointers where there is no table: in generated code. Through libdw.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "probes/address_space.h"
#include "probes/stack_files.h"
#include "probes/stack_sampler.h"

namespace coldstart::probes {

struct WalkedStack {
  /// Innermost first. Of callers: an address inside the call, not the one behind it.
  std::vector<std::uint64_t> addresses;
  /// It was walked to where the tables say that the thread begins. Not so for a program whose first
  /// function has no table (ld.so): its name must tell.
  bool whole = false;
  bool cut = false;  ///< its walk ended because the copy does
};

class Unwinder {
 public:
  explicit Unwinder(StackFiles& files);
  ~Unwinder();
  Unwinder(const Unwinder&) = delete;
  Unwinder& operator=(const Unwinder&) = delete;

  /// `space`: that of the sample's process at its time.
  WalkedStack walk(const StackSample& sample, const AddressSpace& space);
  /// The processes that were walked are over.
  void forget_processes();

 private:
  struct Process;
  Process& process_of(const StackSample& sample, const AddressSpace& space);

  StackFiles& files_;
  std::unordered_map<std::uint32_t, std::unique_ptr<Process>> processes_;
};

}  // namespace coldstart::probes
