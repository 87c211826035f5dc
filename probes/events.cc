#include "probes/events.h"

#include <cstring>

namespace coldstart::probes {

std::optional<Event> decode(const void* data, std::size_t size) {
  if (size < sizeof(cs_event)) return std::nullopt;
  Event event;
  std::memcpy(&event.raw, data, sizeof(cs_event));
  if (event.raw.kind < CS_FORK || event.raw.kind > CS_RUNTIME_READY) return std::nullopt;
  if (event.raw.kind == CS_EXEC) {
    if (size < sizeof(cs_exec_event)) return std::nullopt;
    const char* name = static_cast<const char*>(data) + offsetof(cs_exec_event, filename);
    event.filename.assign(name, strnlen(name, CS_FILENAME_SIZE));
  }
  return event;
}

}  // namespace coldstart::probes
