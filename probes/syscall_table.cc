#include "probes/syscall_table.h"

#include <initializer_list>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace coldstart::probes {
namespace {

// Younger than Debian 12's headers, or only on some architectures. Numbers above 423 are the same
// everywhere (include/uapi/asm-generic/unistd.h).
constexpr int kFutexWait = 455;
constexpr int kEpollPwait2 = 441;

void set(SyscallTable& table, std::uint8_t value, std::initializer_list<int> numbers) {
  for (int number : numbers) table[static_cast<std::size_t>(number)] = value;
}

bool among(int number, std::initializer_list<int> numbers) {
  for (int candidate : numbers) {
    if (candidate == number) return true;
  }
  return false;
}

std::string wait_on_file(unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFIFO:
      return "pipe";
    case S_IFSOCK:
      return "socket";
    case S_IFREG:
    case S_IFBLK:
    case S_IFDIR:
      return "file";
    case S_IFCHR:
      return "device";
    default:
      return "event";  // eventfd, timerfd, inotify: files of no type
  }
}

}  // namespace

SyscallTable call_classes() {
  SyscallTable table{};
  set(table, CS_CALL_OPENAT, {SYS_openat, SYS_openat2});
  set(table, CS_CALL_READ, {SYS_read, SYS_pread64, SYS_readv, SYS_preadv, SYS_preadv2});
  set(table, CS_CALL_SENDFILE, {SYS_sendfile});
  set(table, CS_CALL_MMAP, {SYS_mmap});
  set(table, CS_CALL_EXEC, {SYS_execve, SYS_execveat});
  set(table, CS_CALL_CLONE, {SYS_clone, SYS_clone3});
  set(table, CS_CALL_NAMESPACE, {SYS_unshare, SYS_setns});
  set(table, CS_CALL_MOUNT,
      {SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount,
       SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_mount_setattr});
  set(table, CS_CALL_SECURITY,
      {SYS_seccomp, SYS_prctl, SYS_capset, SYS_setuid, SYS_setgid, SYS_setresuid, SYS_setresgid,
       SYS_setgroups, SYS_keyctl});
  set(table, CS_CALL_MKDIRAT, {SYS_mkdirat});
  set(table, CS_CALL_WRITE, {SYS_write});
#ifdef SYS_open
  set(table, CS_CALL_OPEN, {SYS_open});
  set(table, CS_CALL_MKDIR, {SYS_mkdir});
#endif
  return table;
}

SyscallTable calls_on_descriptors() {
  SyscallTable table{};
  set(table, 1,
      {SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_preadv,
       SYS_pwritev});
  return table;
}

std::string wait_of_call(int number, unsigned fd_mode) {
  static const SyscallTable kOnDescriptors = calls_on_descriptors();
  if (number == CS_IO_WORKER) return "io_uring";
  if (number < 0) return "page fault";
  if (fd_mode != 0 || kOnDescriptors[static_cast<std::size_t>(number)] != 0) {
    return wait_on_file(fd_mode);
  }
  if (among(number, {SYS_futex, kFutexWait})) return "futex";
  if (among(number, {SYS_ppoll, SYS_pselect6, SYS_epoll_pwait, kEpollPwait2, SYS_io_uring_enter})) {
    return "poll";
  }
#ifdef SYS_poll
  if (among(number, {SYS_poll, SYS_select, SYS_epoll_wait})) return "poll";
  if (number == SYS_vfork) return "child";
  if (number == SYS_pause) return "signal";
#endif
  if (among(number, {SYS_nanosleep, SYS_clock_nanosleep})) return "sleep";
  // A parent that clones with CLONE_VFORK waits until the child executes something.
  if (among(number, {SYS_wait4, SYS_waitid, SYS_clone, SYS_clone3})) return "child";
  if (among(number, {SYS_accept, SYS_accept4, SYS_connect, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg,
                     SYS_sendto, SYS_sendmsg, SYS_sendmmsg})) {
    return "socket";
  }
  if (among(number, {SYS_rt_sigtimedwait, SYS_rt_sigsuspend})) return "signal";
  if (number == SYS_flock || number == SYS_fcntl) return "file lock";
  return "kernel";
}

}  // namespace coldstart::probes
