#include "probes/address_space.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace coldstart::probes {
namespace {

std::uint64_t next_generation() {
  static std::uint64_t last = 0;
  return ++last;
}

}  // namespace

AddressSpace address_space_of(std::uint32_t pid) {
  AddressSpace space;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  std::string line;
  while (std::getline(maps, line)) {
    // "55d0c0a00000-55d0c0a2b000 r-xp 00002000 fe:00 1234   /usr/bin/cat"
    std::istringstream fields(line);
    Mapping mapping;
    char dash = 0;
    std::string mode, device;
    fields >> std::hex >> mapping.begin >> dash >> mapping.end >> mode >> mapping.file_offset >>
        device >> std::dec >> mapping.inode >> std::ws;
    if (!fields && !fields.eof()) continue;
    std::getline(fields, mapping.path);
    if (mode.find('x') != std::string::npos) space.add(std::move(mapping));
  }
  return space;
}

void AddressSpace::add(Mapping mapping) {
  generation_ = next_generation();
  auto first = by_begin_.lower_bound(mapping.begin);
  if (first != by_begin_.begin()) {
    Mapping& before = std::prev(first)->second;
    if (before.end > mapping.begin) {
      if (before.end > mapping.end) {  // what is mapped is a hole in it
        Mapping rest = before;
        rest.file_offset += mapping.end - rest.begin;
        rest.begin = mapping.end;
        by_begin_.emplace(rest.begin, std::move(rest));
        first = by_begin_.lower_bound(mapping.begin);
      }
      before.end = mapping.begin;
    }
  }
  while (first != by_begin_.end() && first->second.begin < mapping.end) {
    Mapping rest = std::move(first->second);
    first = by_begin_.erase(first);
    if (rest.end <= mapping.end) continue;
    rest.file_offset += mapping.end - rest.begin;
    rest.begin = mapping.end;
    first = by_begin_.emplace(rest.begin, std::move(rest)).first;
    break;
  }
  by_begin_[mapping.begin] = std::move(mapping);
}

const Mapping* AddressSpace::find(std::uint64_t address) const {
  auto after = by_begin_.upper_bound(address);
  if (after == by_begin_.begin()) return nullptr;
  const Mapping& mapping = std::prev(after)->second;
  return address < mapping.end ? &mapping : nullptr;
}

AddressSpaces::AddressSpaces(const std::vector<MapRecord>& records, std::set<std::uint32_t> pids) {
  // Backwards: a fork is met after all that its child did, and before what its parent is made of.
  std::for_each(records.rbegin(), records.rend(), [&](const MapRecord& record) {
    if (!pids.contains(record.pid)) return;
    if (record.kind == MapRecord::Kind::kFork) pids.insert(record.parent);
    records_.push_back(record);
  });
  std::reverse(records_.begin(), records_.end());
}

AddressSpace& AddressSpaces::known(std::uint32_t pid) {
  const auto found = spaces_.find(pid);
  return found != spaces_.end() ? found->second : spaces_[pid] = address_space_of(pid);
}

void AddressSpaces::advance_to(std::int64_t time_ns) {
  for (; next_ < records_.size() && records_[next_].time_ns <= time_ns; ++next_) {
    const MapRecord& record = records_[next_];
    switch (record.kind) {
      case MapRecord::Kind::kFork: {
        AddressSpace copy = known(record.parent);
        spaces_[record.pid] = std::move(copy);
        break;
      }
      case MapRecord::Kind::kExec:
        spaces_[record.pid] = {};
        break;
      case MapRecord::Kind::kMapped:
        known(record.pid)
            .add({record.begin, record.begin + record.length, record.file_offset, record.inode,
                  record.path});
        break;
    }
  }
}

}  // namespace coldstart::probes
