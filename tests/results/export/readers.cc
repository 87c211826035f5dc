#include "tests/results/export/readers.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace coldstart::results::testing {

std::optional<std::string> find_reader(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(COLDSTART_SOURCE_DIR "/build/readers:") +
                             (path != nullptr ? path : "/usr/bin"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = folder + '/' + program;
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

CommandResult run_command(const std::string& command_line) {
  CommandResult result;
  std::FILE* pipe = popen((command_line + " 2>&1").c_str(), "r");  // NOLINT(cert-env33-c)
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.output.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

}  // namespace coldstart::results::testing
