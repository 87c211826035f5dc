// Tables as columns of text: drawn in a terminal here, and by markdown.cc and html_parts.cc.
#pragma once

#include <string>
#include <vector>

#include "results/report/style.h"

namespace coldstart::results {

/// What happens to the cells of a column that is wider than there is room for.
enum class TooWide { kKeep, kCut, kWrap };

struct Column {
  std::string header;
  std::vector<std::string> cells = {};
  bool left = false;  ///< aligned to the left; numbers are to the right
  TooWide too_wide = TooWide::kKeep;
  std::string about = {};  ///< what it is, in words: shown where there is a place for it

  int width() const;
};

/// A table with what stands around it; text is printable, but not escaped.
struct DetailTable {
  std::string title;
  std::vector<Column> columns;
  std::string note;  ///< a line below; may be empty
};

inline constexpr int kColumnGap = 2;

int total_width(const std::vector<Column>& columns);

/// Header and rows, each on one line; ends with a newline. A column that may be cut or wrapped
/// takes what the others leave of style.width; wrapped cells take more lines.
std::string render(std::vector<Column> columns, const TextStyle& style);

/// The same in as many tables, one below the other, as style.width asks for: each begins with the
/// first column (cut to a third of the width), and the others are spread evenly.
std::string render_split(std::vector<Column> columns, const TextStyle& style);

/// Title, table, note. Ends with a newline.
std::string render(const DetailTable& table, const TextStyle& style);

std::string bold(const std::string& text, const TextStyle& style);

}  // namespace coldstart::results
