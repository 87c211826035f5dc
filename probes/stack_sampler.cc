#include "probes/stack_sampler.h"

#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>

#include "probes/fd.h"
#include "probes/skeleton.h"
#include "probes/uprobes.h"
#include "stacks.skel.h"

namespace coldstart::probes {
namespace {

constexpr std::uint32_t kRingBytes = 32U << 20;
// What is kept of one start; more is counted as lost.
constexpr std::size_t kMostBytes = std::size_t{512} << 20;
// A CPU, each the first that the limits of locked memory allow. All mappings of the machine are
// told.
constexpr std::initializer_list<std::size_t> kMapPages = {512, 128, 32};

struct SkeletonDestroyer {
  void operator()(stacks_bpf* skeleton) const { stacks_bpf__destroy(skeleton); }
};
struct RingDeleter {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
struct PerfDeleter {
  void operator()(perf_buffer* buffer) const { perf_buffer__free(buffer); }
};

std::int64_t signed_ns(std::uint64_t ns) { return static_cast<std::int64_t>(ns); }

// Reads the fields of a record of the kernel one after the other. Source: perf_event_open(2).
class RecordReader {
 public:
  RecordReader(const perf_event_header& header, const char* begin)
      : at_(begin + sizeof(header)), end_(begin + header.size) {}

  template <typename T>
  T next() {
    T value{};
    if (at_ + sizeof(T) <= end_) std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::string text() const { return at_ < end_ ? std::string(at_, ::strnlen(at_, room())) : ""; }
  // sample_id_all with PERF_SAMPLE_TIME: the time is the last thing in each record.
  std::int64_t time_ns() const {
    std::uint64_t value = 0;
    std::memcpy(&value, end_ - sizeof(value), sizeof(value));
    return signed_ns(value);
  }

 private:
  std::size_t room() const { return static_cast<std::size_t>(end_ - at_); }
  const char* at_;
  const char* end_;
};

class LiveSampler final : public StackSampler {
 public:
  // Throws std::string with the reason.
  LiveSampler(int processes_fd, int rate_hz) : rate_hz_(rate_hz) {
    load(processes_fd);
    ring_.reset(ring_buffer__new(bpf_map__fd(skeleton_->maps.samples), &LiveSampler::on_sample,
                                 this, nullptr));
    if (!ring_) throw failure("cannot map the buffer of stacks", errno);
    watch_mappings();
    forget_warning();
    switch_.reset(bpf_program__attach(skeleton_->progs.on_switch_stack));
    if (!switch_) throw failure("cannot attach on_switch_stack", errno);
    start_clocks();
  }

  int rate_hz() const override { return rate_hz_; }
  int ready_fd() const override { return bpf_map__fd(skeleton_->maps.samples); }

  void fetch() override {
    ring_buffer__consume(ring_.get());
    perf_buffer__consume(mappings_.get());
  }

  StackRecording take() override {
    fetch();
    const auto earlier = [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; };
    std::stable_sort(recording_.samples.begin(), recording_.samples.end(), earlier);
    std::stable_sort(recording_.maps.begin(), recording_.maps.end(), earlier);
    const std::uint64_t lost = lost_so_far();
    recording_.lost_samples += lost - lost_before_;
    lost_before_ = lost;
    kept_bytes_ = 0;
    away_.clear();
    return std::exchange(recording_, {});
  }

 private:
  void load(int processes_fd) {
    forget_warning();
    skeleton_.reset(stacks_bpf__open());
    if (!skeleton_) throw failure("cannot open the stack sampler", errno);
    skeleton_->rodata->ring_bytes = kRingBytes;
    bpf_map__set_max_entries(skeleton_->maps.samples, kRingBytes);
    if (const int error = bpf_map__reuse_fd(skeleton_->maps.processes, processes_fd)) {
      throw failure("cannot share the map of processes", -error);
    }
    if (const int error = stacks_bpf__load(skeleton_.get())) {
      throw failure("cannot load the stack sampler", -error);
    }
  }

