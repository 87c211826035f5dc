#include "results/compare/gate_loads.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "results/report/cells.h"

namespace coldstart::results {
namespace {

// How many things of each name there are in a start, by the last part of a path: two checkouts have
// different folders.
using Names = std::set<std::string>;
std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Absent where it is not known what there was.
std::optional<Names> library_names(const Start& start) {
  if (!start.account.libraries) return std::nullopt;
  Names names;
  for (const Library& library : *start.account.libraries) names.insert(file_name(library.path));
  return names;
}

std::optional<Names> import_names(const Start& start) {
  if (!start.account.python && !start.account.node) return std::nullopt;
  Names names;
  if (start.account.python) {
    for (const NamedTime& import : start.account.python->top) names.insert(import.name);
  }
  if (start.account.node) {
    for (const NamedTime& module : start.account.node->top) names.insert(file_name(module.name));
  }
  return names;
}

using NamesOf = std::function<std::optional<Names>(const Start&)>;

// What most starts of one side have and hardly any of the other, where both sides tell.
Names only_in(const std::vector<StartPair>& pairs, const Start* StartPair::*side,
              const Start* StartPair::*other, const NamesOf& names) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
  std::size_t told = 0;
  for (const StartPair& pair : pairs) {
    const auto of_side = names(*(pair.*side));
    const auto of_other = names(*(pair.*other));
    if (!of_side || !of_other) continue;
    ++told;
    for (const std::string& name : *of_side) ++counts[name].first;
    for (const std::string& name : *of_other) ++counts[name].second;
  }
  Names only;
  for (const auto& [name, count] : counts) {
    if (2 * count.first > told && 10 * count.second < told) only.insert(name);
  }
  return only;
}

std::string listed(const Names& names) {
  constexpr std::size_t kMost = 5;
  std::string text;
  std::size_t count = 0;
  for (const std::string& name : names) {
    if (count++ == kMost) return text + ", …";
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// What more and fewer of them is called: "more libraries", of things of which all are known.
struct Wording {
  std::string one, several;  ///< "library", "libraries"
  std::string more, fewer;   ///< between the number and that word
  std::string behind_more, behind_fewer;
};

void compare_names(const std::vector<StartPair>& pairs, const Wording& words, const NamesOf& names,
                   std::vector<std::string>& lines) {
  const auto line = [&](const Names& changed, const std::string& which, const std::string& behind) {
    if (changed.empty()) return;
    lines.push_back(format_count(static_cast<std::int64_t>(changed.size())) + " " + which +
                    (changed.size() == 1 ? words.one : words.several) + behind + ": " +
                    listed(changed));
  };
  line(only_in(pairs, &StartPair::candidate, &StartPair::baseline, names), words.more,
       words.behind_more);
  line(only_in(pairs, &StartPair::baseline, &StartPair::candidate, names), words.fewer,
       words.behind_fewer);
}

// A count that both sides have, where its median changed.
void compare_counts(const std::vector<StartPair>& pairs, const std::string& what,
                    const std::function<std::optional<std::int64_t>(const Start&)>& count,
                    std::vector<std::string>& lines) {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
  for (const StartPair& pair : pairs) {
    const auto base = count(*pair.baseline);
    const auto changed = count(*pair.candidate);
    if (!base || !changed) continue;
    before.push_back(*base);
    after.push_back(*changed);
  }
  const std::int64_t base = middle_of(std::move(before));
  const std::int64_t changed = middle_of(std::move(after));
  // A handful of classes or faults more or less is chance.
  if (std::abs(changed - base) * 50 <= std::max(base, changed)) return;
  lines.push_back(what + ": " + format_count(base) + " before, " + format_count(changed) + " now");
}

}  // namespace

std::int64_t middle_of(std::vector<std::int64_t> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<std::string> what_it_loads(const std::vector<StartPair>& pairs) {
  std::vector<std::string> lines;
  compare_names(pairs, {"library", "libraries", "more ", "fewer ", "", ""}, library_names, lines);
  // Only those that took longest are stored: what is not among them may be there all the same.
  compare_names(pairs,
                {"import", "imports", "", "", " newly among the longest",
                 " no longer among the longest, imported or not"},
                import_names, lines);
  const auto from = [](auto part, auto member) {
    return [=](const Start& start) -> std::optional<std::int64_t> {
      const auto& account = start.account.*part;
      if (!account) return std::nullopt;
      return (*account).*member;
    };
  };
  compare_counts(pairs, "Python imports", from(&Account::python, &PythonAccount::imports), lines);
  compare_counts(pairs, "classes loaded", from(&Account::jvm, &JvmAccount::classes), lines);
  compare_counts(pairs, "classes from an archive", from(&Account::jvm, &JvmAccount::shared_classes),
                 lines);
  compare_counts(pairs, "script files", from(&Account::node, &NodeAccount::modules), lines);
  compare_counts(
      pairs, "page faults",
      [](const Start& start) -> std::optional<std::int64_t> {
        if (start.account.causes.empty()) return std::nullopt;
        std::int64_t sum = 0;
        for (const PhaseCauses& phase : start.account.causes) {
          sum += phase.minor_faults + phase.major_faults;
        }
        return sum;
      },
      lines);
  return lines;
}

}  // namespace coldstart::results
