#include "results/report/phase_bar.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <utility>

#include "results/report/palette.h"

namespace coldstart::results {
namespace {

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Several phases in one are hatched.
std::string symbol_of(const std::vector<Phase>& phases, const TextStyle& style) {
  if (style.color && style.unicode) return phases.size() == 1 ? "█" : "▒";
  return std::string(1, letter_of(phases));
}

}  // namespace

std::vector<int> apportion(const std::vector<std::int64_t>& lengths, int cells) {
  std::vector<int> shares(lengths.size(), 0);
  const auto total =
      static_cast<double>(std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}));
  if (total <= 0) return shares;
  std::vector<std::pair<double, std::size_t>> remainders;
  int given = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const double exact = static_cast<double>(lengths[i]) / total * cells;
    shares[i] = static_cast<int>(exact);
    given += shares[i];
    remainders.emplace_back(shares[i] - exact, i);  // negative: the largest remainder sorts first
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::size_t i = 0; given < cells && i < remainders.size(); ++i, ++given) {
    ++shares[remainders[i].second];
  }
  return shares;
}

std::string colored(const std::string& text, const std::vector<Phase>& phases,
                    const TextStyle& style) {
  if (!style.color || text.empty()) return text;
  return fmt::format("\x1b[38;5;{}m{}\x1b[0m", ansi256(color_of(phases)), text);
}

std::string phase_bar(const std::vector<PhaseMedian>& phases, int cells, const TextStyle& style) {
  std::vector<std::int64_t> lengths;
  for (const PhaseMedian& phase : phases) lengths.push_back(phase.median_ns);
  const std::vector<int> shares = apportion(lengths, cells);
  std::string bar;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    bar +=
        colored(repeated(symbol_of(phases[i].phases, style), shares[i]), phases[i].phases, style);
  }
  return bar;
}

std::vector<std::string> phase_legend(const std::vector<Summary>& summaries,
                                      const TextStyle& style) {
  std::map<std::vector<Phase>, std::string> names;
  for (const Summary& summary : summaries) {
    for (const PhaseMedian& phase : summary.phases) names.emplace(phase.phases, phase.name);
  }
  std::vector<std::string> entries;
  for (const auto& [phases, name] : names) {
    entries.push_back(colored(symbol_of(phases, style), phases, style) + ' ' + name);
  }
  return entries;
}

}  // namespace coldstart::results
