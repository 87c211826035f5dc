#include "results/report/history.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/compare/gate_history.h"
#include "results/export/json_put.h"
#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/columns.h"
#include "results/report/text.h"
#include "results/statistics/change_points.h"
#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

std::string other_probes(const std::string& before, const std::string& after) {
  if (before == after) return "";
  const auto named = [](const std::string& tiers) {
    return tiers.empty() ? std::string("none") : printable(tiers);
  };
  return named(before) + " → " + named(after);
}

std::string other_time(double before, double after) {
  return before == after ? "" : fmt::format("time ×{:g} → ×{:g}", before, after);
}

HistoryRow row_of(const RunLatencies& run) {
  HistoryRow row;
  row.run_id = run.run_id;
  row.label = run.label;
  row.started_at = run.started_at;
  row.time_scale = run.time_scale;
  row.n = run.sorted_ns.size();
  row.median_ns = std::llround(quantile(run.sorted_ns, 0.5));
  row.interval = median_interval(run.sorted_ns, kConfidence);
  return row;
}

// The level of rows [begin, end): the median of their medians.
double level(const std::vector<HistoryRow>& rows, std::size_t begin, std::size_t end) {
  std::vector<std::int64_t> medians;
  for (std::size_t i = begin; i < end; ++i) medians.push_back(rows[i].median_ns);
  std::sort(medians.begin(), medians.end());
  return quantile(medians, 0.5);
}

// Marks the changes among rows [begin, end), which were measured alike.
void mark_changes(std::vector<HistoryRow>& rows, std::size_t begin, std::size_t end) {
  std::vector<double> logs;
  for (std::size_t i = begin; i < end; ++i) {
    logs.push_back(std::log(static_cast<double>(std::max<std::int64_t>(1, rows[i].median_ns))));
  }
  std::vector<std::size_t> points = change_points(logs);
  for (std::size_t& point : points) point += begin;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t before = i == 0 ? begin : points[i - 1];
    const std::size_t after = i + 1 == points.size() ? end : points[i + 1];
    rows[points[i]].change = level(rows, points[i], after) / level(rows, before, points[i]);
  }
}

void mark_changes(HistorySeries& series) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= series.rows.size(); ++i) {
    if (i < series.rows.size() && !series.rows[i].begins_anew()) continue;
    mark_changes(series.rows, begin, i);
    begin = i;
  }
}

std::string percent(double ratio) { return fmt::format("{:+.1f} %", (ratio - 1) * 100); }

std::string mark_of(const HistoryRow& row) {
  if (!row.host_break.empty()) return "machine";
  if (!row.probes_break.empty()) return "probes";
  if (!row.load_break.empty()) return fmt::format("time ×{:g}", row.time_scale);
  return row.change ? percent(*row.change) : std::string();
}

// "2026-01-01 00:00"
std::string when(const std::string& started_at) {
  constexpr std::size_t kToTheMinute = 16;
  std::string text = printable(started_at).substr(0, kToTheMinute);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::vector<Column> columns_of(const HistorySeries& series, int width) {
  Column run{"run"};
  Column started{"started", {}, true};
  Column label{"label", {}, true};
  Column n{"n"};
  Column median{"median"};
  Column interval{"95 % interval"};
  Column mark{"change", {}, true};
  for (const HistoryRow& row : series.rows) {
    run.cells.push_back(std::to_string(row.run_id));
    started.cells.push_back(when(row.started_at));
    label.cells.push_back(printable(row.label));
    n.cells.push_back(format_count(static_cast<std::int64_t>(row.n)));
    median.cells.push_back(format_duration(row.median_ns));
    interval.cells.push_back(row.interval ? format_interval(row.interval->low, row.interval->high)
                                          : kAbsent);
    mark.cells.push_back(mark_of(row));
  }
  std::vector<Column> columns = {run, started, label, n, median, interval, mark};
  constexpr int kLeastLabel = 12;
  constexpr std::size_t kLabel = 2;
  const int room = label.width() - std::max(0, total_width(columns) - width);
  for (std::string& cell : columns[kLabel].cells) cell = fit(cell, std::max(room, kLeastLabel));
  return columns;
}

// The title, the table, and where machine or probes changed.
std::string series_text(const HistorySeries& series, const TextStyle& style) {
  std::string text;
  const auto add = [&](const std::string& line) {
    for (const std::string& part : wrap(line, style.width, 2)) text += part + '\n';
  };
  add(fmt::format("{}, {}{}, {}: {} {}", printable(series.function), printable(series.load),
                  time_scales_suffix(series), printable(series.cache), series.rows.size(),
                  series.rows.size() == 1 ? "run" : "runs"));
  text += render_split(columns_of(series, style.width), style);
  for (const HistoryRow& row : series.rows) {
    if (!row.host_break.empty()) {
      add(fmt::format("from run {} on another machine, not compared with what was before: {}",
                      row.run_id, row.host_break));
    }
    if (!row.probes_break.empty()) {
      add(fmt::format("from run {} with other probes, not compared with what was before: {}",
                      row.run_id, row.probes_break));
    }
    if (!row.load_break.empty()) {
      add(
          fmt::format("from run {} with time compressed otherwise, not compared with what was "
                      "before: {}",
                      row.run_id, row.load_break));
    }
  }
  return text;
}

}  // namespace

