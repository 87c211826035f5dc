// Opening the file of a store, and saying what is wrong with it. Used by store.cc only.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <filesystem>

#include "results/store/store.h"

namespace coldstart::results {

/// An open connection to a file that is a store of ours, with its schema. A file that is not is
/// never handed to SQLite, so not even an empty log appears beside it. Throws Error.
SQLite::Database open_store_file(const std::filesystem::path& file, Store::Mode mode);

/// What SQLite says, as an Error with a remedy.
[[noreturn]] void throw_store_error(const std::filesystem::path& file, const SQLite::Exception& e);

}  // namespace coldstart::results
