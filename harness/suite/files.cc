#include "harness/suite/files.h"

#include <cerrno>
#include <deque>
#include <system_error>
#include <unistd.h>

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

std::optional<Complaint> check_exists(const fs::path& path, const std::string& kind) {
  std::error_code error;
  if (fs::exists(path, error)) return std::nullopt;
  if (error) {
    return Complaint{"cannot look at " + path.string() + ": " + error.message(),
                     "correct the path, or the permissions on the way to it"};
  }
  return Complaint{"no such " + kind + ": " + path.string(), "build it, or correct the path"};
}

bool may(const fs::path& path, int how) { return ::access(path.c_str(), how) == 0; }

}  // namespace

fs::path resolve(const fs::path& base, const std::string& text) {
  const fs::path path = base / text;
  fs::path folded = path.lexically_normal();
  if (!folded.has_filename()) folded = folded.parent_path();  // "folder/" is "folder"
  std::error_code error;
  return !fs::exists(path, error) || fs::equivalent(path, folded, error) ? folded : path;
}

std::optional<Complaint> check_program(const fs::path& path) {
  if (auto complaint = check_exists(path, "program")) return complaint;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Complaint{path.string() + " is not a file", "name the program itself"};
  }
  if (!may(path, X_OK)) {
    return Complaint{path.string() + " is not executable", "chmod +x it, or name another program"};
  }
  return std::nullopt;
}

std::optional<Complaint> check_file(const fs::path& path) {
  if (auto complaint = check_exists(path, "file")) return complaint;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return Complaint{path.string() + " is a folder", "name the file itself"};
  }
  if (!may(path, R_OK)) {
    return Complaint{path.string() + " is not readable", "change its permissions"};
  }
  return std::nullopt;
}

std::optional<Complaint> check_folder(const fs::path& path) {
  if (auto complaint = check_exists(path, "folder")) return complaint;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return Complaint{path.string() + " is not a folder", "name a folder"};
  }
  if (!may(path, X_OK)) {
    return Complaint{path.string() + " is not accessible", "change its permissions"};
  }
  return std::nullopt;
}

std::optional<fs::path> find_in_root(const fs::path& root, const fs::path& inside) {
  constexpr int kMostLinks = 40;  // as the kernel: ELOOP
  std::deque<fs::path> ahead(inside.begin(), inside.end());
  fs::path seen = "/";  // what is resolved so far, as the process sees it
  int links = 0;
  while (!ahead.empty()) {
    const fs::path part = ahead.front();
    ahead.pop_front();
    if (part.is_absolute()) {
      seen = "/";
    } else if (part == "..") {
      seen = seen.parent_path();  // of "/": "/"
    } else if (!part.empty() && part != ".") {
      const fs::path outside = root / (seen / part).relative_path();
      std::error_code error;
      const auto status = fs::symlink_status(outside, error);
      if (!fs::exists(status)) return std::nullopt;
      if (!fs::is_symlink(status)) {
        seen /= part;
        continue;
      }
      if (++links > kMostLinks) return std::nullopt;
      const fs::path target = fs::read_symlink(outside, error);
      if (error) return std::nullopt;
      ahead.insert(ahead.begin(), target.begin(), target.end());
    }
  }
  return root / seen.relative_path();
}

}  // namespace coldstart::harness
