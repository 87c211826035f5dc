#include "results/model/tracks.h"

#include <array>

namespace coldstart {
namespace {

constexpr std::array<std::string_view, 4> kStateNames = {"cpu", "runnable", "disk", "wait"};

}  // namespace

std::string_view name(ThreadState state) { return kStateNames.at(static_cast<std::size_t>(state)); }

std::optional<ThreadState> thread_state_from_name(std::string_view text) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == text) return static_cast<ThreadState>(i);
  }
  return std::nullopt;
}

}  // namespace coldstart
