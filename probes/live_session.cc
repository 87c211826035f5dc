// The session that looks: libbpf, a skeleton of coldstart.bpf.c, and the links of its tiers.
#include <algorithm>
#include <array>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "coldstart.skel.h"
#include "probes/kernel_symbols.h"
#include "probes/session.h"
#include "probes/skeleton.h"
#include "probes/uprobes.h"

namespace coldstart::probes {
namespace {

struct RingDeleter {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Ring = std::unique_ptr<ring_buffer, RingDeleter>;

class LiveSession final : public Session {
 public:
  // Throws std::string with the reason if the base tier cannot be loaded or attached.
  LiveSession(const TierSet& wanted, std::uint32_t ring_bytes) : ring_bytes_(ring_bytes) {
    for (TierId tier : kAllTiers) statuses_[tier] = TierStatus{tier, wanted.has(tier), {}, {}};
    skeleton_ = load_what_works(wanted);
    uprobes_ = std::make_unique<Uprobes>(*skeleton_);
    ring_.reset(ring_buffer__new(bpf_map__fd(skeleton_->maps.events), &LiveSession::on_record, this,
                                 nullptr));
    if (!ring_) throw failure("cannot map the ring buffer", errno);
    for (TierId tier : kAllTiers) {
      if (statuses_[tier].on) attach_kernel_tier(tier);
    }
    TierStatus& cpu = statuses_[TierId::kCpu];
    if (cpu.on && KernelSymbols::hidden()) {
      cpu.reason = "waits inside the kernel stay unnamed: /proc/kallsyms is hidden";
      cpu.remedy = "run as root, or add cap_syslog to the program";
    }
  }

  void turn_off(TierStatus status) {
    const TierId id = status.id;
    statuses_[id] = std::move(status);
  }

  // Shows whether uprobes really work here, on a file that certainly exists: our own loader.
  void try_uprobes() {
    Event self;
    self.raw.pid = static_cast<__u32>(::getpid());
    struct stat status {};
    if (::stat("/proc/self/exe", &status) != 0) return;
    self.raw.file.inode = status.st_ino;
    if (auto image = open_program(self, "", "")) {
      for (AttachPoint& point : examine(*image).points) {
        if (point.hook == Hook::kLinkMap) attach_point(point, nullptr);
      }
    }
  }

  bool live() const override { return true; }

  std::vector<TierStatus> tiers() const override {
    std::vector<TierStatus> list;
    for (const auto& [id, status] : statuses_) list.push_back(status);
    return list;
  }

  int spawners_fd() const override { return bpf_map__fd(skeleton_->maps.spawners); }
  int processes_fd() const override { return bpf_map__fd(skeleton_->maps.processes); }
  int ready_fd() const override { return bpf_map__fd(skeleton_->maps.events); }

  void drain(const std::function<void(Event&&)>& sink) override {
    sink_ = &sink;
    ring_buffer__consume(ring_.get());
    sink_ = nullptr;
  }

  std::uint64_t lost_events() const override {
    const int cpus = libbpf_num_possible_cpus();
    if (cpus <= 0) return undecodable_;
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(cpus));
    const std::uint32_t zero = 0;
    if (bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.lost), &zero, counts.data()) != 0) {
      return undecodable_;
    }
    std::uint64_t sum = undecodable_;
    for (std::uint64_t count : counts) sum += count;
    return sum;
  }

  void wake_for(cs_wake what) override { skeleton_->data->wake_for = what; }

  void observe(const ProgramImage& image) override {
    const auto known = programs_.find(image.key);
    // Examined before, but perhaps before its runtime's library was mapped.
    if (known != programs_.end() && (known->second.has_runtime || image.mapped.empty())) return;
    Examination examination = examine(image);
    for (const AttachPoint& point : examination.points) attach_point(point, &examination.program);
    programs_[image.key] = std::move(examination.program);
  }

  const Program* find(const ProgramKey& key) const override {
    const auto found = programs_.find(key);
    return found == programs_.end() ? nullptr : &found->second;
  }

