#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "results/compare/differences.h"
#include "results/statistics/quantile.h"
#include "results/statistics/summary.h"

namespace coldstart::results {
namespace {

std::int64_t median(std::vector<std::int64_t>& values) {
  std::sort(values.begin(), values.end());
  return std::llround(quantile(values, 0.5));
}

/// A kind of thing on one side: in how many starts it was looked at, and for each name the times.
struct Named {
  std::size_t looked = 0;
  bool cut_off = false;  ///< only the ten that took the longest are known
  std::map<std::string, std::vector<std::int64_t>> times;  ///< 0 where it has no time of its own
};

constexpr std::size_t kKept = 10;  // the account keeps that many imports, modules and files

bool is_there(const Named& side, const std::string& name) {
  const auto found = side.times.find(name);
  return found != side.times.end() && 2 * found->second.size() > side.looked;
}
bool is_never_there(const Named& side, const std::string& name) {
  return !side.times.contains(name);
}

void put_named(const std::string& kind, Named& a, Named& b, std::vector<ThingDifference>& out) {
  if (a.looked == 0 || b.looked == 0) return;
  for (auto& [name, times] : b.times) {
    if (is_there(b, name) && is_never_there(a, name) && !a.cut_off) {
      const std::int64_t ns = median(times);
      out.push_back({Change::kAppeared, kind, name, std::nullopt, ns, {}, {}, ns});
    }
  }
  for (auto& [name, times] : a.times) {
    if (!is_there(a, name)) continue;
    if (is_never_there(b, name)) {
      if (b.cut_off) continue;
      const std::int64_t ns = median(times);
      out.push_back({Change::kVanished, kind, name, ns, std::nullopt, {}, {}, ns});
    } else if (is_there(b, name)) {
      std::vector<std::int64_t>& others = b.times[name];
      const std::int64_t before = median(times);
      const std::int64_t after = median(others);
      if (!unpaired_shift(times, others, kConfidence).excludes(0)) continue;
      out.push_back({after > before ? Change::kSlower : Change::kFaster,
                     kind,
                     name,
                     before,
                     after,
                     {},
                     {},
                     std::abs(after - before)});
    }
  }
}

Named libraries(const Series& series) {
  Named side;
  for (const Start* start : series.starts) {
    if (!start->account.libraries) continue;
    ++side.looked;
    for (const Library& library : *start->account.libraries) {
      const bool timed = library.opened_ns && library.mapped_ns;
      side.times[library.path].push_back(timed ? *library.mapped_ns - *library.opened_ns : 0);
    }
  }
  return side;
}

Named steps(const Series& series) {
  Named side;
  for (const Start* start : series.starts) {
    if (!start->account.sandbox) continue;
    ++side.looked;
    for (const SandboxStep& step : *start->account.sandbox) {
      side.times[step.name].push_back(step.time.total_ns());
    }
  }
  return side;
}

Named named_times(const Series& series,
                  const std::function<const std::vector<NamedTime>*(const Account&)>& of) {
  Named side;
  for (const Start* start : series.starts) {
    const std::vector<NamedTime>* times = of(start->account);
    if (times == nullptr) continue;
    ++side.looked;
    side.cut_off = side.cut_off || times->size() >= kKept;
    for (const NamedTime& time : *times) side.times[time.name].push_back(time.self_ns);
  }
  return side;
}

Named files(const Series& series) {
  Named side;
  for (const Start* start : series.starts) {
    if (!start->account.files) continue;
    ++side.looked;
    side.cut_off = side.cut_off || start->account.files->top.size() >= kKept;
    for (const FileUse& file : start->account.files->top) {
      side.times[file.path].push_back(file.time_ns);
    }
  }
  return side;
}

const std::vector<NamedTime>* imports_of(const Account& account) {
  return account.python ? &account.python->top : nullptr;
}
const std::vector<NamedTime>* modules_of(const Account& account) {
  return account.node ? &account.node->top : nullptr;
}

/// A count of the account, and the time that goes with it where there is one.
struct Counter {
  const char* kind;
  std::function<std::optional<std::int64_t>(const Account&)> count;
  std::function<std::optional<std::int64_t>(const Account&)> time;
};

template <typename Part, typename Field>
auto field(Boxed<Part> Account::*part, Field Part::*member) {
  return [=](const Account& account) -> std::optional<std::int64_t> {
    if (!(account.*part)) return std::nullopt;
    return (*(account.*part)).*member;
  };
}

std::optional<std::int64_t> sum_of_causes(const Account& account,
                                          std::int64_t PhaseCauses::*member) {
  if (account.causes.empty()) return std::nullopt;
  std::int64_t sum = 0;
  for (const PhaseCauses& causes : account.causes) sum += causes.*member;
  return sum;
}

const std::vector<Counter>& counters() {
  static const auto no_time = [](const Account&) { return std::optional<std::int64_t>(); };
  static const std::vector<Counter> all = {
      {"classes", field(&Account::jvm, &JvmAccount::classes), no_time},
      {"classes from the shared archive", field(&Account::jvm, &JvmAccount::shared_classes),
       no_time},
      {"compilations", field(&Account::jvm, &JvmAccount::compilations),
       field(&Account::jvm, &JvmAccount::compile_ns)},
      {"garbage collections", field(&Account::jvm, &JvmAccount::collections),
       field(&Account::jvm, &JvmAccount::gc_ns)},
      {"imports", field(&Account::python, &PythonAccount::imports), no_time},
      {"modules", field(&Account::node, &NodeAccount::modules), no_time},
      {"files read or mapped", field(&Account::files, &FilesRead::files),
       field(&Account::files, &FilesRead::time_ns)},
      {"libraries",
       [](const Account& account) -> std::optional<std::int64_t> {
         if (!account.libraries) return std::nullopt;
         return static_cast<std::int64_t>(account.libraries->size());
       },
       no_time},
      {"major faults",
       [](const Account& account) { return sum_of_causes(account, &PhaseCauses::major_faults); },
       no_time},
      {"minor faults",
       [](const Account& account) { return sum_of_causes(account, &PhaseCauses::minor_faults); },
       no_time},
      {"bytes read from disk",
       [](const Account& account) { return sum_of_causes(account, &PhaseCauses::read_bytes); },
       no_time},
  };
  return all;
}

std::vector<std::int64_t> values_of(
    const Series& series, const std::function<std::optional<std::int64_t>(const Account&)>& value) {
  std::vector<std::int64_t> values;
  for (const Start* start : series.starts) {
    if (const auto of_start = value(start->account)) values.push_back(*of_start);
  }
  std::sort(values.begin(), values.end());
  return values;
}

void put_count(const Counter& counter, const Series& a, const Series& b,
               std::vector<ThingDifference>& out) {
  std::vector<std::int64_t> of_a = values_of(a, counter.count);
  std::vector<std::int64_t> of_b = values_of(b, counter.count);
  if (of_a.empty() || of_b.empty()) return;
  const std::int64_t before = median(of_a);
  const std::int64_t after = median(of_b);
  // Counts wobble a little from start to start: what is within 2 % explains nothing.
  constexpr std::int64_t kWobble = 50;
  if (std::abs(after - before) * kWobble <= std::max(before, after)) return;
  if (!unpaired_shift(of_a, of_b, kConfidence).excludes(0)) return;
  ThingDifference difference{after > before ? Change::kMore : Change::kFewer, counter.kind};
  difference.a_count = before;
  difference.b_count = after;
  std::vector<std::int64_t> time_a = values_of(a, counter.time);
  std::vector<std::int64_t> time_b = values_of(b, counter.time);
  if (!time_a.empty() && !time_b.empty()) {
    difference.a_ns = median(time_a);
    difference.b_ns = median(time_b);
    difference.weight_ns = std::abs(*difference.b_ns - *difference.a_ns);
  }
  out.push_back(std::move(difference));
}

}  // namespace

std::vector<ThingDifference> thing_differences(const Series& a, const Series& b) {
  std::vector<ThingDifference> differences;
  for (const auto& [kind, of] :
       {std::pair<const char*, Named (*)(const Series&)>("library", libraries),
        {"sandbox step", steps},
        {"import", [](const Series& series) { return named_times(series, imports_of); }},
        {"module", [](const Series& series) { return named_times(series, modules_of); }},
        {"file", files}}) {
    Named of_a = of(a);
    Named of_b = of(b);
    put_named(kind, of_a, of_b, differences);
  }
  std::stable_sort(differences.begin(), differences.end(),
                   [](const auto& x, const auto& y) { return x.weight_ns > y.weight_ns; });
  for (const Counter& counter : counters()) put_count(counter, a, b, differences);
  return differences;
}

}  // namespace coldstart::results
