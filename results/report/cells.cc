#include "results/report/cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <string_view>
#include <utility>

#include "results/model/duration.h"
#include "results/report/text.h"
#include "results/statistics/disturbed_starts.h"
#include "results/statistics/load_summary.h"

namespace coldstart::results {
namespace {

std::string duration_cell(const std::optional<std::int64_t>& ns) {
  return ns ? format_duration(*ns) : kAbsent;
}

ComparisonRow comparison_row(const Summary& s) {
  return {&s,
          printable(s.function),
          std::to_string(s.n),
          std::to_string(s.failed()),
          duration_cell(s.median_ns),
          s.median_interval ? format_interval(s.median_interval->low, s.median_interval->high)
                            : kAbsent,
          duration_cell(s.p90_ns),
          duration_cell(s.p99_ns),
          s.ratio ? format_ratio(*s.ratio) : kAbsent};
}

void fill_phases(Block& block) {
  std::map<std::vector<Phase>, std::size_t> columns;
  for (const Summary* summary : block.summaries) {
    for (const PhaseMedian& phase : summary->phases) columns.emplace(phase.phases, 0);
  }
  for (auto& [phases, column] : columns) {
    column = block.phase_names.size();
    block.phase_names.push_back(short_name(phases));
    block.phase_columns.push_back(phases);
  }
  for (const Summary* summary : block.summaries) {
    if (summary->phases.empty()) continue;  // no start that can be used: the comparison says so
    PhaseRow row{printable(summary->function), std::vector<std::string>(columns.size())};
    for (const PhaseMedian& phase : summary->phases) {
      row.cells[columns.at(phase.phases)] = format_duration(phase.median_ns);
    }
    block.phase_rows.push_back(std::move(row));
  }
}

}  // namespace

std::vector<Block> blocks_of(const std::vector<Summary>& summaries) {
  std::vector<Block> blocks;
  for (const Summary& summary : summaries) {
    const std::string load = load_title(summary.load, summary.function);
    const std::string title = printable(fmt::format("{}, {}", load, summary.cache)) +
                              time_scale_suffix(summary.time_scale);
    auto block = std::find_if(blocks.begin(), blocks.end(),
                              [&](const Block& b) { return b.title == title; });
    if (block == blocks.end())
      block = blocks.insert(blocks.end(), Block{title, {}, {}, {}, {}, {}});
    block->summaries.push_back(&summary);
    block->rows.push_back(comparison_row(summary));
  }
  for (Block& block : blocks) fill_phases(block);
  return blocks;
}

void drop_parallel(const Run& run, std::vector<Block>& blocks) {
  for (const Load& load : run.loads) {
    if (!parallel_of(load)) continue;
    std::erase_if(blocks, [&](const Block& b) { return b.summaries.front()->load == load.name; });
  }
}

std::size_t keep_most_started(Block& block, std::size_t at_most) {
  const std::size_t all = block.summaries.size();
  if (all <= at_most) return 0;
  std::vector<const Summary*> by_count = block.summaries;
  const auto tried = [](const Summary* s) { return s->n + s->lost + s->unproven + s->failed(); };
  std::stable_sort(by_count.begin(), by_count.end(),
                   [&](const Summary* a, const Summary* b) { return tried(a) > tried(b); });
  by_count.resize(at_most);
  Block kept{block.title, {}, {}, {}, {}, {}};
  for (const Summary* summary : block.summaries) {  // in the order in which they were
    if (std::find(by_count.begin(), by_count.end(), summary) == by_count.end()) continue;
    kept.summaries.push_back(summary);
    kept.rows.push_back(comparison_row(*summary));
  }
  fill_phases(kept);
  block = std::move(kept);
  return all - at_most;
}

std::string load_title(const std::string& load, const std::string& function) {
  return is_disturbed(load, function) ? load + " (not judged)" : load;
}

std::string time_scale_suffix(double time_scale) {
  return time_scale == 1 ? "" : fmt::format(" (time ×{:g})", time_scale);
}

std::string format_interval(std::int64_t low_ns, std::int64_t high_ns) {
  const std::string low = format_duration(low_ns);
  const std::string high = format_duration(high_ns);
  const auto unit = [](std::string_view text) { return text.substr(text.rfind(' ')); };
  const bool same = unit(low) == unit(high);
  return (same ? low.substr(0, low.rfind(' ')) : low) + "–" + high;
}

std::string format_ratio(double ratio) {
  const int decimals = ratio < 9.995 ? 2 : ratio < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}×", ratio, decimals);
}

std::string format_rate(double per_second) {
  constexpr double kWhole = 999.5;
  return per_second < kWhole ? fmt::format("{:.3g}", per_second)
                             : format_count(std::llround(per_second));
}

std::string format_count(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t sign = count < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > sign + 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string format_bytes(std::int64_t bytes) {
  constexpr std::array<const char*, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  constexpr double kStep = 1024;
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  // 999.5 would print as "1000".
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= kStep;
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, kUnits[unit]);
}

std::string format_share(std::int64_t part, std::int64_t total) {
  if (total <= 0) return kAbsent;
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(total);
  if (part > 0 && percent < 0.05) return "<0.1 %";
  return fmt::format("{:.1f} %", percent);
}

std::string place_of_median_start(const Run& run, const Summary& summary) {
  if (!summary.median_start || !summary.median_rank) return kAbsent;
  const std::size_t rank = *summary.median_rank;
  const std::size_t last = rank % 10;
  const bool teen = rank / 10 % 10 == 1;
  const char* suffix = teen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return fmt::format("trial {}, {}{} of {}", run.starts[*summary.median_start].trial, rank, suffix,
                     summary.n);
}

std::string end_of_clock(std::string_view contract) {
  return contract == "exec" ? "the first byte of its output, or its end"
                            : "the first byte of the answer";
}

std::string contract_of(const Run& run, const std::string& function) {
  for (const Function& f : run.functions) {
    if (f.name == function) return f.contract;
  }
  return "";
}

std::string descriptions(const std::vector<Phase>& phases) {
  std::string text;
  for (Phase phase : phases) text += (text.empty() ? "" : "; ") + std::string(description(phase));
  return text;
}

std::string short_name(const std::vector<Phase>& phases) {
  std::string first(name(phases.front()));
  const std::string last(name(phases.back()));
  if (phases.size() == 1) return first;
  return first + (phases.size() == 2 ? "+" : "…") + last;
}

}  // namespace coldstart::results
