#include "harness/suite/cron.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace coldstart::harness {
namespace {

using std::string_view;

constexpr std::array<string_view, 12> kMonthNames = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<string_view, 7> kWeekdayNames = {"sun", "mon", "tue", "wed",
                                                      "thu", "fri", "sat"};

struct Field {
  string_view name;
  int lowest;
  int highest;
  std::span<const string_view> names;  // the first one is `lowest`
};
constexpr std::array<Field, 5> kFields = {{{"minute", 0, 59, {}},
                                           {"hour", 0, 23, {}},
                                           {"day of the month", 1, 31, {}},
                                           {"month", 1, 12, kMonthNames},
                                           {"day of the week", 0, 7, kWeekdayNames}}};

constexpr std::array<std::pair<string_view, string_view>, 7> kNicknames = {{
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
}};

// Index: the value. As large as the largest field needs.
using Values = std::bitset<60>;

std::vector<string_view> split(string_view text, string_view separators) {
  std::vector<string_view> parts;
  for (;;) {
    const auto end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool equal_ignoring_case(string_view a, string_view lower) {
  return std::ranges::equal(a, lower, {}, [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
}

std::optional<int> number(string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') {
    return std::nullopt;
  }
  return value;
}

class FieldParser {
 public:
  explicit FieldParser(const Field& field) : field_(field) {}

  // Empty: `complaint` says why.
  std::optional<Values> parse(string_view text) {
    Values values;
    for (const string_view item : split(text, ",")) {
      if (!add(item, values)) return std::nullopt;
    }
    return values;
  }
  const Complaint& complaint() const { return complaint_; }

 private:
  bool refuse(string_view text, const std::string& remedy) {
    complaint_ = {"'" + std::string(text) + "' is no " + std::string(field_.name), remedy};
    return false;
  }
  std::string range_remedy() const {
    return "write " + std::to_string(field_.lowest) + " to " + std::to_string(field_.highest) +
           (field_.names.empty() ? ""
                                 : " or " + std::string(field_.names.front()) + " to " +
                                       std::string(field_.names.back()));
  }

  std::optional<int> value(string_view text) const {
    for (std::size_t i = 0; i < field_.names.size(); ++i) {
      if (equal_ignoring_case(text, field_.names[i])) return field_.lowest + static_cast<int>(i);
    }
    const auto found = number(text);
    if (!found || *found < field_.lowest || *found > field_.highest) return std::nullopt;
    return found;
  }

  // "*", "5", "1-5", "*/15", "10-40/10": one element of a list.
  bool add(string_view item, Values& values) {
    const auto slash = item.find('/');
    const string_view range = item.substr(0, slash);
    int step = 1;
    if (slash != string_view::npos) {
      const auto given = number(item.substr(slash + 1));
      if (!given || *given < 1 || *given > field_.highest) {
        return refuse(item, "write a step as in */5 or 10-40/10");
      }
      step = *given;
    }
    int first = field_.lowest;
    int last = field_.highest;
    if (range != "*") {
      const auto dash = range.find('-');
      const auto from = value(range.substr(0, dash));
      const auto to = dash == string_view::npos ? from : value(range.substr(dash + 1));
      if (!from || !to) return refuse(item, range_remedy());
      if (*to < *from) return refuse(item, "write the smaller end of the range first");
      if (slash != string_view::npos && dash == string_view::npos) {
        return refuse(item, "write a step as in */5 or 10-40/10");
      }
      first = *from;
      last = *to;
    }
    for (int v = first; v <= last; v += step) values.set(static_cast<std::size_t>(v));
    return true;
  }

  const Field& field_;
  Complaint complaint_;
};

template <std::size_t Size>
void copy(const Values& values, std::bitset<Size>& target) {
  for (std::size_t i = 0; i < Size && i < values.size(); ++i) target[i] = values[i];
}

// Whether there is a date, in some year, that matches.
bool has_a_day(const CronTimes& times) {
  constexpr std::array<int, 12> kLengths = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int month = 1; month <= CronTimes::kMonths; ++month) {
    for (int day = 1; day <= kLengths.at(static_cast<std::size_t>(month) - 1); ++day) {
      for (int weekday = 0; weekday < CronTimes::kWeekdays; ++weekday) {
        if (times.matches_day(month, day, weekday)) return true;
      }
    }
  }
  return false;
}

}  // namespace

bool CronTimes::matches_day(int month, int day_of_month, int weekday) const {
  if (!months[static_cast<std::size_t>(month)]) return false;
  const bool by_date = days[static_cast<std::size_t>(day_of_month)];
  const bool by_weekday = weekdays[static_cast<std::size_t>(weekday)];
  return either_day ? by_date || by_weekday : by_date && by_weekday;
}

std::variant<CronTimes, Complaint> parse_cron(string_view expression) {
  std::vector<string_view> texts;
  for (const string_view text : split(expression, " \t")) {
    if (!text.empty()) texts.push_back(text);
  }
  if (texts.size() == 1 && texts.front().starts_with('@')) {
    const auto found = std::ranges::find_if(
        kNicknames, [&](const auto& known) { return equal_ignoring_case(texts[0], known.first); });
    if (found != kNicknames.end()) return parse_cron(found->second);
    return Complaint{"no time has the name '" + std::string(texts.front()) + "'",
                     "write @hourly, @daily, @weekly, @monthly or @yearly, or five fields"};
  }
  if (texts.size() != kFields.size()) {
    return Complaint{"'" + std::string(expression) + "' has " + std::to_string(texts.size()) +
                         (texts.size() == 1 ? " field" : " fields"),
                     "write five: minute, hour, day of the month, month, day of the week"};
  }
  std::array<Values, kFields.size()> values;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    FieldParser parser(kFields.at(i));
    const auto parsed = parser.parse(texts[i]);
    if (!parsed) return parser.complaint();
    values.at(i) = *parsed;
  }
  if (values[4][7]) values[4].set(0);  // Sunday is 0 and 7
  CronTimes times;
  copy(values[0], times.minutes);
  copy(values[1], times.hours);
  copy(values[2], times.days);
  copy(values[3], times.months);
  copy(values[4], times.weekdays);
  times.either_day = !texts[2].starts_with('*') && !texts[4].starts_with('*');
  if (!has_a_day(times)) {
    return Complaint{"'" + std::string(expression) + "' names a date that no year has",
                     "correct the day of the month, or the month"};
  }
  return times;
}

}  // namespace coldstart::harness
