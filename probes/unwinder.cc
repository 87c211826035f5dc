#include "probes/unwinder.h"

#include <algorithm>
#include <cstring>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <map>
#include <unistd.h>
#include <utility>

namespace coldstart::probes {
namespace {

// Deeper than anything but an endless recursion, of which a copy holds no more anyway.
constexpr std::size_t kDeepest = 1024;

struct DwflDeleter {
  void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
};

// Modules are given to it open, and only their unwind tables are asked for.
int no_elf(Dwfl_Module* /*module*/, void** /*user*/, const char* /*name*/, Dwarf_Addr /*base*/,
           char** /*file*/, Elf** /*elf*/) {
  return -1;
}
int no_debug_info(Dwfl_Module* /*module*/, void** /*user*/, const char* /*name*/,
                  Dwarf_Addr /*base*/, const char* /*file*/, const char* /*link*/,
                  GElf_Word /*checksum*/, char** /*result*/) {
  return -1;
}
constexpr Dwfl_Callbacks kCallbacks = {no_elf, no_debug_info, nullptr, nullptr};

struct Walk {
  const StackSample* sample = nullptr;
  bool left_the_copy = false;
};

Walk& walk_of(void* argument) { return *static_cast<Walk*>(argument); }

pid_t no_threads(Dwfl* /*dwfl*/, void* /*argument*/, void** /*thread*/) { return 0; }

bool take_thread(Dwfl* /*dwfl*/, pid_t /*tid*/, void* argument, void** thread) {
  *thread = argument;
  return true;
}

bool read_memory(Dwfl* /*dwfl*/, Dwarf_Addr address, Dwarf_Word* result, void* argument) {
  // A frame is smaller than this: what is read farther away is no address of the stack.
  constexpr std::uint64_t kNear = std::uint64_t{1} << 20;
  const StackSample& sample = *walk_of(argument).sample;
  if (address < sample.stack_begin) return false;
  const std::uint64_t at = address - sample.stack_begin;
  if (at >= sample.stack.size() || sample.stack.size() - at < sizeof(*result)) {
    walk_of(argument).left_the_copy = sample.stack_is_cut() && at - sample.stack.size() < kNear;
    return false;
  }
  std::memcpy(result, sample.stack.data() + at, sizeof(*result));
  return true;
}

bool set_registers(Dwfl_Thread* thread, void* argument) {
  const StackSample& sample = *walk_of(argument).sample;
  return dwfl_thread_state_registers(thread, 0, CS_REGISTERS, sample.registers->data());
}

constexpr Dwfl_Thread_Callbacks kThreads = {no_threads,    take_thread, read_memory,
                                            set_registers, nullptr,     nullptr};

int add_frame(Dwfl_Frame* frame, void* argument) {
  auto& addresses = *static_cast<std::vector<std::uint64_t>*>(argument);
  Dwarf_Addr pc = 0;
  bool is_interrupted = false;
  if (!dwfl_frame_pc(frame, &pc, &is_interrupted)) return DWARF_CB_ABORT;
  addresses.push_back(is_interrupted ? pc : pc - 1);
  return addresses.size() < kDeepest ? DWARF_CB_OK : DWARF_CB_ABORT;
}

}  // namespace

struct Unwinder::Process {
  std::unique_ptr<Dwfl, DwflDeleter> dwfl;
  bool attached = false;
  std::uint64_t generation = 0;
  std::map<std::uint64_t, const MappedFile*> modules;  // by bias
  Walk walk;                                           // under way
};

Unwinder::Unwinder(StackFiles& files) : files_(files) {}
Unwinder::~Unwinder() = default;

void Unwinder::forget_processes() { processes_.clear(); }

Unwinder::Process& Unwinder::process_of(const StackSample& sample, const AddressSpace& space) {
  std::unique_ptr<Process>& process = processes_[sample.pid];
  if (process && process->generation == space.generation()) return *process;
  std::map<std::uint64_t, const MappedFile*> modules;
  for (const auto& [begin, mapping] : space.mappings()) {
    const MappedFile* file = files_.find(sample.pid, mapping);
    if (file == nullptr) continue;
    if (const auto bias = StackFiles::bias(*file, mapping)) modules.emplace(*bias, file);
  }
  const auto is_still_there = [&](const auto& module) {
    const auto found = modules.find(module.first);
    return found != modules.end() && found->second == module.second;
  };
  if (!process || !std::all_of(process->modules.begin(), process->modules.end(), is_still_there)) {
    process = std::make_unique<Process>();
    process->dwfl.reset(dwfl_begin(&kCallbacks));
  }
  process->generation = space.generation();
  dwfl_report_begin_add(process->dwfl.get());
  for (const auto& [bias, file] : modules) {
    if (process->modules.contains(bias)) continue;
    process->modules.emplace(bias, file);
    const int fd = ::fcntl(file->file.get(), F_DUPFD_CLOEXEC, 0);
    const std::string name = std::to_string(bias);  // two of equal name would be one
    if (dwfl_report_elf(process->dwfl.get(), name.c_str(), file->file.path().c_str(), fd, bias,
                        true) == nullptr) {
      ::close(fd);  // overlaps another one: stacks in it end there, and are counted as broken
    }
  }
  dwfl_report_end(process->dwfl.get(), nullptr, nullptr);
  if (!process->attached && !process->modules.empty()) {
    process->attached =
        dwfl_attach_state(process->dwfl.get(), nullptr, static_cast<pid_t>(sample.pid), &kThreads,
                          static_cast<void*>(&process->walk));
  }
  return *process;
}

WalkedStack Unwinder::walk(const StackSample& sample, const AddressSpace& space) {
  WalkedStack walked;
  if (!sample.registers) return walked;
  Process& process = process_of(sample, space);
  if (process.attached) {
    process.walk = {&sample, false};
    walked.whole = dwfl_getthread_frames(process.dwfl.get(), static_cast<pid_t>(sample.tid),
                                         add_frame, &walked.addresses) == 0;
    walked.cut = !walked.whole && process.walk.left_the_copy;
  }
  if (walked.addresses.empty()) walked.addresses.push_back((*sample.registers)[CS_REGISTER_PC]);
  return walked;
}

}  // namespace coldstart::probes
