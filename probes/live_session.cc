// The session that looks: libbpf, a skeleton of coldstart.bpf.c, and the links of its tiers.
#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <set>
#include <string>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <utility>

#include "coldstart.skel.h"
#include "probes/session.h"

namespace coldstart::probes {
namespace {

struct LinkDeleter {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, LinkDeleter>;

struct SkeletonDeleter {
  void operator()(coldstart_bpf* skeleton) const { coldstart_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<coldstart_bpf, SkeletonDeleter>;

struct RingDeleter {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Ring = std::unique_ptr<ring_buffer, RingDeleter>;

// libbpf talks to standard error by default; its last warning is kept to explain a failure.
std::string& last_warning() {
  static std::string text;
  return text;
}
int keep_warning(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN) return 0;
  char line[512];
  std::vsnprintf(line, sizeof(line), format, arguments);
  last_warning() = line;
  while (!last_warning().empty() && last_warning().back() == '\n') last_warning().pop_back();
  return 0;
}

// A uprobe of an optional tier, attached or ready to be.
struct Attachment {
  Hook hook;
  Fd file;
  std::uint64_t offset;
  std::uint64_t cookie;
  Link link;
};

TierId tier_of(Hook hook) {
  return hook == Hook::kLinkMap || hook == Hook::kLibcStart ? TierId::kLoader : TierId::kRuntime;
}

class LiveSession final : public Session {
 public:
  // Throws std::string with the reason if the probes cannot be loaded or attached.
  explicit LiveSession(const TierSet& wanted) : wanted_(wanted) {
    skeleton_.reset(coldstart_bpf__open());
    if (!skeleton_) throw failure("cannot open the probes", errno);
    if (coldstart_bpf__load(skeleton_.get()) != 0) throw failure("cannot load the probes", errno);
    ring_.reset(ring_buffer__new(bpf_map__fd(skeleton_->maps.events), &LiveSession::on_record, this,
                                 nullptr));
    if (!ring_) throw failure("cannot map the ring buffer", errno);
    attach_process_tier();
    for (TierId tier : kAllTiers) statuses_[tier] = TierStatus{tier, wanted.has(tier), {}, {}};
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

  void wake_on_every_event(bool on) override { skeleton_->bss->wake_always = on; }

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

  void detach() override {
    process_links_.clear();
    for (Attachment& attachment : attachments_) attachment.link.reset();
  }

  void attach() override {
    if (process_links_.empty()) attach_process_tier();
    for (Attachment& attachment : attachments_) {
      if (!attachment.link) attachment.link = make_link(attachment);
    }
  }

 private:
  static std::string failure(const std::string& what, int error) {
    std::string text = what + ": " + std::strerror(error);
    if (!last_warning().empty()) text += " (" + last_warning() + ")";
    return text;
  }

  static int on_record(void* context, void* data, std::size_t size) {
    auto* self = static_cast<LiveSession*>(context);
    auto event = decode(data, size);
    if (!event) {
      self->undecodable_ += 1;
    } else if (self->sink_ != nullptr) {
      (*self->sink_)(std::move(*event));
    }
    return 0;
  }

  void attach_process_tier() {
    const auto& p = skeleton_->progs;
    for (bpf_program* program :
         {p.on_fork, p.on_exec, p.on_exit, p.on_socket_state, p.on_receive, p.on_transmit}) {
      Link link(bpf_program__attach(program));
      if (!link) {
        const int error = errno;
        process_links_.clear();
        throw failure(std::string("cannot attach ") + bpf_program__name(program), error);
      }
      process_links_.push_back(std::move(link));
    }
  }

  Link make_link(const Attachment& attachment) {
    const std::string path = attachment.file.path();
    if (attachment.hook == Hook::kJvmReady) {
      return Link(bpf_program__attach_usdt(skeleton_->progs.on_jvm_ready, -1, path.c_str(),
                                           "hotspot", "vm__init__end", nullptr));
    }
    bpf_program* program = attachment.hook == Hook::kLinkMap ? skeleton_->progs.on_link_map
                           : attachment.hook == Hook::kLibcStart
                               ? skeleton_->progs.on_libc_start_main
                               : skeleton_->progs.on_runtime_symbol;
    LIBBPF_OPTS(bpf_uprobe_opts, options, .bpf_cookie = attachment.cookie);
    return Link(
        bpf_program__attach_uprobe_opts(program, -1, path.c_str(), attachment.offset, &options));
  }

  void attach_point(const AttachPoint& point, Program* program) {
    TierStatus& tier = statuses_[tier_of(point.hook)];
    if (!tier.on) return;
    Attachment attachment{point.hook, Fd(::open(point.path.c_str(), O_RDONLY | O_CLOEXEC)),
                          point.offset, point.cookie, nullptr};
    struct stat status {};
    if (!attachment.file || ::fstat(attachment.file.get(), &status) != 0) return;
    if (!attached_.insert({point.hook, status.st_dev, status.st_ino, point.offset}).second) return;
    last_warning().clear();
    attachment.link = make_link(attachment);
    if (attachment.link) {
      attachments_.push_back(std::move(attachment));
      return;
    }
    const int error = errno;
    const std::string reason = failure("cannot attach to " + point.path, error);
    if (error == EPERM || error == EACCES) {
      tier = TierStatus{tier.id, false,
                        "uprobes are not permitted: " + std::string(std::strerror(error)),
                        "run as root, or allow perf_event_open"};
    }
    if (program == nullptr) {
      tier = TierStatus{tier.id, false, reason, {}};
    } else if (point.hook == Hook::kLinkMap) {
      program->linked_reason = reason;
    } else if (point.hook == Hook::kLibcStart) {
      program->entered_reason = reason;
    } else {
      program->runtime_reason = reason;
    }
  }

  TierSet wanted_;
  Skeleton skeleton_;
  Ring ring_;
  std::vector<Link> process_links_;
  std::vector<Attachment> attachments_;
  std::set<std::tuple<Hook, dev_t, ino_t, std::uint64_t>> attached_;
  std::map<TierId, TierStatus> statuses_;
  std::map<ProgramKey, Program> programs_;
  const std::function<void(Event&&)>* sink_ = nullptr;
  std::uint64_t undecodable_ = 0;
};

}  // namespace

std::unique_ptr<Session> open_session(const TierSet& wanted) {
  libbpf_set_print(keep_warning);
  const Capabilities capabilities = read_capabilities();
  std::vector<TierStatus> off;
  bool process_works = wanted.has(TierId::kProcess);
  for (TierId tier : kAllTiers) {
    if (!wanted.has(tier)) {
      off.push_back({tier, false, "not asked for", "--probes all"});
    } else if (auto status = obstacle(tier, capabilities)) {
      off.push_back(*status);
      if (tier == TierId::kProcess) process_works = false;
    }
  }
  if (process_works) {
    try {
      auto session = std::make_unique<LiveSession>(wanted);
      for (TierStatus& status : off) session->turn_off(std::move(status));
      if (wanted.has(TierId::kLoader)) session->try_uprobes();
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
