// A run as JSON, schema `coldstart.run/1` (run.schema.json), and back.
//
// Keys with nothing to say are left out. `latency_ns`, `phases` and `summary` are derived from the
// boundaries and ignored when a document is read. An absent boundary is listed with its reason
// under `absent`: "not applicable: static program", "unseen: tier loader is off".
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "results/model/record.h"

namespace coldstart::results {

/// Takes a text part by part.
using TextSink = std::function<void(std::string_view)>;

/// The document, compact but with a line for each function, start, instance and request, and a
/// newline at its end. Text that is not UTF-8 is made so. It is made as it is written: a run of any
/// length needs no more memory for it than a part of 64 KiB.
void export_json(const Run& run, const TextSink& sink);

/// The same, whole.
std::string export_json(const Run& run);

/// The inverse of export_json. Throws Error with line and column (not JSON) or the JSON pointer
/// (`run.json: /starts/3/outcome: …`) of what is wrong. `source`: the name for messages.
Run import_json(const std::string& text, const std::string& source);

/// Reads a file. Throws Error.
Run import_json_file(const std::filesystem::path& file);

}  // namespace coldstart::results
