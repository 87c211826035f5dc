#include "harness/platform/host.h"

#include <array>
#include <ctime>
#include <fstream>
#include <string_view>
#include <sys/utsname.h>
#include <unistd.h>

namespace coldstart::harness {
namespace {

// The value of the first line that begins with `key`, after the separator, without quotes.
std::string value_of(const char* file, std::string_view key, char separator) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t at = line.find(separator);
    if (at == std::string::npos) continue;
    std::string value = line.substr(at + 1);
    const std::size_t begin = value.find_first_not_of(" \t\"");
    if (begin == std::string::npos) return {};
    return value.substr(begin, value.find_last_not_of(" \t\"") - begin + 1);
  }
  return {};
}

}  // namespace

Host describe_host() {
  Host host;
  utsname names{};
  if (::uname(&names) == 0) {
    host.name = names.nodename;
    host.kernel = names.release;
  }
  host.os = value_of("/etc/os-release", "PRETTY_NAME", '=');
  host.cpu = value_of("/proc/cpuinfo", "model name", ':');
  host.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && size > 0) {
    host.memory_bytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
  }
  return host;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace coldstart::harness
