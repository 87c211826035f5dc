#include "harness/suite/parse_load.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <variant>

#include "harness/suite/keys.h"
#include "harness/suite/suggest.h"
#include "harness/suite/yaml_numbers.h"

namespace coldstart::harness {
namespace {

constexpr int kMostInFlight = 1'000'000;
constexpr double kFastest = 1e6;

// False: what the pattern is, is not known.
bool read_pattern(const LoadReading& r) {
  const Entry* entry = r.find("pattern");
  if (entry == nullptr) {
    r.problems.add(r.mapping.at, r.title() + " lacks 'pattern'",
                   "add `pattern: …`, one of: " + join(pattern_names()));
    return false;
  }
  const auto chosen = read_choice(*entry, Section::kLoad, r.problems);
  if (chosen) r.spec.pattern = pattern_at(*chosen);
  return chosen.has_value();
}

// Keys of another pattern would be ignored in silence: they are errors.
void refuse_foreign_keys(const LoadReading& r) {
  for (const Entry& entry : r.mapping.entries) {
    const KindSet patterns = find_key(Section::kLoad, entry.key)->patterns;
    if ((patterns & (1U << r.spec.pattern.index())) != 0) continue;
    const std::string pattern(pattern_name(r.spec.pattern));
    // Where it is for nearly all of them, the exception says more.
    constexpr int kFew = 4;
    const std::string what = std::popcount(patterns) <= kFew
                                 ? " is for pattern " + join(patterns, pattern_names()) + ", and " +
                                       r.title() + " has pattern " + pattern
                                 : " is not for pattern " + pattern;
    r.problems.add(entry.key_at, in_quotes(entry.key) + what, "remove it");
  }
}

// The functions that a name stands for: itself, or all that a sweep made of it.
std::vector<std::string> named(const std::string& name,
                               const std::vector<FunctionSpec>& functions) {
  std::vector<std::string> found;
  for (const FunctionSpec& function : functions) {
    if (function.name == name || function.sweep_of == name) found.push_back(function.name);
  }
  return found;
}

std::string unknown_function_remedy(const std::string& name,
                                    const std::vector<FunctionSpec>& functions) {
  std::vector<std::string_view> known;
  for (const FunctionSpec& function : functions) {
    const std::string& base = function.sweep_of.empty() ? function.name : function.sweep_of;
    if (!base.empty() && std::ranges::find(known, base) == known.end()) known.push_back(base);
  }
  if (const auto meant = suggest(name, known)) return "did you mean '" + std::string(*meant) + "'?";
  return "the suite has: " + join(known);
}

// Names of functions of the suite, under `functions` or, of a trace, under `deal_to`.
void read_functions(const LoadReading& r, const Entry& entry) {
  const auto texts = read_texts(entry, r.problems);
  if (!texts) return;
  if (texts->empty()) {
    r.problems.add(entry.at, "'" + entry.key + "' is empty",
                   "name a function, or remove the key: then it drives all");
  }
  for (const Text& text : *texts) {
    const auto found = named(text.value, r.context.functions);
    if (found.empty()) {
      r.problems.add(text.at, "no function '" + text.value + "' in this suite",
                     unknown_function_remedy(text.value, r.context.functions));
    }
    for (const std::string& name : found) {
      if (std::ranges::find(r.spec.functions, name) != r.spec.functions.end()) {
        r.problems.add(text.at, "'" + entry.key + "' has '" + text.value + "' twice",
                       "remove one of them");
        break;
      }
      r.spec.functions.push_back(name);
    }
  }
}

void read_driven(const LoadReading& r) {
  const bool is_trace = std::holds_alternative<TracePattern>(r.spec.pattern);
  r.spec.together = is_trace;
  if (const Entry* entry = r.find(is_trace ? "deal_to" : "functions")) read_functions(r, *entry);
  if (const Entry* entry = r.find("together")) {
    r.spec.together = read_switch(*entry, r.problems).value_or(r.spec.together);
  }
}

void read_times(const LoadReading& r) {
  constexpr DurationRange kLoadTime{std::chrono::nanoseconds(1), kLongestLoad};
  if (const Entry* entry = r.find("duration")) {
    r.spec.duration = read_duration(*entry, kLoadTime, r.problems);
  } else if (!has_end(r.spec.pattern)) {
    r.problems.add(r.mapping.at,
                   r.title() + " lacks 'duration': pattern " +
                       std::string(pattern_name(r.spec.pattern)) + " has no end of its own",
                   "add `duration: 30s`");
  }
  if (const Entry* entry = r.find("warmup")) {
    r.spec.warmup =
        read_duration(*entry, {.highest = kLongestLoad}, r.problems).value_or(r.spec.warmup);
    if (r.spec.duration && r.spec.warmup >= *r.spec.duration) {
      r.problems.add(entry->at, "'warmup' takes all of 'duration': nothing would be measured",
                     "make it shorter");
    }
  }
  if (const Entry* entry = r.find("timeout")) {
    r.spec.timeout = read_duration(*entry, kAboveZero, r.problems);
  }
  if (const Entry* entry = r.find("time_scale")) {
    constexpr NumberRange kScale{.highest = kFastest, .above_lowest = true};
    r.spec.time_scale = read_number(*entry, kScale, r.problems).value_or(r.spec.time_scale);
  }
}

void read_common_keys(const LoadReading& r) {
  read_driven(r);
  read_times(r);
  if (const Entry* entry = r.find("seed")) r.spec.seed = read_seed(*entry, r.problems);
  if (const Entry* entry = r.find("max_in_flight")) {
    r.spec.max_in_flight = read_integer(*entry, 1, kMostInFlight, r.problems);
  }
  if (const Entry* entry = r.find("overflow")) {
    const auto chosen = read_choice(*entry, Section::kLoad, r.problems);
    if (chosen) r.spec.overflow = static_cast<Overflow>(*chosen);
    if (r.find("max_in_flight") == nullptr) {
      r.problems.add(entry->key_at, "'overflow' without 'max_in_flight': nothing can overflow",
                     "add `max_in_flight: 100`, or remove it");
    }
  }
}

// Instances with a port of their own would be in each other's way.
void refuse_fixed_ports(const LoadReading& r) {
  for (const FunctionSpec& function : r.context.functions) {
    const bool is_driven =
        r.spec.functions.empty() ||
        std::ranges::find(r.spec.functions, function.name) != r.spec.functions.end();
    if (!is_driven || !function.port || function.platform.max_instances == 1) continue;
    r.problems.add(r.mapping.at,
                   r.title() + " may start several instances of function '" + function.name +
                       "', which has the fixed port " + std::to_string(*function.port),
                   "let it listen on $PORT and remove 'port', or give it "
                   "`platform: {max_instances: 1}`");
  }
}

}  // namespace

std::string LoadReading::title() const {
  return find("name") == nullptr || spec.name.empty() ? "this load" : "load '" + spec.name + "'";
}

const Entry* LoadReading::demand(std::string_view key, const std::string& example) const {
  const Entry* entry = find(key);
  if (entry == nullptr) {
    problems.add(mapping.at, title() + " lacks '" + std::string(key) + "'",
                 "add `" + example + "`");
  }
  return entry;
}

LoadSpec read_load(const Mapping& mapping, const LoadContext& context, Problems& problems) {
  LoadSpec load;
  load.name.clear();
  const LoadReading r{mapping, context, load, problems};
  if (const Entry* entry = mapping.find("name")) {
    const auto text = read_text(*entry, problems);
    if (text && check_name(*text, *entry, "a load", problems)) load.name = *text;
  }
  if (!read_pattern(r)) return load;
  refuse_foreign_keys(r);
  read_pattern_keys(r);
  read_common_keys(r);
  if (!std::holds_alternative<ColdPattern>(load.pattern)) refuse_fixed_ports(r);
  if (mapping.find("name") == nullptr) load.name = pattern_name(load.pattern);
  return load;
}

}  // namespace coldstart::harness
