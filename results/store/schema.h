// What makes a SQLite file a coldstart store.
#pragma once

#include <cstdint>

namespace coldstart::results {

/// PRAGMA application_id: "COLD".
inline constexpr std::int32_t kApplicationId = 0x434F4C44;
/// PRAGMA user_version. Raise it with every change of schema.sql, and add a step to
/// migrate.cc.
inline constexpr std::int32_t kSchemaVersion = 6;
/// The text of schema.sql.
extern const char* const kSchemaSql;

}  // namespace coldstart::results
