#include "harness/suite/problems.h"

#include <algorithm>
#include <utility>

#include "results/model/error.h"

namespace coldstart::harness {
namespace {

// A message is one line, whatever the file quotes into it.
std::string one_line(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return text;
}

}  // namespace

void Problems::add(Position at, const std::string& what, const std::string& remedy) {
  entries_.push_back({at, one_line(file_ + ":" + std::to_string(at.line) + ":" +
                                   std::to_string(at.column) + ": " + what + "; " + remedy)});
}

void Problems::add(Position at, const Complaint& complaint) {
  add(at, complaint.what, complaint.remedy);
}

void Problems::throw_if_any() const {
  if (entries_.empty()) return;
  auto sorted = entries_;
  std::ranges::stable_sort(sorted, {}, &Entry::at);
  std::vector<std::string> lines;
  for (auto& entry : sorted) {
    if (std::ranges::find(lines, entry.line) == lines.end()) lines.push_back(std::move(entry.line));
  }
  std::string text;
  for (const auto& line : lines) text.append(text.empty() ? "" : "\n").append(line);
  throw Error(text);
}

}  // namespace coldstart::harness
