#include "harness/suite/parse_function.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/suite/function_reading.h"
#include "harness/suite/keys.h"
#include "harness/suite/parse_platform.h"
#include "harness/suite/yaml_numbers.h"

namespace coldstart::harness {
namespace {

constexpr int kMostTrials = 1'000'000;

void read_name(const Reading& r) {
  const Entry* entry = r.find("name");
  if (entry == nullptr) return r.missing("'name'", "add `name: …`");
  const auto text = read_text(*entry, r.problems);
  if (!text) return;
  if (check_name(*text, *entry, "a function", r.problems)) r.spec.name = *text;
}

// False: what the runtime is, is not known.
bool read_runtime(const Reading& r) {
  const Entry* entry = r.find("runtime");
  if (entry == nullptr) {
    r.missing("'runtime'", "add `runtime: …`, one of: " + join(runtime_names()));
    return false;
  }
  const auto chosen = read_choice(*entry, Section::kFunction, r.problems);
  if (chosen) r.spec.runtime = static_cast<RuntimeKind>(*chosen);
  return chosen.has_value();
}

// Keys of another runtime or contract would be ignored in silence: they are errors.
void refuse_foreign_keys(const Reading& r) {
  for (const Entry& entry : r.mapping.entries) {
    const Key& key = *find_key(Section::kFunction, entry.key);
    if ((key.runtimes & kinds(r.spec.runtime)) == 0) {
      r.problems.add(entry.key_at,
                     "'" + entry.key + "' is for runtime " + join(key.runtimes, runtime_names()) +
                         ", and " + r.title() + " has runtime " + std::string(name(r.spec.runtime)),
                     "remove it");
    } else if ((key.contracts & kinds(r.spec.contract)) == 0) {
      r.problems.add(entry.key_at,
                     "'" + entry.key + "' is for contract " +
                         join(key.contracts, contract_names()) + ", and " + r.title() +
                         " has contract " + std::string(name(r.spec.contract)),
                     "remove it");
    }
  }
}

void read_http(const Reading& r) {
  if (const Entry* entry = r.find("path")) {
    if (auto text = read_text(*entry, r.problems)) {
      if (!is_request_path(*text)) {
        r.problems.add(entry->at, "'path' cannot be '" + *text + "'",
                       "start it with '/', and percent-encode spaces and what is not ASCII");
      }
      r.spec.path = std::move(*text);
    }
  }
  if (const Entry* entry = r.find("port")) {
    r.spec.port = read_integer(*entry, 1, 65535, r.problems);
  }
  if (const Entry* entry = r.find("expect_status")) {
    r.spec.expected_status = read_integer(*entry, 100, 599, r.problems);
  }
}

// A function that has ended cannot be asked again.
void refuse_warm_programs(const Reading& r) {
  if (r.spec.contract == ContractKind::kHttp) return;
  if (std::ranges::find(r.spec.caches, CacheState::kWarm) == r.spec.caches.end()) return;
  const Entry* entry = r.find("cache");
  r.problems.add(entry == nullptr ? r.mapping.at : entry->at,
                 r.title() + " has contract " + std::string(name(r.spec.contract)) +
                     " and cannot be warm: it ends with its answer",
                 entry == nullptr ? "give it a `cache` of its own: disk, page-cache, or both"
                                  : "remove warm from its 'cache'");
}

}  // namespace

void read_common(const Mapping& mapping, Section section, FunctionSpec& spec, Problems& problems) {
  if (const Entry* entry = mapping.find("trials")) {
    spec.trials = read_integer(*entry, 1, kMostTrials, problems).value_or(spec.trials);
  }
  if (const Entry* entry = mapping.find("timeout")) {
    spec.timeout = read_duration(*entry, kAboveZero, problems).value_or(spec.timeout);
  }
  if (const Entry* entry = mapping.find("stop_timeout")) {
    spec.stop_timeout = read_duration(*entry, kFromZero, problems).value_or(spec.stop_timeout);
  }
  if (const Entry* entry = mapping.find("contract")) {
    const auto chosen = read_choice(*entry, section, problems);
    if (chosen) spec.contract = static_cast<ContractKind>(*chosen);
  }
  if (const Entry* entry = mapping.find("cache")) {
    if (const auto chosen = read_choices(*entry, section, problems)) {
      spec.caches.clear();
      for (const std::size_t state : *chosen) {
        spec.caches.push_back(static_cast<CacheState>(state));
      }
    }
  }
  if (const Entry* entry = mapping.find("env")) {
    for (auto& [variable, value] : read_env(*entry, problems)) {
      spec.env.insert_or_assign(variable, std::move(value));
    }
  }
  read_platform(mapping, spec.platform, problems);
  read_limits(mapping, spec.limits, problems);
}

std::vector<FunctionSpec> read_function(const Mapping& mapping, const FunctionContext& context,
                                        Problems& problems) {
  FunctionSpec spec = context.defaults;
  Reading r{mapping, context, spec, problems};
  read_name(r);
  r.is_chosen =
      context.chosen.empty() || std::ranges::any_of(context.chosen, [&](const auto& name) {
        return name == spec.name || name.starts_with(spec.name + "@");
      });
  read_common(mapping, Section::kFunction, spec, problems);
  read_http(r);
  refuse_warm_programs(r);
  refuse_long_lived_programs(mapping, spec, problems);
  if (read_runtime(r)) {
    refuse_foreign_keys(r);
    read_runtime_keys(r);
  }
  return read_sweep(mapping, spec, problems);
}

}  // namespace coldstart::harness
