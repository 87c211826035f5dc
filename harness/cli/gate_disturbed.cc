#include "harness/cli/gate_disturbed.h"

#include <algorithm>

#include "results/report/cells.h"

namespace coldstart::cli {
namespace {

constexpr std::size_t kMostRepeatedShare = 5;
constexpr std::size_t kAlwaysRepeated = 10;
// Of what is planned, before so many were measured: a second of a native function.
constexpr std::size_t kMostRepeatedAtFirst = 200;

std::string count_text(std::size_t count) {
  return results::format_count(static_cast<std::int64_t>(count));
}

}  // namespace

bool DisturbedPairs::repeats(const std::optional<std::string>& disturbance, std::size_t planned) {
  ++pairs_;
  if (!disturbance) return false;
  ++what_[*disturbance];
  const std::size_t at_first = std::min(planned / kMostRepeatedShare, kMostRepeatedAtFirst);
  const bool again = repeated_ < std::max({pairs_ / kMostRepeatedShare, at_first, kAlwaysRepeated});
  ++(again ? repeated_ : kept_);
  return again;
}

std::vector<std::string> DisturbedPairs::notes() const {
  std::vector<std::string> notes;
  std::string what;
  std::size_t most = 0;
  for (const auto& [text, count] : what_) {
    if (count > most) what = text;
    most = std::max(most, count);
  }
  if (repeated_ > 0) {
    notes.push_back(count_text(repeated_) +
                    (repeated_ == 1 ? " disturbed pair was" : " disturbed pairs were") +
                    " repeated (" + what + ")");
  }
  if (kept_ > 0) {
    notes.push_back(count_text(kept_) + " of " + count_text(pairs_) +
                    " pairs were disturbed and count nevertheless: it did not get quieter (" +
                    what + ")");
  }
  return notes;
}

}  // namespace coldstart::cli
