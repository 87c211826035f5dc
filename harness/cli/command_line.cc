#include "harness/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <sstream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace coldstart::cli {

results::TextStyle Globals::style() const {
  results::TextStyle style;
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = std::clamp(static_cast<int>(size.ws_col), 60, 160);
  }
  // Whoever exports COLUMNS wants that width, in a pipe too.
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr && std::atoi(columns) > 0) {
    style.width = std::clamp(std::atoi(columns), 60, 160);
  }
  const char* no_color = std::getenv("NO_COLOR");
  style.color = color == "always" ||
                (color == "auto" && terminal && (no_color == nullptr || *no_color == '\0'));
  style.unicode = std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
  return style;
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) {
    const std::size_t begin = word.find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    words.push_back(word.substr(begin, word.find_last_not_of(" \t") - begin + 1));
  }
  return words;
}

}  // namespace coldstart::cli
