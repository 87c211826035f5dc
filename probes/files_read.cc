#include "probes/files_read.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <sys/mman.h>
#include <tuple>
#include <utility>

namespace coldstart::probes {
namespace {

constexpr std::size_t kTop = 10;

using FileId = std::pair<std::uint64_t, std::uint32_t>;  // inode, device
// A library may be mapped by several processes, and again after each exec.
using Program = std::pair<std::uint32_t, int>;  // pid, how many execs it had
using LibraryId = std::tuple<std::uint32_t, int, FileId>;

FileId file_id(const Event& event) { return {event.raw.call.inode, event.raw.call.device}; }

class Collector {
 public:
  explicit Collector(const FilesView& view) : view_(view) {}

  FilesSeen run(const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (event.time_ns() > view_.until_ns) break;
      if (event.time_ns() < view_.due_ns) continue;
      switch (event.kind()) {
        case CS_EXEC:
          execs_[event.raw.pid] += 1;
          break;
        case CS_ENTERED:
          entered_.try_emplace({event.raw.pid, execs_[event.raw.pid]}, event.time_ns());
          break;
        case CS_OPENED:
          opened(event);
          break;
        case CS_READ:
          read(event);
          break;
        case CS_MAPPED:
          mapped(event);
          break;
        default:
          break;
      }
    }
    return finish();
  }

 private:
  struct Open {
    std::string path;
    std::int64_t begin_ns = 0;
    std::int64_t bytes = 0;
  };
  struct Use {
    FileUse use;
    bool touched = false;  // read or mapped, not only opened
  };

  static std::int64_t duration(const Event& event) {
    return event.time_ns() - static_cast<std::int64_t>(event.raw.call.begin_ns);
  }

  void opened(const Event& event) {
    Open& open = opens_[{event.raw.pid, file_id(event)}];
    open.path = event.name;
    open.begin_ns = static_cast<std::int64_t>(event.raw.call.begin_ns);
    open.bytes = static_cast<std::int64_t>(event.raw.call.bytes);
    Use& use = uses_[file_id(event)];
    if (use.use.path.empty()) use.use.path = event.name;
    use.use.time_ns += duration(event);
  }

  void read(const Event& event) {
    Use& use = uses_[file_id(event)];
    use.touched = true;
    use.use.reads += 1;
    use.use.bytes += static_cast<std::int64_t>(event.raw.call.bytes);
    use.use.time_ns += duration(event);
  }

  void mapped(const Event& event) {
    const FileId id = file_id(event);
    Use& use = uses_[id];
    use.touched = true;
    use.use.time_ns += duration(event);
    const LibraryId library_id{event.raw.pid, execs_[event.raw.pid], id};
    const auto open = opens_.find({event.raw.pid, id});
    auto known = libraries_.find(library_id);
    // ld.so maps the first segment, of whatever protection, over the whole file: a library is known
    // only when a part of it may be executed. The moments before count too: they are the open's.
    if (known == libraries_.end()) {
      if ((event.raw.call.flags & PROT_EXEC) == 0) return;
      Library library;
      if (open != opens_.end()) {
        library.path = open->second.path;
        library.bytes = open->second.bytes;
        library.opened_ns = open->second.begin_ns - view_.due_ns;
      } else {
        library.path = "inode " + std::to_string(id.first);  // it inherited a descriptor
      }
      if (view_.cached_bytes) library.cached_bytes = view_.cached_bytes(id.first, id.second);
      first_mapped_.push_back({{event.raw.pid, execs_[event.raw.pid]}, event.time_ns()});
      known = libraries_.emplace(library_id, result_.libraries.size()).first;
      result_.libraries.push_back(std::move(library));
      shared_objects_.insert(id);
    }
    // Mapped again by a later open (a second dlopen): not the mapping that is told.
    Library& library = result_.libraries[known->second];
    const bool same_open =
        open == opens_.end() || library.opened_ns == open->second.begin_ns - view_.due_ns;
    if (same_open) library.mapped_ns = event.time_ns() - view_.due_ns;
  }

  // Each program of the instance has an entry of its own: what a child maps before that is its
  // start-up, however late it starts.
  std::optional<bool> at_startup(const Program& program, std::int64_t mapped_ns) const {
    const auto entered = entered_.find(program);
    if (entered != entered_.end()) return mapped_ns <= entered->second;
    // Entries are seen, and this program, which was executed here, has none yet.
    const bool executed = program.second > 0;
    if (executed && !entered_.empty()) return std::nullopt;
    if (!view_.entered_ns) return std::nullopt;
    return mapped_ns <= *view_.entered_ns;
  }

  FilesSeen finish() {
    for (std::size_t i = 0; i < result_.libraries.size(); ++i) {
      result_.libraries[i].at_startup = at_startup(first_mapped_[i].first, first_mapped_[i].second);
    }
    std::vector<FileUse> used;
    for (auto& [id, use] : uses_) {
      if (!use.touched || shared_objects_.contains(id)) continue;
      if (use.use.path.empty()) use.use.path = "inode " + std::to_string(id.first);
      result_.files.files += 1;
      result_.files.bytes += use.use.bytes;
      result_.files.time_ns += use.use.time_ns;
      used.push_back(std::move(use.use));
    }
    std::stable_sort(used.begin(), used.end(),
                     [](const FileUse& a, const FileUse& b) { return a.time_ns > b.time_ns; });
    if (used.size() > kTop) used.resize(kTop);
    result_.files.top = std::move(used);
    return std::move(result_);
  }

  const FilesView& view_;
  std::map<std::uint32_t, int> execs_;
  std::map<Program, std::int64_t> entered_;
  std::vector<std::pair<Program, std::int64_t>> first_mapped_;  // of each library of the result
  std::map<std::pair<std::uint32_t, FileId>, Open> opens_;
  std::map<FileId, Use> uses_;
  std::map<LibraryId, std::size_t> libraries_;
  std::set<FileId> shared_objects_;
  FilesSeen result_;
};

}  // namespace

FilesSeen files_of(const std::vector<Event>& events, const FilesView& view) {
  return Collector(view).run(events);
}

}  // namespace coldstart::probes
