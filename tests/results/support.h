// What several tests of results/ need.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace coldstart::results::testing {

/// A folder of its own for a test, open to every user; removed at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  /// Names of what is in it, sorted.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& content);

bool contains(const std::string& text, const std::string& part);
std::size_t count_of(const std::string& text, const std::string& part);
std::vector<std::string> lines_of(const std::string& text);

/// The message of the Error that `body` throws; empty: it threw none.
std::string error_of(const std::function<void()>& body);

/// Runs `body` in a child process and returns what it returned, or "died" if it did not come that
/// far. `unprivileged`: as a user without rights, even where the tests run as root.
std::string in_child(const std::function<std::string()>& body, bool unprivileged = false);

}  // namespace coldstart::results::testing