  std::string kernel_wait(int stack) override {
    if (stack < 0) return "kernel";
    if (const auto known = kernel_waits_.find(stack); known != kernel_waits_.end()) {
      return known->second;
    }
    std::array<std::uint64_t, CS_STACK_DEPTH> addresses{};
    if (bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.kernel_stacks), &stack, addresses.data()) !=
        0) {
      return "kernel";
    }
    std::vector<std::string_view> functions;
    for (std::uint64_t address : addresses) {
      if (address != 0) functions.push_back(symbols_.find(address));
    }
    return kernel_waits_[stack] = wait_of_stack(functions);
  }

  void between_starts() override {
    uprobes_->drop_useless();
    // The map takes no other stack in the place of one that is there.
    for (const auto& [stack, name] : kernel_waits_) {
      bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.kernel_stacks), &stack);
    }
    kernel_waits_.clear();
  }

  void release(const std::vector<std::uint32_t>& pids) override {
    for (const std::uint32_t pid : pids) {
      bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.processes), &pid);
    }
  }

  void use(const TierSet& tiers) override {
    for (TierId tier : kAllTiers) {
      if (!tiers.has(tier)) {
        kernel_links_.erase(tier);
      } else if (statuses_[tier].on && !kernel_links_.contains(tier)) {
        attach_kernel_tier(tier);
      }
    }
    uprobes_->use(tiers);
  }

  Traffic traffic() const override { return traffic_; }

 private:
  // A kernel that lacks what an optional tier needs must not cost the others.
  Skeleton load_what_works(const TierSet& wanted) {
    try {
      return load_skeleton(wanted, ring_bytes_);
    } catch (const std::string&) {
      TierSet working;
      working.add(TierId::kProcess);
      for (TierId tier : kAllTiers) {
        if (!wanted.has(tier) || tier == TierId::kProcess) continue;
        TierSet attempt = working;
        attempt.add(tier);
        try {
          load_skeleton(attempt, ring_bytes_);
          working = attempt;
        } catch (const std::string& reason) {
          statuses_[tier] = TierStatus{tier, false, reason, {}};
        }
      }
      return load_skeleton(working, ring_bytes_);
    }
  }

  static int on_record(void* context, void* data, std::size_t size) {
    auto* self = static_cast<LiveSession*>(context);
    self->traffic_.events += 1;
    self->traffic_.bytes += size;
    auto event = decode(data, size);
    if (!event) {
      self->undecodable_ += 1;
    } else if (self->sink_ != nullptr) {
      (*self->sink_)(std::move(*event));
    }
    return 0;
  }

  // Throws std::string for the base tier; the others are then off.
  void attach_kernel_tier(TierId tier) {
    std::vector<Link> links;
    for (bpf_program* program : kernel_programs(*skeleton_, tier)) {
      forget_warning();
      Link link(bpf_program__attach(program));
      if (link) {
        links.push_back(std::move(link));
        continue;
      }
      const std::string reason =
          failure(std::string("cannot attach ") + bpf_program__name(program), errno);
      if (tier == TierId::kProcess) throw reason;
      statuses_[tier] = TierStatus{tier, false, reason, {}};
      return;
    }
    kernel_links_[tier] = std::move(links);
  }

  void attach_point(const AttachPoint& point, Program* program) {
    TierStatus& tier = statuses_[tier_of(point.hook)];
    if (!tier.on) return;
    forget_warning();
    const int error = uprobes_->attach(point);
    if (error == 0) return;
    const std::string reason = failure("cannot attach to " + point.path, error);
    if (error == EPERM || error == EACCES) {
      for (TierId id : {TierId::kLoader, TierId::kRuntime}) {
        if (!statuses_[id].on) continue;
        statuses_[id] =
            TierStatus{id, false, "uprobes are not permitted: " + std::string(std::strerror(error)),
                       "run as root, or allow perf_event_open"};
      }
    } else if (program == nullptr) {
      tier = TierStatus{tier.id, false, reason, {}};
    } else if (point.hook == Hook::kLinkMap) {
      program->linked_reason = reason;
    } else if (point.hook == Hook::kLibcStart) {
      program->entered_reason = reason;
    } else {
      program->runtime_reason = reason;
    }
  }

  std::uint32_t ring_bytes_;
  Skeleton skeleton_;
  Ring ring_;
  std::map<TierId, std::vector<Link>> kernel_links_;
  std::unique_ptr<Uprobes> uprobes_;
  std::map<TierId, TierStatus> statuses_;
  std::map<ProgramKey, Program> programs_;
  KernelSymbols symbols_;
  std::map<int, std::string> kernel_waits_;  // by stack, see between_starts()
  const std::function<void(Event&&)>* sink_ = nullptr;
  std::uint64_t undecodable_ = 0;
  Traffic traffic_;
};

}  // namespace

std::unique_ptr<Session> open_session(const TierSet& wanted, std::uint32_t ring_bytes) {
  keep_warnings();
  const Capabilities capabilities = read_capabilities();
  std::vector<TierStatus> off;
  TierSet possible = wanted;
  for (TierId tier : kAllTiers) {
    if (!wanted.has(tier)) {
      off.push_back({tier, false, "not asked for", "--probes all"});
    } else if (auto status = obstacle(tier, capabilities)) {
      off.push_back(*status);
      possible.remove(tier);
    }
  }
  if (possible.has(TierId::kProcess)) {
    try {
      auto session = std::make_unique<LiveSession>(possible, ring_bytes);
      for (TierStatus& status : off) session->turn_off(std::move(status));
      if (possible.has(TierId::kLoader)) session->try_uprobes();
      return session;
    } catch (const std::string& reason) {
      off.insert(off.begin(), TierStatus{TierId::kProcess, false, reason, {}});
    }
  }
  for (TierId tier : kAllTiers) {
    const bool listed =
        std::any_of(off.begin(), off.end(), [tier](const TierStatus& s) { return s.id == tier; });
    if (!listed) off.push_back({tier, false, "the tier process is off", {}});
  }
  std::sort(off.begin(), off.end(),
            [](const TierStatus& a, const TierStatus& b) { return a.id < b.id; });
  return null_session(std::move(off));
}

}  // namespace coldstart::probes
