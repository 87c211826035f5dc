// Azure Functions 2021: a row an invocation, with its end and its duration in seconds. Zhang et
// al., Faster and Cheaper Serverless Computing on Harvested Resources, SOSP'21.
//
// The file is read twice: the first time to see which functions are the busiest and to check every
// row, the second time to keep the requests of these only.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
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

using std::chrono::nanoseconds;

struct Row {
  std::string_view app;
  std::string_view function;
  nanoseconds start{0};  // on the clock of the trace; negative if it began before the trace did
  nanoseconds duration{0};
};

void read_header(CsvRows& rows) {
  constexpr std::array<std::string_view, 4> kHeader = {"app", "func", "end_timestamp", "duration"};
  if (!rows.next() || !std::ranges::equal(rows.fields(), kHeader)) {
    rows.refuse("this is no header of azure-2021",
                "the first row must be app,func,end_timestamp,duration");
  }
}

Row read_row(const CsvRows& rows) {
  constexpr std::size_t kColumns = 4;
  constexpr double kNanosecondsInSecond = 1e9;
  constexpr double kLatest = 1e9;  // seconds: 31 years, well within an int64 of nanoseconds
  rows.expect_fields(kColumns);
  const double end = rows.number(2);
  const double duration = rows.number(3);
  if (end > kLatest || duration > kLatest) {
    rows.refuse("this request ends or lasts more than a billion seconds", "correct it");
  }
  return {rows.hash(0), rows.hash(1),
          nanoseconds(std::llround((end - duration) * kNanosecondsInSecond)),
          nanoseconds(std::llround(duration * kNanosecondsInSecond))};
}

std::string key_of(const Row& row) { return std::string(row.app).append(",").append(row.function); }

struct Overview {
  std::vector<TraceFunction> functions;  // in the order of the file
  nanoseconds first_start = nanoseconds::max();
};

Overview look_through(const std::filesystem::path& file) {
  CsvRows rows(file);
  read_header(rows);
  Overview overview;
  std::unordered_map<std::string, std::size_t> indices;
  while (rows.next()) {
    const Row row = read_row(rows);
    const auto [at, is_new] = indices.try_emplace(key_of(row), overview.functions.size());
    if (is_new) {
      TraceFunction& function = overview.functions.emplace_back();
      function.app = row.app;
      function.function = row.function;
    }
    ++overview.functions[at->second].invocations;
    overview.first_start = std::min(overview.first_start, row.start);
  }
  return overview;
}

}  // namespace

Trace read_azure_2021(const TracePattern& pattern) {
  Overview overview = look_through(pattern.file);
  Trace trace{std::move(overview.functions)};
  if (trace.functions.empty()) {
    throw Error(pattern.file.string(), "has no invocation in it", "name another file");
  }
  std::ranges::stable_sort(trace.functions, std::greater(), &TraceFunction::invocations);
  if (pattern.functions && static_cast<std::size_t>(*pattern.functions) < trace.functions.size()) {
    trace.functions.resize(static_cast<std::size_t>(*pattern.functions));
  }
  std::unordered_map<std::string, TraceFunction*> kept;
  for (TraceFunction& function : trace.functions) {
    function.requests.reserve(function.invocations);
    kept.emplace(std::string(function.app).append(",").append(function.function), &function);
  }
  CsvRows rows(pattern.file);
  read_header(rows);
  while (rows.next()) {
    const Row row = read_row(rows);
    const auto found = kept.find(key_of(row));
    if (found == kept.end()) continue;
    found->second->requests.push_back({row.start - overview.first_start, row.duration});
  }
  // The file is in the order of ends, if any.
  for (TraceFunction& function : trace.functions) {
    std::ranges::stable_sort(function.requests, {}, &TraceFunction::Request::start);
  }
  return trace;
}

}  // namespace coldstart::harness
