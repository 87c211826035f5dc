#include "probes/events.h"

#include <algorithm>
#include <cstring>

namespace coldstart::probes {

static_assert(offsetof(cs_event, value) == offsetof(cs_header, value));

std::optional<Event> decode(const void* data, std::size_t size) {
  if (size < sizeof(cs_header)) return std::nullopt;
  Event event;
  std::memcpy(&event.raw, data, std::min(size, sizeof(cs_event)));
  if (event.raw.kind < CS_FORK || event.raw.kind >= CS_KIND_END) return std::nullopt;
  if (size == sizeof(cs_header)) return event;
  if (size < sizeof(cs_event)) return std::nullopt;
  if (size > sizeof(cs_event)) {
    const char* name = static_cast<const char*>(data) + sizeof(cs_event);
    event.name.assign(name, strnlen(name, size - sizeof(cs_event)));
  }
  return event;
}

}  // namespace coldstart::probes
