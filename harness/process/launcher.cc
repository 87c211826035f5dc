// The coldstart side of the launcher.
#include "harness/process/launcher.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process/launcher_process.h"
#include "harness/process/wire.h"
#include "results/model/error.h"

namespace coldstart::harness {

Launcher::Launcher() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    throw Error("launcher", std::strerror(errno));
  }
  socket_ = Fd(pair[0]);
  Fd theirs(pair[1]);
  // A request carries the whole environment, and a hundred may be made at once; the default buffer
  // holds about 200 KiB, and without privilege no more.
  const int many = kLargestMessage * 32;
  if (::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &many, sizeof(many)) != 0) {
    const int bytes = kLargestMessage * 2;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
  }

  pid_ = ::fork();
  if (pid_ < 0) throw Error("launcher", std::string("cannot fork: ") + std::strerror(errno));
  if (pid_ == 0) {
    socket_.reset();
    run_launcher(std::move(theirs));  // does not return
  }
}

Launcher::~Launcher() {
  socket_.reset();
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

void Launcher::send(const std::string& bytes, const std::vector<int>& descriptors) {
  if (bytes.size() > kLargestMessage) {
    throw Error("launcher",
                "the command and its environment take " + std::to_string(bytes.size()) + " bytes",
                "keep them under " + std::to_string(kLargestMessage));
  }
  iovec data{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))] = {};
  if (!descriptors.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size() * sizeof(int));
  }
  while (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) < 0) {
    if (errno == EAGAIN) {
      // It has much to do, and reads on when it has done some of it: it never waits for us.
      pollfd writable{socket_.get(), POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      throw Error("launcher", std::string("cannot be reached: ") + std::strerror(errno),
                  "was it killed? start coldstart again");
    }
  }
}

void Launcher::use_spawners_map(int map_fd) {
  WireWriter out;
  out.number(static_cast<int>(Command::kUseMap));
  send(out.bytes(), {map_fd});
}

void Launcher::own_directory(const std::string& path) {
  WireWriter out;
  out.number(static_cast<int>(Command::kOwnDirectory));
  out.text(path);
  send(out.bytes());
}

void Launcher::own_cgroups(std::uint64_t instance, const CgroupSet& cgroups) {
  WireWriter out;
  out.number(static_cast<int>(Command::kOwnCgroups));
  out.number(static_cast<std::int64_t>(instance));
  out.texts(cgroups.folders);
  out.text(cgroups.memory_folder);
  out.number(cgroups.memory_version);
  send(out.bytes());
}

void Launcher::disown_cgroups(std::uint64_t instance) {
  WireWriter out;
  out.number(static_cast<int>(Command::kDisownCgroups));
  out.number(static_cast<std::int64_t>(instance));
  send(out.bytes());
}

void Launcher::hide_hybrid_cgroup() {
  WireWriter out;
  out.number(static_cast<int>(Command::kHideHybridCgroup));
  send(out.bytes());
}

void Launcher::launch(const LaunchRequest& request) {
  WireWriter out;
  out.number(static_cast<int>(Command::kLaunch));
  out.number(static_cast<std::int64_t>(request.instance));
  out.text(request.executable);
  out.texts(request.arguments);
  out.texts(request.environment);
  out.text(request.directory);
  out.texts(request.cleanup);
  out.text(request.cleanup_if_exists);
  // Opened here, where none of it is part of the measured time in the launcher.
  std::vector<Fd> groups;
  std::vector<int> descriptors = {request.stdin_fd, request.stdout_fd, request.stderr_fd};
  // Which of the descriptors is a folder of version 2 (there is one hierarchy of it); 0: none.
  std::size_t folder_of_v2 = 0;
  for (const std::string& folder : request.cgroups.folders) {
    groups.emplace_back(::open((folder + "/tasks").c_str(), O_WRONLY | O_CLOEXEC));
    if (!groups.back() && errno == ENOENT) {  // version 2 has no such file
      groups.back() = Fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      folder_of_v2 = descriptors.size();
    }
    if (!groups.back()) throw Error(folder, std::strerror(errno), "was it removed meanwhile?");
    descriptors.push_back(groups.back().get());
  }
  out.number(static_cast<std::int64_t>(folder_of_v2));
  send(out.bytes(), descriptors);
}

void Launcher::stop(std::uint64_t instance, std::chrono::milliseconds grace) {
  WireWriter out;
  out.number(static_cast<int>(Command::kStop));
  out.number(static_cast<std::int64_t>(instance));
  out.number(grace.count());
  send(out.bytes());
}

std::optional<LaunchReport> Launcher::receive() {
  LaunchReport report;
  const auto got = ::recv(socket_.get(), &report, sizeof(report), MSG_DONTWAIT);
  if (got == sizeof(report)) return report;
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  throw Error("launcher", "it has ended", "was it killed? start coldstart again");
}

bool has_hybrid_cgroup_controllers() {
  constexpr long kCgroup2Magic = 0x63677270;
  struct statfs status {};
  if (::statfs("/sys/fs/cgroup", &status) != 0 || status.f_type == kCgroup2Magic) return false;
  std::ifstream controllers(std::string(kHybridCgroup) + "/cgroup.controllers");
  std::string word;
  return static_cast<bool>(controllers >> word);
}

}  // namespace coldstart::harness
