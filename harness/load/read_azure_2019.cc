// Azure Functions 2019: a row a function, a column a minute (invocations_per_function_md.anon.dNN
// .csv), and a second file with percentiles of their durations in milliseconds
// (function_durations_percentiles.anon.dNN.csv). Shahrad et al., Serverless in the Wild, ATC'20.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/load/csv_rows.h"
#include "harness/load/trace.h"
#include "results/model/error.h"

namespace coldstart::harness {
namespace {

constexpr std::array<std::string_view, 4> kIdentity = {"HashOwner", "HashApp", "HashFunction",
                                                       "Trigger"};
constexpr std::size_t kMinutesADay = 1440;

// How many minutes the file has.
std::size_t read_header(CsvRows& rows) {
  const std::string remedy = "the first row must be HashOwner,HashApp,HashFunction,Trigger,1,2,…";
  if (!rows.next()) rows.refuse("the file is empty", remedy);
  const auto& fields = rows.fields();
  if (fields.size() <= kIdentity.size() ||
      !std::equal(kIdentity.begin(), kIdentity.end(), fields.begin())) {
    rows.refuse("this is no header of azure-2019 invocations", remedy);
  }
  const std::size_t minutes = fields.size() - kIdentity.size();
  for (std::size_t minute = 0; minute < minutes; ++minute) {
    if (fields[kIdentity.size() + minute] == std::to_string(minute + 1)) continue;
    rows.refuse("column " + std::to_string(kIdentity.size() + minute + 1) + " must be minute " +
                    std::to_string(minute + 1),
                remedy);
  }
  if (minutes > kMinutesADay) {
    rows.refuse("there are more than 1440 minutes", "write one file a day");
  }
  return minutes;
}

TraceFunction read_row(const CsvRows& rows, std::size_t minutes) {
  rows.expect_fields(kIdentity.size() + minutes);
  TraceFunction function;
  function.owner = rows.hash(0);
  function.app = rows.hash(1);
  function.function = rows.hash(2);
  for (std::size_t minute = 0; minute < minutes; ++minute) {
    const std::uint32_t count = rows.count(kIdentity.size() + minute);
    if (count == 0) continue;
    function.minutes.push_back({static_cast<std::uint32_t>(minute), count});
    function.invocations += count;
  }
  function.minutes.shrink_to_fit();
  return function;
}

// The busiest of those that were added, never more of them than are wanted.
class Busiest {
 public:
  explicit Busiest(std::optional<int> wanted) : wanted_(wanted) {}

  void add(TraceFunction function) {
    kept_.push_back({std::move(function), order_++});
    if (!wanted_) return;
    std::ranges::push_heap(kept_, is_busier);
    if (kept_.size() <= static_cast<std::size_t>(*wanted_)) return;
    std::ranges::pop_heap(kept_, is_busier);
    kept_.pop_back();
  }

  std::vector<TraceFunction> take() {
    std::ranges::sort(kept_, is_busier);
    std::vector<TraceFunction> functions;
    functions.reserve(kept_.size());
    for (Candidate& candidate : kept_) functions.push_back(std::move(candidate.function));
    return functions;
  }

 private:
  struct Candidate {
    TraceFunction function;
    std::size_t order;
  };
  // The heap has the least busy at its front.
  static bool is_busier(const Candidate& a, const Candidate& b) {
    return a.function.invocations != b.function.invocations
               ? a.function.invocations > b.function.invocations
               : a.order < b.order;
  }

  std::optional<int> wanted_;
  std::vector<Candidate> kept_;
  std::size_t order_ = 0;
};

std::string key_of(std::string_view owner, std::string_view app, std::string_view function) {
  return std::string(owner).append(",").append(app).append(",").append(function);
}

constexpr std::size_t kAverage = 3;  // columns of the second file
constexpr std::size_t kFirstPercentile = 7;

// The row's numbers, all of which are checked, whether or not they are used.
TraceDurations read_durations_row(const CsvRows& rows) {
  constexpr double kNanosecondsInMillisecond = 1e6;
  constexpr double kLongest = 1e12;  // ms; beyond it nanoseconds do not fit
  const auto& fields = rows.fields();
  const auto time = [&rows](std::size_t column) {
    const double milliseconds = rows.number(column);
    if (milliseconds > kLongest) {
      rows.refuse("column " + std::to_string(column + 1) + " is too large", "correct it");
    }
    return std::chrono::nanoseconds(std::llround(milliseconds * kNanosecondsInMillisecond));
  };
  TraceDurations durations;
  durations.average = time(kAverage);
  for (std::size_t column = kAverage + 1; column < kFirstPercentile; ++column) time(column);
  if (std::all_of(fields.begin() + kFirstPercentile, fields.end(),
                  [](std::string_view field) { return field.empty(); })) {
    return durations;
  }
  auto& percentiles = durations.percentiles.emplace();
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    percentiles[i] = time(kFirstPercentile + i);
    if (i == 0 || percentiles[i] >= percentiles[i - 1]) continue;
    rows.refuse("column " + std::to_string(kFirstPercentile + i + 1) +
                    " is less than the percentile before it",
                "correct it, or fetch the file again");
  }
  return durations;
}

// Of every function that is kept and has a row.
void read_durations(const std::filesystem::path& file, Trace& trace) {
  constexpr std::array<std::string_view, 14> kHeader = {"HashOwner",
                                                        "HashApp",
                                                        "HashFunction",
                                                        "Average",
                                                        "Count",
                                                        "Minimum",
                                                        "Maximum",
                                                        "percentile_Average_0",
                                                        "percentile_Average_1",
                                                        "percentile_Average_25",
                                                        "percentile_Average_50",
                                                        "percentile_Average_75",
                                                        "percentile_Average_99",
                                                        "percentile_Average_100"};

  std::unordered_map<std::string, TraceFunction*> wanted;
  for (TraceFunction& function : trace.functions) {
    wanted.try_emplace(key_of(function.owner, function.app, function.function), &function);
  }
  CsvRows rows(file);
  if (!rows.next() || !std::ranges::equal(rows.fields(), kHeader)) {
    rows.refuse("this is no header of azure-2019 durations",
                "the first row must be HashOwner,HashApp,HashFunction,Average,Count,Minimum,"
                "Maximum,percentile_Average_0,…,percentile_Average_100");
  }
  while (rows.next()) {
    rows.expect_fields(kHeader.size());
    const auto found = wanted.find(key_of(rows.hash(0), rows.hash(1), rows.hash(2)));
    const TraceDurations durations = read_durations_row(rows);
    if (found != wanted.end()) found->second->durations = durations;
  }
}

}  // namespace

Trace read_azure_2019(const TracePattern& pattern) {
  CsvRows rows(pattern.file);
  const std::size_t minutes = read_header(rows);
  Busiest busiest(pattern.functions);
  while (rows.next()) {
    TraceFunction function = read_row(rows, minutes);
    if (function.invocations > 0) busiest.add(std::move(function));
  }
  Trace trace{busiest.take()};
  if (trace.functions.empty()) {
    throw Error(pattern.file.string(), "has no invocation in it", "name another file");
  }
  if (!pattern.durations.empty()) read_durations(pattern.durations, trace);
  return trace;
}

}  // namespace coldstart::harness