std::vector<double> HistorySeries::time_scales() const {
  std::vector<double> scales;
  for (const HistoryRow& row : rows) scales.push_back(row.time_scale);
  std::sort(scales.begin(), scales.end());
  scales.erase(std::unique(scales.begin(), scales.end()), scales.end());
  return scales;
}

std::string time_scales_suffix(const HistorySeries& series) {
  const std::vector<double> scales = series.time_scales();
  if (scales.size() == 1) return time_scale_suffix(scales.front());
  std::string words;
  for (const double scale : scales)
    words += fmt::format("{}×{:g}", words.empty() ? "" : ", ", scale);
  return fmt::format(" (time {})", words);
}

std::vector<HistorySeries> history_of(const std::vector<RunLatencies>& rows) {
  std::vector<HistorySeries> history;
  const RunLatencies* before = nullptr;
  for (const RunLatencies& run : rows) {
    const bool same = before != nullptr && before->function == run.function &&
                      before->load == run.load && before->cache == run.cache;
    if (!same) history.push_back({run.function, run.load, run.cache, {}});
    history.back().rows.push_back(row_of(run));
    if (same) {
      HistoryRow& row = history.back().rows.back();
      row.host_break = printable(host_difference(before->host, run.host));
      row.probes_break = other_probes(before->tiers, run.tiers);
      row.load_break = other_time(before->time_scale, run.time_scale);
    }
    before = &run;
  }
  for (HistorySeries& series : history) mark_changes(series);
  return history;
}

std::string history_text(const std::vector<HistorySeries>& history, const TextStyle& style) {
  std::string text;
  bool marked = false;
  for (const HistorySeries& series : history) {
    text += (text.empty() ? "" : "\n") + series_text(series, style);
    for (const HistoryRow& row : series.rows) marked = marked || row.change.has_value();
  }
  if (marked) {
    text += '\n';
    for (const std::string& line :
         wrap("A change is a mark to look at and not a verdict: runs apart in time differ by the "
              "machine too. What differs: coldstart compare; whether it is so: coldstart check.",
              style.width)) {
      text += line + '\n';
    }
  }
  return style.unicode ? text : to_ascii(text);
}

std::string history_json(const std::vector<HistorySeries>& history) {
  using Json = nlohmann::ordered_json;
  Json json = {{"schema", "coldstart.history/1"}, {"series", Json::array()}};
  for (const HistorySeries& series : history) {
    Json runs = Json::array();
    for (const HistoryRow& row : series.rows) {
      Json& of = runs.emplace_back(Json{{"run", row.run_id}});
      put(of, "label", row.label);
      of["started_at"] = row.started_at;
      of["n"] = row.n;
      of["median_ns"] = row.median_ns;
      if (row.interval) of["median_ci95_ns"] = {row.interval->low, row.interval->high};
      if (row.time_scale != 1) of["time_scale"] = row.time_scale;
      put(of, "host_break", row.host_break);
      put(of, "probes_break", row.probes_break);
      put(of, "load_break", row.load_break);
      put(of, "change", row.change);
    }
    json["series"].push_back({{"function", series.function},
                              {"load", series.load},
                              {"cache", series.cache},
                              {"runs", std::move(runs)}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
