#include "probes/stack_profile.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace coldstart::probes {
namespace {

constexpr const char* kUnknownCallers = "[callers unknown]";
constexpr const char* kNowhere = "[no file]";
constexpr const char* kHiddenKernel = "[kernel]_[k]";

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [text](std::string_view beginning) { return text.starts_with(beginning); });
}

// What of the kernel's stack is of the sampler itself.
bool is_ours(std::string_view function) {
  return begins_with_any(function, {"bpf_", "__bpf_", "__traceiter_", "___bpf_", "perf_trace_"});
}

// The few instructions at the entry of a program or of the dynamic loader call its first function
// and have no unwind table; their symbol is often stripped.
constexpr const char* kEntry = "_start";
bool is_at_entry(const MappedFile& file, std::uint64_t address) {
  constexpr std::uint64_t kInstructions = 64;
  const std::uint64_t entry = file.elf.entry();
  return entry != 0 && address >= entry && address - entry < kInstructions;
}

struct NamedStack {
  std::vector<std::string> frames;  // outermost first
  bool cut = false;
  bool broken = false;
  std::int64_t unnamed = 0;
};

class Profiler {
 public:
  Profiler(StackFiles& files, Unwinder& unwinder, KernelSymbols& kernel,
           const StackRecording& recording, const StacksView& view)
      : files_(files),
        unwinder_(unwinder),
        kernel_(kernel),
        recording_(recording),
        view_(view),
        spaces_(recording.maps, pids()) {}

  StackProfile run(const Timeline& timeline) {
    const std::vector<PhaseSpan> phases = phases_of(timeline);
    profile_.rate_hz = view_.rate_hz;
    profile_.lost = static_cast<std::int64_t>(recording_.lost_samples);
    if (phases.empty()) return std::move(profile_);
    const std::int64_t end_ns = view_.due_ns + phases.back().end_ns;
    for (const StackSample& sample : recording_.samples) {
      if (sample.instance != view_.instance) continue;
      const std::int64_t until = sample.on_cpu ? sample.time_ns : sample.back_ns.value_or(end_ns);
      if (sample.time_ns >= end_ns || until < view_.due_ns) continue;
      spaces_.advance_to(sample.time_ns);
      const NamedStack stack = name(sample);
      profile_.taken += 1;
      profile_.cut += stack.cut ? 1 : 0;
      profile_.broken += stack.broken && !stack.cut ? 1 : 0;
      profile_.unnamed += stack.unnamed;
      profile_.frames += static_cast<std::int64_t>(stack.frames.size());
      for (const PhaseSpan& phase : phases) add(sample, stack, phase, until);
    }
    add_notes();
    return std::move(profile_);
  }

 private:
  std::set<std::uint32_t> pids() const {
    std::set<std::uint32_t> all;
    for (const StackSample& sample : recording_.samples) {
      if (sample.instance == view_.instance) all.insert(sample.pid);
    }
    return all;
  }

  // The part of the sample that lies in the phase.
  void add(const StackSample& sample, const NamedStack& stack, const PhaseSpan& phase,
           std::int64_t until) {
    const std::int64_t begin = view_.due_ns + phase.begin_ns;
    const std::int64_t end = view_.due_ns + phase.end_ns;
    std::int64_t time_ns = 1'000'000'000 / view_.rate_hz;
    if (sample.on_cpu) {
      if (sample.time_ns < begin || sample.time_ns >= end) return;
    } else {
      time_ns = std::min(end, until) - std::max(begin, sample.time_ns);
      if (time_ns <= 0) return;
    }
    Key key{phase.name(), sample.thread, sample.on_cpu, stack.frames};
    const auto [known, is_new] = places_.try_emplace(std::move(key), profile_.stacks.size());
    if (is_new) {
      profile_.stacks.push_back(
          {phase.name(), readable_name(sample.thread.c_str()), sample.on_cpu, stack.frames, 0, 0});
    }
    FoldedStack& folded = profile_.stacks[known->second];
    folded.count += 1;
    folded.time_ns += time_ns;
  }

  NamedStack name(const StackSample& sample) {
    NamedStack stack;
    std::vector<std::string> inner_first = kernel_frames(sample, stack);
    // Without a copy it is being taken down, or its stack is not made yet.
    const bool has_user = sample.registers && !sample.stack.empty() && !in_exec_;
    if (has_user) {
      user_frames(sample, inner_first, stack);
    } else if (!sample.registers && !sample.kernel_worker) {
      stack.broken = true;
    }
    if (stack.broken) inner_first.emplace_back(kUnknownCallers);
    stack.frames.assign(inner_first.rbegin(), inner_first.rend());
    return stack;
  }

