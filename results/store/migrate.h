// Stores that an older coldstart wrote. Used by store.cc, start_row.cc and open.cc only.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <string>

namespace coldstart::results {

/// Brings a store to kSchemaVersion, in one transaction; nothing happens where it is there already.
/// Needs a connection that may write. Throws SQLite::Exception, and the file is then what it was.
void migrate(SQLite::Database& db);

/// An older store that is opened for reading only stays as it is: what it lacks is asked here.
bool has_column(SQLite::Database& db, const std::string& table, const std::string& column);

}  // namespace coldstart::results
