#include "harness/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>

#include "probes/fd.h"
#include "results/model/error.h"

namespace coldstart::cli {
namespace {

namespace fs = std::filesystem;

// The file that a path means, be it there or not yet.
fs::path follow_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as the kernel: ELOOP, which opening it then tells
  std::error_code error;
  for (int links = 0; links < kMostLinks && fs::is_symlink(path, error); ++links) {
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / target;
  }
  return path;
}

// False: errno says why not.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

[[noreturn]] void cannot_write(const fs::path& file, int error) {
  throw Error(file.string(), std::string("cannot be written: ") + std::strerror(error),
              "choose another place");
}

}  // namespace

void write_text_file(const fs::path& file, const std::string& text) {
  write_text_file(file, [&](const TextSink& sink) { sink(text); });
}

void write_text_file(const fs::path& file, const std::function<void(const TextSink&)>& produce) {
  if (file == "-") {
    produce([](std::string_view part) { std::fwrite(part.data(), 1, part.size(), stdout); });
    return;
  }
  // Thrown through `produce`: nothing more is made of what cannot be written.
  const auto into = [&](const Fd& descriptor) -> TextSink {
    return [&](std::string_view part) {
      if (!write_all(descriptor.get(), part)) cannot_write(file, errno);
    };
  };
  const fs::path target = follow_links(file);
  std::error_code error;
  if (fs::is_directory(target, error)) cannot_write(file, EISDIR);
  if (fs::exists(target, error) && !fs::is_regular_file(target, error)) {
    const Fd in_place(::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!in_place) cannot_write(file, errno);
    produce(into(in_place));
    return;
  }
  const std::string temporary = target.string() + "." + std::to_string(::getpid()) + ".new";
  const Fd fresh(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fresh) cannot_write(file, errno);
  try {
    produce(into(fresh));
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    cannot_write(file, reason);
  }
}

void check_text_file(const fs::path& file) {
  if (file == "-") return;
  const fs::path target = follow_links(file);
  std::error_code error;
  if (fs::is_directory(target, error)) cannot_write(file, EISDIR);
  if (fs::exists(target, error) && !fs::is_regular_file(target, error)) {
    // Not opened: a FIFO would wait for its reader.
    if (::access(target.c_str(), W_OK) != 0) cannot_write(file, errno);
    return;
  }
  const std::string temporary = target.string() + "." + std::to_string(::getpid()) + ".new";
  const Fd fresh(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fresh) cannot_write(file, errno);
  ::unlink(temporary.c_str());
}

bool finish_standard_output() {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int reason = errno;
  if (flushed && std::ferror(stdout) == 0) return true;
  pollfd reader{STDOUT_FILENO, POLLOUT, 0};
  if (reason == EPIPE || (::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0)) {
    return false;
  }
  throw Error("standard output",
              std::string("cannot be written") +
                  (reason == 0 ? std::string() : std::string(": ") + std::strerror(reason)),
              "what was printed is incomplete");
}

}  // namespace coldstart::cli
