// What only one start can tell: the account of the median start of a function, for all formats.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/model/record.h"
#include "results/report/columns.h"
#include "results/report/style.h"
#include "results/statistics/causes.h"
#include "results/statistics/summary.h"

namespace coldstart::results {

/// The account of one start: sentences, then tables. Parts that are absent are left out; the notes
/// say why (notes.h).
struct Details {
  std::vector<std::string> sentences;  ///< "JVM: 467 classes before the first response, …"
  std::vector<DetailTable> tables;     ///< sandbox steps, libraries, files, imports
  bool empty() const { return sentences.empty() && tables.empty(); }
};

Details details_of(const Start& start);

/// The same for the terminal. Ends with a newline; empty where there is nothing to tell.
std::string details_text(const Start& start, const TextStyle& style);

/// The causes of the function, load and cache state of `summary`; absent: no start has any.
std::optional<CausesSummary> causes_of(const std::vector<CausesSummary>& causes,
                                       const Summary& summary);

}  // namespace coldstart::results
