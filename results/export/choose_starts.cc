#include "results/export/choose_starts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "results/export/series.h"
#include "results/model/error.h"
#include "results/report/text.h"
#include "results/statistics/quantile.h"

namespace coldstart::results {
namespace {

/// What a choice means once it is read.
struct Choice {
  std::string function;
  std::optional<std::string> cache;
  std::optional<int> trial;  ///< else: the percentile
  double quantile = 0.5;
  std::string why = "median";
};

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Which start of the function. False: these are no such words, so they belong to its name.
bool read_which(std::string_view text, Choice& choice) {
  if (text == "median") return true;
  if (const auto trial = number<int>(text); trial && *trial > 0) {
    choice.trial = trial;
    choice.why = fmt::format("trial {}", *trial);
    return true;
  }
  if (!text.starts_with('p')) return false;
  const auto percent = number<double>(text.substr(1));
  if (!percent || !(*percent >= 0 && *percent <= 100)) return false;
  choice.quantile = *percent / 100;
  choice.why = text;
  return true;
}

bool has_function(const Run& run, std::string_view name) {
  return std::any_of(run.functions.begin(), run.functions.end(),
                     [&](const Function& function) { return function.name == name; });
}

// Names may contain a ':' or a '@' themselves: what is a function's name as it stands is one.
Choice read_choice(const Run& run, const std::string& text) {
  Choice choice;
  std::string_view name = text;
  if (const auto colon = name.rfind(':');
      !has_function(run, name) && colon != std::string_view::npos) {
    if (!read_which(name.substr(colon + 1), choice)) {
      throw Error(
          fmt::format("--start {}", printable(text)),
          fmt::format("'{}' is no trial and no percentile", printable(name.substr(colon + 1))),
          "write FUNCTION:3, FUNCTION:median or FUNCTION:p90");
    }
    name = name.substr(0, colon);
  }
  if (const auto at = name.rfind('@'); !has_function(run, name) && at != std::string_view::npos) {
    choice.cache = name.substr(at + 1);
    name = name.substr(0, at);
  }
  choice.function = name;
  return choice;
}

const Start* nearest(const Series& series, double q) {
  std::vector<std::int64_t> sorted = series.latencies_ns();
  std::sort(sorted.begin(), sorted.end());
  const double wanted = quantile(sorted, q);
  const auto distance = [&](const Start* start) {
    return std::abs(static_cast<double>(*latency_ns(start->timeline)) - wanted);
  };
  return *std::min_element(
      series.starts.begin(), series.starts.end(),
      [&](const Start* a, const Start* b) { return distance(a) < distance(b); });
}

std::string known_functions(const Run& run) {
  std::string names;
  for (const Function& function : run.functions) {
    names += (names.empty() ? "" : ", ") + printable(function.name);
  }
  return names.empty() ? "none" : names;
}

std::vector<ChosenStart> starts_of(const Run& run, const std::vector<Series>& all,
                                   const std::string& text) {
  const Choice choice = read_choice(run, text);
  const std::string thing = fmt::format("--start {}", printable(text));
  if (!has_function(run, choice.function)) {
    throw Error(thing,
                fmt::format("there is no function '{}' in the run", printable(choice.function)),
                "it has: " + known_functions(run));
  }
  std::vector<ChosenStart> chosen;
  if (choice.trial) {
    for (const Start& start : run.starts) {
      if (start.function == choice.function && start.trial == *choice.trial &&
          start.cache == choice.cache.value_or(start.cache)) {
        chosen.push_back({&start, choice.why});
      }
    }
  } else {
    for (const Series& series : all) {
      const Summary& of = series.summary;
      if (of.function == choice.function && of.cache == choice.cache.value_or(of.cache) &&
          !series.starts.empty()) {
        chosen.push_back({nearest(series, choice.quantile), choice.why});
      }
    }
  }
  if (chosen.empty()) {
    throw Error(thing, "there is no such start in the run",
                "see `coldstart export --format csv` for those there are");
  }
  return chosen;
}

}  // namespace

std::vector<ChosenStart> choose_starts(const Run& run, const std::vector<std::string>& choices) {
  const std::vector<Series> all = series_of(run);
  std::vector<ChosenStart> chosen;
  if (choices.empty()) {
    for (const Series& series : all) {
      if (series.summary.median_start) {
        chosen.push_back({&run.starts[*series.summary.median_start], "median"});
      }
    }
    if (chosen.empty()) {
      throw Error("run " + std::to_string(run.info.id), "no start of it answered",
                  "name a start that failed: --start FUNCTION:TRIAL");
    }
    return chosen;
  }
  for (const std::string& choice : choices) {
    for (ChosenStart& start : starts_of(run, all, choice)) chosen.push_back(std::move(start));
  }
  return chosen;
}

}  // namespace coldstart::results
