// Answers by the system call that its argument names: write, writev, sendto, sendmsg, sendfile,
// io_uring (which also reads the request that way).
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tests/truth/programs/answering.h"

namespace {

using serve::check;
using serve::kHello;

constexpr std::size_t kHeadSize = kHello.find("\r\n\r\n") + 4;

iovec part(std::size_t from, std::size_t to) {
  return {const_cast<char*>(kHello.data()) + from, to - from};
}

// The smallest ring that does one thing at a time.
class Ring {
 public:
  Ring() {
    io_uring_params parameters{};
    fd_ = check(static_cast<int>(::syscall(SYS_io_uring_setup, 1, &parameters)), "io_uring_setup");
    const std::size_t size = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
    const std::size_t done_size =
        parameters.cq_off.cqes + parameters.cq_entries * sizeof(io_uring_cqe);
    char* submitted = map(size, IORING_OFF_SQ_RING);
    char* done = map(done_size, IORING_OFF_CQ_RING);
    entry_ = reinterpret_cast<io_uring_sqe*>(map(sizeof(io_uring_sqe), IORING_OFF_SQES));
    tail_ = reinterpret_cast<unsigned*>(submitted + parameters.sq_off.tail);
    reinterpret_cast<unsigned*>(submitted + parameters.sq_off.array)[0] = 0;
    head_ = reinterpret_cast<unsigned*>(done + parameters.cq_off.head);
    done_mask_ = parameters.cq_entries - 1;
    done_ = reinterpret_cast<io_uring_cqe*>(done + parameters.cq_off.cqes);
  }

  // Returns what the system call of that name would return, or -errno.
  int transfer(std::uint8_t operation, int fd, const void* data, std::size_t size) {
    *entry_ = {};
    entry_->opcode = operation;
    entry_->fd = fd;
    entry_->addr = reinterpret_cast<std::uintptr_t>(data);
    entry_->len = static_cast<unsigned>(size);
    __atomic_store_n(tail_, *tail_ + 1, __ATOMIC_RELEASE);
    check(static_cast<int>(
              ::syscall(SYS_io_uring_enter, fd_, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0)),
          "io_uring_enter");
    const int result = done_[*head_ & done_mask_].res;
    __atomic_store_n(head_, *head_ + 1, __ATOMIC_RELEASE);
    return result;
  }

 private:
  char* map(std::size_t size, off_t what) const {
    void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, what);
    if (at == MAP_FAILED) check(-1, "mmap of io_uring");
    return static_cast<char*>(at);
  }

  int fd_;
  io_uring_sqe* entry_;
  unsigned* tail_;
  unsigned* head_;
  unsigned done_mask_;
  io_uring_cqe* done_;
};

void by_sendmsg(int fd) {
  iovec parts[] = {part(0, kHeadSize), part(kHeadSize, kHello.size())};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  check(static_cast<int>(::sendmsg(fd, &message, MSG_NOSIGNAL)), "sendmsg");
}

void by_writev(int fd) {
  const iovec parts[] = {part(0, kHeadSize), part(kHeadSize, kHello.size())};
  check(static_cast<int>(::writev(fd, parts, 2)), "writev");
}

int file_with_answer() {
  const int file = check(::memfd_create("answer", MFD_CLOEXEC), "memfd_create");
  check(static_cast<int>(::write(file, kHello.data(), kHello.size())), "write to the file");
  return file;
}

}  // namespace

int main(int count, char** arguments) {
  truth::mark("main");
  const std::string_view way = count > 1 ? arguments[1] : "";
  const int listener = truth::listening();
  const auto answer = [&](auto send) { truth::answering(listener, serve::accept_request, send); };
  if (way == "write") {
    answer([](int fd) {
      check(static_cast<int>(::write(fd, kHello.data(), kHello.size())), "write");
    });
  } else if (way == "writev") {
    answer(by_writev);
  } else if (way == "sendto") {
    answer([](int fd) {
      check(static_cast<int>(::sendto(fd, kHello.data(), kHello.size(), MSG_NOSIGNAL, nullptr, 0)),
            "sendto");
    });
  } else if (way == "sendmsg") {
    answer(by_sendmsg);
  } else if (way == "sendfile") {
    const int file = file_with_answer();
    answer([file](int fd) {
      off_t from = 0;
      check(static_cast<int>(::sendfile(fd, file, &from, kHello.size())), "sendfile");
    });
  } else if (way == "io_uring") {
    Ring ring;
    truth::answering(
        listener,
        [&ring](int socket) {
          const int fd = check(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC), "accept");
          static char request[4096];
          check(ring.transfer(IORING_OP_RECV, fd, request, sizeof request), "receive by io_uring");
          return fd;
        },
        [&ring](int fd) {
          check(ring.transfer(IORING_OP_SEND, fd, kHello.data(), kHello.size()),
                "send by io_uring");
        });
  }
  std::fprintf(stderr, "unknown way to answer\n");
  return 2;
}