  // The kernel's own records of fork, exec and executable mappings, as a profiler needs them: they
  // name what was mapped by the kernel itself, too.
  void watch_mappings() {
    perf_event_attr attributes{};
    attributes.size = sizeof(attributes);
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_DUMMY;
    attributes.sample_type = PERF_SAMPLE_TIME;
    attributes.sample_id_all = 1;
    attributes.use_clockid = 1;
    attributes.clockid = CLOCK_MONOTONIC;
    attributes.mmap = 1;
    attributes.mmap2 = 1;
    attributes.comm = 1;
    attributes.comm_exec = 1;
    attributes.task = 1;
    for (const std::size_t pages : kMapPages) {
      forget_warning();
      mappings_.reset(perf_buffer__new_raw(bpf_map__fd(skeleton_->maps.mappings), pages,
                                           &attributes, &LiveSampler::on_mapping, this, nullptr));
      if (mappings_) return;
    }
    throw failure("cannot watch what is mapped", errno);
  }

  void start_clocks() {
    const int cpus = libbpf_num_possible_cpus();
    for (int cpu = 0; cpu < cpus; ++cpu) {
      perf_event_attr attributes{};
      attributes.size = sizeof(attributes);
      attributes.type = PERF_TYPE_SOFTWARE;
      attributes.config = PERF_COUNT_SW_CPU_CLOCK;
      attributes.exclude_idle = 1;
      // A period, not a frequency, which the kernel would adapt: a sample stands for that long.
      attributes.sample_period = 1'000'000'000U / static_cast<unsigned>(rate_hz_);
      Fd event(static_cast<int>(
          ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
      if (!event && (errno == ENODEV || errno == ENXIO)) continue;  // not online
      if (!event) throw failure("cannot open the clock of a CPU", errno);
      forget_warning();
      Link link(bpf_program__attach_perf_event(skeleton_->progs.on_clock, event.get()));
      if (!link) throw failure("cannot attach to the clock of a CPU", errno);
      (void)event.release();  // the link closes it
      clocks_.push_back(std::move(link));
    }
  }

  std::uint64_t lost_so_far() const {
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(libbpf_num_possible_cpus()));
    const std::uint32_t zero = 0;
    std::uint64_t sum = 0;
    if (bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.lost), &zero, counts.data()) == 0) {
      for (const std::uint64_t count : counts) sum += count;
    }
    return sum;
  }

  static int on_sample(void* context, void* data, std::size_t size) {
    static_cast<LiveSampler*>(context)->add(data, size);
    return 0;
  }

  void add(const void* data, std::size_t size) {
    cs_stack_sample raw;  // all but its stack
    constexpr std::size_t kShort = offsetof(cs_stack_sample, registers);
    constexpr std::size_t kLong = offsetof(cs_stack_sample, stack);
    std::memcpy(&raw, data, std::min(size, kLong));
    if (raw.kind == CS_STACK_BACK && size >= kShort) {
      const auto left = away_.find(raw.tid);
      if (left == away_.end()) return;  // it left before anybody looked
      StackSample& sample = recording_.samples[left->second];
      if (sample.time_ns == signed_ns(raw.since_ns)) sample.back_ns = signed_ns(raw.time_ns);
      away_.erase(left);
      return;
    }
    if (size < kLong) return;
    if (kept_bytes_ + size > kMostBytes) {
      recording_.lost_samples += 1;
      return;
    }
    kept_bytes_ += size;
    StackSample sample;
    sample.time_ns = signed_ns(raw.time_ns);
    sample.instance = raw.instance;
    sample.pid = raw.pid;
    sample.tid = raw.tid;
    sample.on_cpu = raw.kind == CS_STACK_ON_CPU;
    sample.thread.assign(raw.thread, ::strnlen(raw.thread, sizeof(raw.thread)));
    sample.kernel_worker = raw.kernel_worker != 0;
    const std::size_t frames = std::min<std::size_t>(raw.kernel_frames, CS_KERNEL_FRAMES);
    sample.kernel.assign(raw.kernel, raw.kernel + frames);
    sample.kernel_is_cut = frames == CS_KERNEL_FRAMES;
    if (raw.has_user != 0) {
      sample.registers.emplace();
      std::copy(std::begin(raw.registers), std::end(raw.registers), sample.registers->begin());
      sample.stack_begin = raw.registers[CS_REGISTER_SP] & ~std::uint64_t{CS_STACK_PIECE - 1};
    }
    const auto* stack = static_cast<const std::byte*>(data) + kLong;
    sample.stack.assign(stack, stack + (size - kLong));
    if (!sample.on_cpu) away_[sample.tid] = recording_.samples.size();
    recording_.samples.push_back(std::move(sample));
  }

