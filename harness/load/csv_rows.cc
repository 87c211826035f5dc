#include "harness/load/csv_rows.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <system_error>

#include "results/model/error.h"

namespace coldstart::harness {
namespace {

constexpr std::size_t kLongestLine = 1U << 20U;

std::string shown(std::string_view field) {
  constexpr std::size_t kMostShown = 40;
  std::string text(field.substr(0, kMostShown));
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) c = '?';
  }
  return "'" + text + (field.size() > kMostShown ? "…'" : "'");
}

}  // namespace

CsvRows::CsvRows(const std::filesystem::path& file) : file_(file), line_(kLongestLine, '\0') {
  errno = 0;
  stream_.open(file, std::ios::binary);
  if (!stream_) {
    throw Error(file.string(),
                "cannot be read: " + std::generic_category().message(errno == 0 ? EIO : errno),
                "check the path and its permissions");
  }
}

bool CsvRows::next() {
  fields_.clear();
  ++line_number_;
  stream_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
  if (stream_.bad()) refuse("cannot be read", "check the disk");
  const auto taken = static_cast<std::size_t>(stream_.gcount());
  if (stream_.eof() && taken == 0) return false;
  if (stream_.eof()) {
    refuse("the last row has no end of line",
           "fetch the file again, it may have broken off; else end it with a new line");
  }
  if (stream_.fail()) refuse("this row is longer than 1 MiB", "name a file of the trace format");

  std::string_view line(line_.data(), taken - 1);  // without its '\n'
  if (line.ends_with('\r')) line.remove_suffix(1);
  for (;;) {
    const auto comma = line.find(',');
    fields_.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return true;
    line.remove_prefix(comma + 1);
  }
}

void CsvRows::expect_fields(std::size_t count) const {
  if (fields_.size() == count) return;
  refuse("this row has " + std::to_string(fields_.size()) + " columns, the header " +
             std::to_string(count),
         "correct the row, or fetch the file again");
}

std::uint32_t CsvRows::count(std::size_t column) const {
  const std::string_view field = fields_[column];
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size()) {
    refuse("column " + std::to_string(column + 1) + " must be a whole number from 0 on, not " +
               shown(field),
           "correct it, or fetch the file again");
  }
  return value;
}

double CsvRows::number(std::size_t column) const {
  const std::string_view field = fields_[column];
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value) ||
      std::signbit(value)) {
    refuse(
        "column " + std::to_string(column + 1) + " must be a number from 0 on, not " + shown(field),
        "correct it, or fetch the file again");
  }
  return value;
}

std::string_view CsvRows::hash(std::size_t column) const {
  const std::string_view field = fields_[column];
  for (const char c : field) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) {
      refuse("column " + std::to_string(column + 1) + " must be a hash, not " + shown(field),
             "correct it, or fetch the file again");
    }
  }
  if (field.empty()) {
    refuse("column " + std::to_string(column + 1) + " is empty",
           "correct it, or fetch the file again");
  }
  return field;
}

void CsvRows::refuse(const std::string& what, const std::string& remedy) const {
  throw Error(file_.string() + ":" + std::to_string(line_number_), what, remedy);
}

}  // namespace coldstart::harness
