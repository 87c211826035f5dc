#include "probes/files_needed.h"

#include <algorithm>
#include <map>
#include <utility>

namespace coldstart::probes {
namespace {

class Collector {
 public:
  void see(const Event& event) {
    const cs_call& call = event.raw.call;
    switch (event.kind()) {
      case CS_EXEC:
        if ((event.raw.file.flags & CS_ON_DISK) != 0) {
          need({event.raw.file.inode, event.raw.file.device}, event, event.name);
        }
        break;
      case CS_OPENED: {
        if ((call.flags & CS_ON_DISK) == 0) break;
        const auto [known, first] =
            files_.try_emplace({call.inode, call.device}, File{event.name, call.bytes == 0, false});
        if ((call.flags & CS_MAY_WRITE) == 0) need(known->first, event, event.name);
        break;
      }
      case CS_READ:
      case CS_MAPPED: {
        // Of a file that nobody was seen to open nothing is known, not even whether it is on disk.
        const auto known = files_.find({call.inode, call.device});
        if (known != files_.end()) need(known->first, event, known->second.path);
        break;
      }
      default:
        break;
    }
  }

  std::vector<NeededFile> take() { return std::move(needed_); }

 private:
  using Id = std::pair<std::uint64_t, std::uint32_t>;  // inode, device
  struct File {
    std::string path;
    bool own = false;  // what is in it was written by the instance
    bool told = false;
  };

  void need(const Id& id, const Event& event, const std::string& path) {
    File& file = files_.try_emplace(id, File{path, false, false}).first->second;
    if (file.own || std::exchange(file.told, true)) return;
    needed_.push_back({id.first, id.second, event.raw.pid, path});
  }

  std::map<Id, File> files_;
  std::vector<NeededFile> needed_;
};

}  // namespace

std::vector<NeededFile> files_needed(const std::vector<Event>& events, std::int64_t from_ns,
                                     std::int64_t until_ns) {
  std::vector<const Event*> ordered;
  for (const Event& event : events) {
    if (event.time_ns() >= from_ns && event.time_ns() <= until_ns) ordered.push_back(&event);
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Event* a, const Event* b) { return a->raw.time_ns < b->raw.time_ns; });
  Collector collector;
  for (const Event* event : ordered) collector.see(*event);
  return collector.take();
}

}  // namespace coldstart::probes
