#include "harness/process/launcher_process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/process/cgroup_removal.h"
#include "harness/process/container_cgroups.h"
#include "harness/process/launcher.h"
#include "harness/process/monotonic.h"
#include "harness/process/process_tree.h"
#include "harness/process/spawn.h"
#include "harness/process/wire.h"

namespace coldstart::harness {
namespace {

constexpr std::int64_t kRepeatKillNs = 5'000'000;
constexpr std::int64_t kNever = INT64_MAX;

struct Instance {
  std::uint64_t id = 0;
  pid_t first = 0;  // also its process group and session
  bool first_alive = true;
  bool empty = false;  // and we have told so
  bool stopping = false;
  std::int64_t kill_at_ns = kNever;
  std::vector<std::string> cleanup;
  std::string cleanup_if_exists;
};

class LauncherProcess {
 public:
  explicit LauncherProcess(Fd socket) : socket_(std::move(socket)), self_(::getpid()) {
    ::setsid();  // the terminal's Ctrl-C is for coldstart, which then tells us
    ::prctl(PR_SET_NAME, "coldstart-spawn");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    // Ignored signals are inherited through fork and exec (nohup, trap ''): neither a function nor
    // our own waiting for children may depend on how coldstart was started.
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    child_signal_ = Fd(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  [[noreturn]] void run() {
    while (!closing_ || !instances_.empty()) {
      wait();
      children_.reset();
      reap();
      continue_stops();
    }
    for (const auto& [id, set] : cgroups_) remove(set);
    removal_.finish();
    for (const std::string& directory : directories_) {
      std::error_code ignored;
      std::filesystem::remove_all(directory, ignored);
    }
    ::_exit(0);
  }

 private:
  void wait() {
    std::int64_t deadline = kNever;
    for (const auto& [id, instance] : instances_)
      deadline = std::min(deadline, instance.kill_at_ns);
    deadline = std::min(deadline, removal_.next_ns());
    int timeout_ms = -1;
    if (deadline != kNever) {
      const std::int64_t left = deadline - monotonic_ns();
      timeout_ms =
          left <= 0 ? 0 : static_cast<int>(std::min<std::int64_t>(left / 1'000'000 + 1, 60'000));
    }
    const auto wanted = static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT);
    std::vector<pollfd> watched = {{closing_ ? -1 : socket_.get(), wanted, 0},
                                   {child_signal_.get(), POLLIN, 0}};
    removal_.watch(watched);
    ::poll(watched.data(), watched.size(), timeout_ms);
    removal_.go_on();
    if (watched[1].revents != 0) {
      signalfd_siginfo drained;
      while (::read(child_signal_.get(), &drained, sizeof(drained)) > 0) {
      }
    }
    if ((watched[0].revents & POLLOUT) != 0) send_reports();
    if ((watched[0].revents & ~POLLOUT) != 0) serve();
  }

  void serve() {
    static std::string buffer(kLargestMessage, '\0');
    iovec data{buffer.data(), buffer.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))];
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    const auto got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) return close_down();

    std::vector<Fd> descriptors;
    for (cmsghdr* h = CMSG_FIRSTHDR(&message); h != nullptr; h = CMSG_NXTHDR(&message, h)) {
      if (h->cmsg_type != SCM_RIGHTS) continue;
      std::vector<int> raw((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
      std::memcpy(raw.data(), CMSG_DATA(h), raw.size() * sizeof(int));
      for (int fd : raw) descriptors.emplace_back(fd);
    }
    WireReader in(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    switch (static_cast<Command>(in.number())) {
      case Command::kLaunch:
        return launch(in, descriptors);
      case Command::kStop:
        return stop(in);
      case Command::kUseMap:
        map_ = std::move(descriptors.at(0));
        return;
      case Command::kOwnDirectory:
        directories_.push_back(in.text());
        return;
      case Command::kOwnCgroups:
        return own_cgroups(in);
      case Command::kDisownCgroups:
        return disown_cgroups(static_cast<std::uint64_t>(in.number()));
      case Command::kHideHybridCgroup:
        return hide_hybrid_cgroup();
    }
  }

  // coldstart is gone or wants to be: nothing may outlive us.
  void close_down() {
    closing_ = true;
    for (auto& [id, instance] : instances_) begin_stop(instance, 0);
  }

  void launch(WireReader& in, const std::vector<Fd>& descriptors) {
    Instance instance;
    instance.id = static_cast<std::uint64_t>(in.number());
    SpawnCommand command;
    command.executable = in.text();
    command.arguments = in.texts();
    command.environment = in.texts();
    command.directory = in.text();
    instance.cleanup = in.texts();
    instance.cleanup_if_exists = in.text();
    command.stdin_fd = descriptors.at(0).get();
    command.stdout_fd = descriptors.at(1).get();
    command.stderr_fd = descriptors.at(2).get();
    const auto folder_of_v2 = static_cast<std::size_t>(in.number());
    for (std::size_t i = 3; i < descriptors.size(); ++i) {
      if (i == folder_of_v2) {
        command.group_folder = descriptors[i].get();
      } else {
        command.group_tasks.push_back(descriptors[i].get());
      }
    }
    const SpawnResult result = spawn(command, map_.get(), instance.id);
    if (result.mark_error != 0) {
      return tell(
          {LaunchReport::Kind::kUnmarked, instance.id, monotonic_ns(), result.mark_error, 0, 0});
    }
    if (result.error != 0) {
      LaunchReport report{
          LaunchReport::Kind::kFailed, instance.id, monotonic_ns(), result.error, 0, 0};
      return tell(report);
    }
    instance.first = result.pid;
    by_first_[result.pid] = instance.id;
    instances_.emplace(instance.id, std::move(instance));
  }

  void own_cgroups(WireReader& in) {
    CgroupSet& set = cgroups_[static_cast<std::uint64_t>(in.number())];
    set.folders = in.texts();
    set.memory_folder = in.text();
    set.memory_version = static_cast<int>(in.number());
  }

  void disown_cgroups(std::uint64_t instance) {
    const auto found = cgroups_.find(instance);
    if (found == cgroups_.end()) return;
    remove(found->second);
    cgroups_.erase(found);
  }

  // At once, or as soon as the kernel lets go of them: we do not wait, others are to be started.
  void remove(const CgroupSet& set) {
    for (const std::string& folder : set.folders) removal_.remove(reachable(folder));
  }

  // What is known of its memory, for a report.
  LaunchReport with_memory(LaunchReport report) const {
    const auto found = cgroups_.find(report.instance);
    if (found == cgroups_.end()) return report;
    if (const auto use = read_memory_use(reachable(found->second))) {
      report.peak_memory_bytes = use->peak_bytes.value_or(-1);
      report.memory_kills = use->kills;
      report.memory_hits = use->hits;
    }
    return report;
  }

  void stop(WireReader& in) {
    const auto id = static_cast<std::uint64_t>(in.number());
    const std::int64_t grace_ns = in.number() * 1'000'000;
    const auto found = instances_.find(id);
    if (found == instances_.end()) {
      disown_cgroups(id);
      return tell({LaunchReport::Kind::kGone, id, monotonic_ns(), 0, 0, 0});
    }
    begin_stop(found->second, grace_ns);
  }

  void begin_stop(Instance& instance, std::int64_t grace_ns) {
    instance.kill_at_ns = std::min(instance.kill_at_ns, monotonic_ns() + grace_ns);
    if (!instance.stopping && grace_ns > 0 && instance.first_alive)
      ::kill(-instance.first, SIGTERM);
    if (!instance.stopping && !instance.first_alive) ask_to_end(instance);
    instance.stopping = true;
  }

  void ask_to_end(const Instance& instance) {
    for (pid_t pid : members(instance)) ::kill(pid, SIGTERM);
  }

  void hide_hybrid_cgroup() {
    Fd hidden(::open(kHybridCgroup, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (::unshare(CLONE_NEWNS) != 0) return;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    if (::umount2(kHybridCgroup, MNT_DETACH) == 0) hidden_cgroup_ = std::move(hidden);
  }

  // A folder of cgroups as we can still reach it.
  std::string reachable(const std::string& folder) const {
    const std::string prefix = std::string(kHybridCgroup) + '/';
    if (!hidden_cgroup_ || !folder.starts_with(prefix)) return folder;
    return hidden_cgroup_.path() + '/' + folder.substr(prefix.size());
  }
  CgroupSet reachable(CgroupSet set) const {
    for (std::string& folder : set.folders) folder = reachable(folder);
    set.memory_folder = reachable(set.memory_folder);
    return set;
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid <= 0) return tell_empty(pid == 0);
      children_.reset();
      const auto first = by_first_.find(pid);
      if (first == by_first_.end()) continue;
      Instance& instance = instances_.at(first->second);
      by_first_.erase(first);
      instance.first_alive = false;
      LaunchReport report{LaunchReport::Kind::kExited, instance.id, monotonic_ns(), 0, pid, status};
      // Told at once: who hears of the exit asks whether others ran on, and cannot wait for a word
      // that may not come.
      report.last = instance.empty = has_no_child();
      tell(with_memory(report));
      if (instance.stopping) ask_to_end(instance);
    }
  }

  static bool has_no_child() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
  }

  // We are the subreaper of all: where we have no child, no instance has a process. Only where
  // there are others beside it must an instance's processes be looked for.
  void tell_empty(bool have_children) {
    for (auto& [id, instance] : instances_) {
      if (instance.first_alive || instance.empty) continue;
      if (have_children && (instances_.size() == 1 || !members(instance).empty())) continue;
      instance.empty = true;
      tell({LaunchReport::Kind::kEmpty, id, monotonic_ns(), 0, instance.first, 0});
    }
  }

  // All processes of an instance: its first process, orphans that came to us, and the descendants
  // of these. Orphans are recognised by their session or by the mark in their environment. One that
  // has ended and was not waited for is still one of them: what it held may not be free yet, and a
  // process that its death leaves to us is not to be seen elsewhere.
  std::vector<pid_t> members(const Instance& instance) {
    if (!children_) children_ = children(self_);
    std::vector<pid_t> found;
    for (const pid_t child : *children_) {
      const auto first = by_first_.find(child);
      if (first != by_first_.end() && first->second != instance.id) continue;
      const auto info = read_process(child);
      if (!info) continue;
      // A zombie has lost its environment. Whosesoever it is: it is about to be reaped.
      const bool ours = child == instance.first || info->session == instance.first ||
                        instances_.size() == 1 || info->state == 'Z' ||
                        has_environment_entry(child, mark(instance));
      if (!ours) continue;
      found.push_back(child);
      add_descendants(child, found);
    }
    return found;
  }

  std::string mark(const Instance& instance) const {
    return std::string(kInstanceVariable) + "=" + instance_mark(self_, instance.id);
  }

  void continue_stops() {
    for (auto it = instances_.begin(); it != instances_.end();) {
      Instance& instance = it->second;
      const bool waits = instance.first_alive && monotonic_ns() < instance.kill_at_ns;
      if (!instance.stopping || waits) {
        ++it;
        continue;
      }
      const std::vector<pid_t> alive = members(instance);
      if (alive.empty() && !instance.first_alive) {
        const std::int64_t ended_ns = monotonic_ns();
        clean_up(instance);
        const LaunchReport report =
            with_memory({LaunchReport::Kind::kGone, instance.id, ended_ns, 0, instance.first, 0});
        disown_cgroups(instance.id);
        tell(report);
        it = instances_.erase(it);
        continue;
      }
      if (monotonic_ns() >= instance.kill_at_ns) {
        for (pid_t pid : alive) ::kill(pid, SIGKILL);
        // A process that was forked meanwhile is caught next time.
        instance.kill_at_ns = monotonic_ns() + kRepeatKillNs;
      }
      ++it;
    }
  }

  void clean_up(const Instance& instance) {
    if (instance.cleanup.empty()) return;
    const std::filesystem::path state(instance.cleanup_if_exists);
    if (std::filesystem::exists(state)) run_and_wait(instance.cleanup, std::chrono::seconds(10));
    // A runtime that was killed before it wrote its state has made cgroups all the same.
    for (const std::string& group : container_cgroups(state.filename())) removal_.remove(group);
  }

  void tell(const LaunchReport& report) {
    unsent_.push_back(report);
    send_reports();
  }

  // As many as find room. We must not wait for coldstart, which may be waiting for us.
  void send_reports() {
    if (closing_) unsent_.clear();
    while (!unsent_.empty()) {
      if (::send(socket_.get(), &unsent_.front(), sizeof(LaunchReport),
                 MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN) unsent_.clear();  // nobody listens any more
        return;
      }
      unsent_.pop_front();
    }
  }

  Fd socket_;
  pid_t self_;
  Fd child_signal_;
  Fd map_;
  Fd hidden_cgroup_;  // open only if it is hidden
  std::vector<std::string> directories_;
  std::unordered_map<std::uint64_t, Instance> instances_;
  std::unordered_map<std::uint64_t, CgroupSet> cgroups_;  // also of those not launched yet
  CgroupRemoval removal_;
  std::unordered_map<pid_t, std::uint64_t> by_first_;  // first processes that have not been reaped
  std::optional<std::vector<pid_t>> children_;         // ours, as of now
  std::deque<LaunchReport> unsent_;                    // for which there was no room
  bool closing_ = false;
};

}  // namespace

void run_launcher(Fd socket) { LauncherProcess(std::move(socket)).run(); }

}  // namespace coldstart::harness
