#include "harness/suite/suite.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "results/model/error.h"

namespace coldstart::harness {
namespace {

// Far more than a suite can need; keeps a wrong path (a disk image, /dev/zero) from filling memory.
constexpr std::size_t kLargestSuite = 1U << 20U;

std::string read_text_file(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    throw Error(file.string(), "is a folder, not a suite file", "name the YAML file in it");
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw Error(file.string(),
                "cannot be read: " + std::generic_category().message(errno == 0 ? EIO : errno),
                "check the path and its permissions");
  }
  std::string text(kLargestSuite + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) throw Error(file.string(), "cannot be read", "check the disk");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLargestSuite) {
    throw Error(file.string(), "is larger than 1 MiB, which is no suite file",
                "name the YAML file of a suite");
  }
  return text;
}

}  // namespace

Suite read_suite(const std::filesystem::path& file, const std::vector<std::string>& chosen) {
  return parse_suite(read_text_file(file), file, chosen);
}

// It becomes part of the request line.
bool is_request_path(std::string_view text) {
  return text.starts_with('/') &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace coldstart::harness
