// What the ring buffer carries, decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "probes/event.h"

namespace coldstart::probes {

/// One thing that the kernel saw. Which of the fields of `raw` mean something depends on its kind,
/// see event.h.
struct Event {
  cs_event raw{};
  std::string name;  ///< of the kinds that have one: a path as it was passed, a class, a module

  std::int64_t time_ns() const { return static_cast<std::int64_t>(raw.time_ns); }
  cs_event_kind kind() const { return static_cast<cs_event_kind>(raw.kind); }
};

/// Decodes one ring buffer record. Absent if it is not one of ours: too short, or an unknown kind.
std::optional<Event> decode(const void* data, std::size_t size);

}  // namespace coldstart::probes
