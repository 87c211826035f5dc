// One way to name a run for every command: report, compare, export.
#pragma once

#include <filesystem>
#include <string>

#include "results/model/record.h"
#include "results/statistics/digest.h"

namespace coldstart::results {

/// The run that `selector` names. A name that ends in `.json`, or a path (with a slash) to a file
/// that exists, is read as an exported document (coldstart.run/1); everything else is looked up in
/// the store: `latest`, `latest~1`, an id, a label. The store is opened for reading only, and not
/// at all for a file. Throws Error.
Run load_run(const std::string& selector, const std::filesystem::path& store_file);

/// The same for a report (Store::load_digest; of a file everything is kept).
Digest load_digest(const std::string& selector, const std::filesystem::path& store_file);

}  // namespace coldstart::results
