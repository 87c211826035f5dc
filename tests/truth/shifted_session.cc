#include "tests/truth/shifted_session.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "harness/process/monotonic.h"

namespace coldstart::truth {
namespace {

using probes::Event;

struct Kind {
  std::string_view name;
  cs_event_kind kind;
  bool first_only = false;
};
constexpr std::array<Kind, 9> kKinds = {{{"fork", CS_FORK, true},
                                         {"launched", CS_EXEC, true},
                                         {"exec", CS_EXEC},
                                         {"listen", CS_LISTEN},
                                         {"received", CS_RECEIVED},
                                         {"replied", CS_REPLIED},
                                         {"linked", CS_LINKED},
                                         {"entered", CS_ENTERED},
                                         {"runtime_ready", CS_RUNTIME_READY}}};

bool makes_boundaries(const Event& event) { return event.kind() <= CS_RUNTIME_READY; }

}  // namespace

std::optional<Shift> parse_shift(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view direction = text.substr(colon + 1);
  if (direction != "early" && direction != "late") return std::nullopt;
  for (const Kind& each : kKinds) {
    if (text.substr(0, colon) == each.name) {
      return Shift{each.kind, direction == "late", each.first_only};
    }
  }
  return std::nullopt;
}

bool ShiftedSession::shifted(const Event& event) {
  if (event.kind() != shift_.kind) return false;
  return !shift_.first_only || met_.insert(event.raw.instance).second;
}

// Just after the event before, or just before the event after; absent if there is none (yet).
std::optional<std::uint64_t> ShiftedSession::neighbour(const Event& event) const {
  std::optional<std::uint64_t> nearest;
  for (const std::uint64_t time : times_.at(event.raw.instance)) {
    const bool beyond = shift_.late ? time > event.raw.time_ns : time < event.raw.time_ns;
    const bool nearer = !nearest || (shift_.late ? time < *nearest : time > *nearest);
    if (beyond && nearer) nearest = time;
  }
  if (nearest) *nearest += shift_.late ? -1 : 1;
  return nearest;
}

void ShiftedSession::drain(const std::function<void(Event&&)>& sink) {
  std::vector<Event> fresh;
  const std::int64_t now_ns = harness::monotonic_ns();
  inner_->drain([&](Event&& event) {
    if (makes_boundaries(event)) times_[event.raw.instance].push_back(event.raw.time_ns);
    fresh.push_back(std::move(event));
  });
  if (fresh.empty()) looked_ns_ = static_cast<std::uint64_t>(now_ns);
  const auto hand_over = [&](Event event, std::uint64_t time) {
    event.raw.time_ns = time;
    sink(std::move(event));
  };
  std::erase_if(pending_, [&](const Event& event) {
    const auto time = neighbour(event);
    if (time) hand_over(event, *time);
    return time.has_value();
  });
  for (Event& event : fresh) {
    if (!shifted(event)) {
      sink(std::move(event));
    } else if (const auto time = neighbour(event)) {
      hand_over(std::move(event), *time);
    } else if (shift_.late) {
      pending_.push_back(event);
      hand_over(std::move(event), INT64_MAX);
    } else {
      hand_over(std::move(event), looked_ns_);  // the very first one
    }
  }
}

std::unique_ptr<probes::Session> shifted_as_asked(std::unique_ptr<probes::Session> session) {
  const char* text = std::getenv("COLDSTART_TRUTH_SHIFT");
  if (text == nullptr || *text == 0) return session;
  const auto shift = parse_shift(text);
  if (!shift) {
    std::fprintf(stderr, "COLDSTART_TRUTH_SHIFT: '%s' is not KIND:early or KIND:late\n", text);
    std::exit(2);
  }
  return std::make_unique<ShiftedSession>(std::move(session), *shift);
}

}  // namespace coldstart::truth
