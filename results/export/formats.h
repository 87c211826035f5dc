// The formats in which a run is exported: their names, what they are for, and one call for all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/export/csv.h"
#include "results/export/folded.h"
#include "results/export/json.h"
#include "results/model/record.h"

namespace coldstart::results {

/// One line of the help.
struct ExportFormat {
  std::string_view name;
  std::string_view about;
};

/// All formats; a name is never changed once it was released.
const std::vector<ExportFormat>& export_formats();

/// What some formats take; the others have no use for it.
struct ExportChoices {
  std::optional<CsvRows> rows = {};      ///< csv; absent: starts
  bool aggregate = false;                ///< google-benchmark: one median row a name
  bool timestamps = false;               ///< openmetrics
  std::vector<std::string> starts = {};  ///< perfetto, folded: see choose_starts.h
  FoldedChoices folded = {};             ///< folded
};

/// The run in the format of that name. Throws Error for a format that is not in export_formats(),
/// and for a choice that the format does not take.
std::string export_run(const Run& run, std::string_view format, const ExportChoices& choices);

/// The same part by part; json is made as it is written.
void export_run(const Run& run, std::string_view format, const ExportChoices& choices,
                const TextSink& sink);

}  // namespace coldstart::results