  std::vector<std::string> kernel_frames(const StackSample& sample, NamedStack& stack) {
    in_exec_ = false;
    std::vector<std::string> frames;
    bool in_sampler = !sample.on_cpu;
    for (const std::uint64_t address : sample.kernel) {
      const std::string_view function = kernel_.find(address);
      if (in_sampler && is_ours(function)) continue;
      in_sampler = false;
      if (function.empty()) {
        // kallsyms is hidden, then it says nothing about any.
        if (frames.empty() || frames.back() != kHiddenKernel) frames.emplace_back(kHiddenKernel);
        stack.unnamed += 1;
        continue;
      }
      // From here on the old image is gone, and the registers are still its.
      if (function == "begin_new_exec" || function == "load_elf_binary") in_exec_ = true;
      frames.push_back(std::string(function) + "_[k]");
    }
    if (sample.kernel_is_cut) stack.cut = true;
    return frames;
  }

  void user_frames(const StackSample& sample, std::vector<std::string>& inner_first,
                   NamedStack& stack) {
    const AddressSpace& space = spaces_.of(sample.pid);
    const WalkedStack walked = unwinder_.walk(sample, space);
    std::string last;
    for (const std::uint64_t address : walked.addresses) {
      std::string frame = frame_of(sample.pid, space, address);
      const bool is_named = frame.front() != '[';
      if (!is_named) stack.unnamed += 1;
      // Many in a row of one file without names say no more than one.
      if (!is_named && frame == last) continue;
      inner_first.push_back(frame);
      last = std::move(frame);
    }
    if (walked.whole || last == kEntry) return;
    stack.cut = stack.cut || walked.cut;
    stack.broken = true;
  }

  std::string frame_of(std::uint32_t pid, const AddressSpace& space, std::uint64_t address) {
    const Mapping* mapping = space.find(address);
    const MappedFile* file = mapping == nullptr ? nullptr : files_.find(pid, *mapping);
    if (file == nullptr) {
      const auto map = view_.perf_maps.find(pid);
      std::string name = map == view_.perf_maps.end() ? "" : map->second.find(address);
      if (!name.empty()) return name + "_[j]";
      if (mapping == nullptr || mapping->inode == 0) return kNowhere;
      return '[' + readable_name(mapping->path.substr(mapping->path.rfind('/') + 1).c_str()) + ']';
    }
    if (file->label == "libjvm.so") has_jvm_ = true;
    if (file->label == "node" || file->label.starts_with("libnode.so")) has_node_ = true;
    const auto bias = StackFiles::bias(*file, *mapping);
    auto& names = names_[file];
    if (bias) {
      const auto [known, is_new] = names.try_emplace(address - *bias);
      if (is_new) known->second = file->names.find(address - *bias);
      if (known->second.empty() && is_at_entry(*file, address - *bias)) known->second = kEntry;
      if (!known->second.empty()) return known->second;
    }
    return file->label.front() == '[' ? file->label
                                      : '[' + readable_name(file->label.c_str()) + ']';
  }

  void add_notes() {
    if (recording_.lost_maps > 0) {
      profile_.notes.push_back("the kernel dropped " + std::to_string(recording_.lost_maps) +
                               " records of mappings: frames may lack names");
    }
    if (!view_.perf_maps.empty()) return;
    if (has_jvm_) {
      profile_.notes.emplace_back(
          "code that the JVM generated has no names: start java with "
          "-XX:+UnlockDiagnosticVMOptions -XX:+DumpPerfMapAtExit (JDK 17 or later), and for whole "
          "stacks with -XX:+PreserveFramePointer");
    }
    if (has_node_) {
      profile_.notes.emplace_back(
          "code that Node.js generated has no names: start node with --perf-basic-prof "
          "--interpreted-frames-native-stack");
    }
  }

  using Key = std::tuple<std::string, std::string, bool, std::vector<std::string>>;

  StackFiles& files_;
  Unwinder& unwinder_;
  KernelSymbols& kernel_;
  const StackRecording& recording_;
  const StacksView& view_;
  AddressSpaces spaces_;
  StackProfile profile_;
  std::map<Key, std::size_t> places_;
  std::unordered_map<const MappedFile*, std::unordered_map<std::uint64_t, std::string>> names_;
  bool in_exec_ = false;
  bool has_jvm_ = false;
  bool has_node_ = false;
};

}  // namespace

StackProfile StackProfiler::profile(const StackRecording& recording, const StacksView& view,
                                    const Timeline& timeline) {
  StackProfile profile = Profiler(files_, unwinder_, kernel_, recording, view).run(timeline);
  unwinder_.forget_processes();
  files_.forget_processes();
  return profile;
}

}  // namespace coldstart::probes
