#include "probes/function_names.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <utility>

namespace coldstart::probes {
namespace {

constexpr std::size_t kLongestName = 240;

std::string for_a_frame(std::string name) {
  for (char& c : name) {
    if (c == ';') c = ':';
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  if (name.size() > kLongestName) name = name.substr(0, kLongestName - 3) + "...";
  return name;
}

// "a::b(int) const" is "a::b": what it takes would fill the line.
std::string without_parameters(std::string name) {
  const std::size_t end = name.rfind(')');
  if (end == std::string::npos) return name;
  if (end + 1 < name.size() && name[end + 1] != ' ' && name[end + 1] != '[') return name;
  int depth = 0;
  for (std::size_t at = end + 1; at-- > 0;) {
    if (name[at] == ')') depth += 1;
    if (name[at] == '(' && --depth == 0) return at == 0 ? name : name.substr(0, at);
  }
  return name;
}

struct Free {
  void operator()(char* text) const { std::free(text); }  // NOLINT(*-no-malloc): the ABI's rule
};

}  // namespace

std::string readable_name(const char* symbol) {
  int status = -1;
  const std::unique_ptr<char, Free> plain(
      symbol[0] == '_' && symbol[1] == 'Z' ? abi::__cxa_demangle(symbol, nullptr, nullptr, &status)
                                           : nullptr);
  return for_a_frame(plain ? without_parameters(plain.get()) : symbol);
}

FunctionNames::FunctionNames(const ElfFile& file, const std::string& debug_folder) {
  add(file);
  if (const auto id = file.build_id(); id && id->size() > 2) {
    const auto debug = ElfFile::open(debug_folder + "/.build-id/" + id->substr(0, 2) + "/" +
                                     id->substr(2) + ".debug");
    if (debug) add(*debug);
  }
  std::stable_sort(symbols_.begin(), symbols_.end(),
                   [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
}

void FunctionNames::add(const ElfFile& file) {
  file.each_function([this](std::uint64_t address, std::uint64_t size, const char* name) {
    symbols_.push_back({address, size, static_cast<std::uint32_t>(names_.size())});
    names_ += name;
    names_ += '\0';
  });
}

std::string FunctionNames::find(std::uint64_t address) const {
  auto after =
      std::upper_bound(symbols_.begin(), symbols_.end(), address,
                       [](std::uint64_t value, const Symbol& s) { return value < s.address; });
  if (after == symbols_.begin()) return {};
  // Several may begin at one place; one of them may say no size (it then lasts to the next one).
  const std::uint64_t nearest = std::prev(after)->address;
  const Symbol* best = nullptr;
  for (auto at = after; at != symbols_.begin();) {
    --at;
    if (at->address != nearest) break;
    const bool holds = at->size == 0 ? after != symbols_.end() : address < at->address + at->size;
    // The first of equals: .symtab, then what is in order of the file.
    if (holds && (best == nullptr || at->size != 0)) best = &*at;
  }
  return best == nullptr ? std::string() : readable_name(names_.c_str() + best->name);
}

PerfMap PerfMap::parse(std::string_view text) {
  PerfMap map;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const char* end = line.data() + line.size();
    const auto number = [end](const char* from, std::uint64_t& value) -> const char* {
      if (end - from > 2 && from[0] == '0' && (from[1] == 'x' || from[1] == 'X')) from += 2;
      const auto [rest, error] = std::from_chars(from, end, value, 16);
      return error == std::errc() && rest != end && *rest == ' ' ? rest + 1 : nullptr;
    };
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    const char* at = number(line.data(), begin);
    if (at != nullptr) at = number(at, size);
    if (at == nullptr || at == end || size == 0) continue;
    map.entries_.push_back({begin, begin + size, for_a_frame(std::string(at, end))});
  }
  std::stable_sort(map.entries_.begin(), map.entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
  return map;
}

std::string PerfMap::find(std::uint64_t address) const {
  auto at = std::upper_bound(entries_.begin(), entries_.end(), address,
                             [](std::uint64_t value, const Entry& e) { return value < e.begin; });
  if (at == entries_.begin()) return {};
  --at;
  return address < at->end ? at->name : std::string();
}

}  // namespace coldstart::probes
