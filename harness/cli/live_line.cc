#include "harness/cli/live_line.h"

#include <algorithm>
#include <vector>

#include "results/report/text.h"

namespace coldstart::cli {
namespace {

constexpr const char* kBetween = " · ";
constexpr int kBetweenWidth = 3;

std::string joined(const std::vector<std::string>& parts) {
  std::string line;
  for (const std::string& part : parts) {
    if (!part.empty()) line += (line.empty() ? "" : kBetween) + part;
  }
  return line;
}

}  // namespace

std::string live_line(const LiveState& state, int width, bool unicode) {
  const std::string where = "trial " + std::to_string(std::min(state.done + 1, state.total)) +
                            " of " + std::to_string(state.total);
  const std::string left = state.left_ns ? time_left(*state.left_ns) + " left" : "";
  const std::string last = state.last.empty() ? "" : "last: " + results::printable(state.last);
  const std::string what = results::printable(state.what);
  std::string line = joined({where, what, last, left});
  if (results::display_width(line) > width) {
    const int room = width - results::display_width(joined({where, left})) - kBetweenWidth;
    line = joined({where, room > 0 ? results::fit(what, room) : "", left});
  }
  line = results::fit(line, width);
  return unicode ? line : results::to_ascii(line);
}

std::string plain_live_line(const std::string& line, int width, bool unicode) {
  const std::string cut = results::fit_begin(results::printable(line), width);
  return unicode ? cut : results::to_ascii(cut);
}

std::string time_left(std::int64_t ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t seconds = std::max<std::int64_t>((ns + kSecond - 1) / kSecond, 1);
  if (seconds < 60) return std::to_string(seconds) + " s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) {
    return std::to_string(minutes) + " min " + std::to_string(seconds % 60) + " s";
  }
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

}  // namespace coldstart::cli
