#include "results/report/load_parameters.h"

#include <cmath>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr int kLongestParameter = 60;

bool is_list_of_objects(const nlohmann::ordered_json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

}  // namespace

std::string load_parameters_in_words(const Load& load) {
  const auto json = nlohmann::ordered_json::parse(load.parameters, nullptr, false);
  if (!json.is_object()) return "";
  std::string words;
  for (const auto& [key, value] : json.items()) {
    if (key == "warmup_s") continue;  // has a sentence of its own
    const bool seconds = key.ends_with("_s") && value.is_number();
    const std::string text = seconds ? format_duration(std::llround(value.get<double>() * 1e9))
                             : value.is_string()         ? value.get<std::string>()
                             : is_list_of_objects(value) ? std::to_string(value.size())
                                                         : value.dump();
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ",
                         printable(seconds ? key.substr(0, key.size() - 2) : key),
                         fit(printable(text), kLongestParameter));
  }
  return words;
}

}  // namespace coldstart::results