  static bpf_perf_event_ret on_mapping(void* context, int /*cpu*/, perf_event_header* header) {
    static_cast<LiveSampler*>(context)->add_mapping(*header);
    return LIBBPF_PERF_EVENT_CONT;
  }

  void add_mapping(const perf_event_header& header) {
    RecordReader reader(header, reinterpret_cast<const char*>(&header));
    MapRecord record;
    switch (header.type) {
      case PERF_RECORD_MMAP2: {
        record.pid = reader.next<std::uint32_t>();
        reader.next<std::uint32_t>();  // tid
        record.begin = reader.next<std::uint64_t>();
        record.length = reader.next<std::uint64_t>();
        record.file_offset = reader.next<std::uint64_t>();
        reader.next<std::uint64_t>();  // device
        record.inode = reader.next<std::uint64_t>();
        reader.next<std::uint64_t>();  // generation of the inode
        reader.next<std::uint64_t>();  // protection and flags
        record.path = reader.text();
        break;
      }
      case PERF_RECORD_COMM:
        if ((header.misc & PERF_RECORD_MISC_COMM_EXEC) == 0) return;
        record.kind = MapRecord::Kind::kExec;
        record.pid = reader.next<std::uint32_t>();
        break;
      case PERF_RECORD_FORK:
        record.kind = MapRecord::Kind::kFork;
        record.pid = reader.next<std::uint32_t>();
        record.parent = reader.next<std::uint32_t>();
        if (record.pid == record.parent) return;  // a thread
        break;
      case PERF_RECORD_LOST:
        reader.next<std::uint64_t>();
        recording_.lost_maps += reader.next<std::uint64_t>();
        return;
      default:
        return;
    }
    record.time_ns = reader.time_ns();
    recording_.maps.push_back(std::move(record));
  }

  int rate_hz_;
  std::unique_ptr<stacks_bpf, SkeletonDestroyer> skeleton_;
  std::unique_ptr<ring_buffer, RingDeleter> ring_;
  std::unique_ptr<perf_buffer, PerfDeleter> mappings_;
  Link switch_;
  std::vector<Link> clocks_;
  StackRecording recording_;
  std::unordered_map<std::uint32_t, std::size_t> away_;  // by tid: its sample
  std::size_t kept_bytes_ = 0;
  std::uint64_t lost_before_ = 0;
};

}  // namespace

std::unique_ptr<StackSampler> open_stack_sampler(int processes_fd, int rate_hz,
                                                 std::string& reason) {
#if defined(__x86_64__)
  if (processes_fd < 0) {
    reason = "the tier process is off";
    return nullptr;
  }
  try {
    return std::make_unique<LiveSampler>(processes_fd, rate_hz);
  } catch (const std::string& why) {
    reason = why;
    return nullptr;
  }
#else
  (void)processes_fd;
  (void)rate_hz;
  reason = "stacks are walked on x86-64 only";
  return nullptr;
#endif
}

}  // namespace coldstart::probes
