#include "results/model/record.h"

#include <array>

namespace coldstart {
namespace {

constexpr std::array<std::string_view, kOutcomeCount> kOutcomeNames = {
    "ok",     "not-started",  "exited",        "crashed", "timeout",
    "closed", "bad-response", "out-of-memory", "dropped"};

}  // namespace

std::string_view name(Outcome outcome) {
  return kOutcomeNames.at(static_cast<std::size_t>(outcome));
}

std::optional<Outcome> outcome_from_name(std::string_view text) {
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    if (kOutcomeNames[i] == text) return static_cast<Outcome>(i);
  }
  return std::nullopt;
}

}  // namespace coldstart
