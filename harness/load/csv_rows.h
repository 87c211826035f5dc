// The rows of a CSV file of numbers and hashes, one at a time.
//
// Fields are never quoted and hold no comma in the formats that we read: a quotation mark is part
// of a field, and then no number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::harness {

class CsvRows {
 public:
  /// Throws Error where the file cannot be read.
  explicit CsvRows(const std::filesystem::path& file);

  /// Goes to the next row; false: there is none. Throws Error `file:line: …` where it is longer
  /// than 1 MiB, has no end of line, or could not be read.
  bool next();

  /// The fields of the row, until the next one. "\r\n" ends a row too.
  const std::vector<std::string_view>& fields() const { return fields_; }

  /// Throws unless the row has so many fields.
  void expect_fields(std::size_t count) const;
  /// A whole number of the row, 0 to 4,294,967,295, or Error. `column`: from 0.
  std::uint32_t count(std::size_t column) const;
  /// A number, not negative, or Error.
  double number(std::size_t column) const;
  /// A field that is not empty, or Error.
  std::string_view hash(std::size_t column) const;

  /// Throws Error at the row.
  [[noreturn]] void refuse(const std::string& what, const std::string& remedy) const;

 private:
  std::filesystem::path file_;
  std::ifstream stream_;
  std::string line_;
  std::size_t line_number_ = 0;
  std::vector<std::string_view> fields_;
};

}  // namespace coldstart::harness
