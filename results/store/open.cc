#include "results/store/open.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "results/model/error.h"
#include "results/store/migrate.h"
#include "results/store/schema.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyTimeoutMs = 10'000;
// A store belongs to one thread, as everything here: SQLite need not lock for each column of a row.
constexpr int kOneThread = SQLITE_OPEN_NOMUTEX;
constexpr const char* kOtherFile = "choose another file with --db";

[[noreturn]] void throw_no_runs(const fs::path& file) {
  throw Error(file.string(), "no runs yet", "run `coldstart run` first, or name a store with --db");
}

fs::path folder_of(const fs::path& file) {
  const fs::path folder = file.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

std::int32_t big_endian(const unsigned char* bytes) {
  return static_cast<std::int32_t>((std::uint32_t{bytes[0]} << 24) |
                                   (std::uint32_t{bytes[1]} << 16) |
                                   (std::uint32_t{bytes[2]} << 8) | std::uint32_t{bytes[3]});
}

// Reads the file's header ourselves: SQLite would create a log beside a foreign database, and may
// replay one into it. Offsets: https://www.sqlite.org/fileformat.html#the_database_header
void check_header(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw Error(file.string(), fmt::format("cannot be read: {}", std::strerror(errno)),
                fmt::format("check its permissions, or {}", kOtherFile));
  }
  std::array<char, 100> text{};
  in.read(text.data(), text.size());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  if (in.gcount() < static_cast<std::streamsize>(text.size()) ||
      std::string_view(text.data(), kMagic.size()) != kMagic) {
    throw Error(file.string(), "is not a coldstart store, or is damaged", kOtherFile);
  }
  if (big_endian(bytes + 68) != kApplicationId) {
    throw Error(file.string(), "is a SQLite database of another program", kOtherFile);
  }
  if (const std::int32_t version = big_endian(bytes + 60); version > kSchemaVersion) {
    throw Error(file.string(),
                fmt::format("was written by a newer coldstart (schema {}; this one knows {})",
                            version, kSchemaVersion),
                fmt::format("update coldstart, or {}", kOtherFile));
  }
}

void check_writable(const fs::path& file, bool exists) {
  if (exists && access(file.c_str(), W_OK) != 0) {
    throw Error(file.string(), fmt::format("cannot be written: {}", std::strerror(errno)),
                fmt::format("check its permissions, or {}", kOtherFile));
  }
  if (access(folder_of(file).c_str(), W_OK | X_OK) != 0) {
    throw Error(
        file.string(), fmt::format("its folder cannot be written: {}", std::strerror(errno)),
        fmt::format("check the permissions of '{}', or {}", folder_of(file).string(), kOtherFile));
  }
}

// Throws if the file cannot be a store that we may open in this mode.
void check_file(const fs::path& file, Store::Mode mode) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::none) {
    throw Error(file.string(), fmt::format("cannot be opened: {}", error.message()), kOtherFile);
  }
  const bool exists = fs::exists(status);
  if (!exists && mode == Store::Mode::kRead) throw_no_runs(file);
  if (!exists && !fs::is_directory(folder_of(file), error)) {
    throw Error(file.string(), fmt::format("there is no folder '{}'", folder_of(file).string()),
                fmt::format("create it, or {}", kOtherFile));
  }
  if (exists && fs::is_directory(status)) {
    throw Error(file.string(), "is a folder, not a file", kOtherFile);
  }
  if (exists && !fs::is_regular_file(status)) {
    throw Error(file.string(), "is not a regular file", kOtherFile);
  }
  if (exists && fs::file_size(file, error) > 0) {
    check_header(file);
  } else if (mode == Store::Mode::kRead) {
    throw_no_runs(file);
  }
  if (mode == Store::Mode::kWrite) check_writable(file, exists);
}

bool has_tables(SQLite::Database& db) {
  return db.execAndGet("SELECT count(*) FROM sqlite_master").getInt() > 0;
}

void create_schema(SQLite::Database& db) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::EXCLUSIVE);
  if (has_tables(db)) return;  // somebody else was faster
  db.exec(kSchemaSql);
  db.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  db.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

void use_write_ahead_log(SQLite::Database& db) {
  try {
    db.execAndGet("PRAGMA journal_mode = WAL");
  } catch (const SQLite::Exception& e) {
    // Another process is using the file right now; it has set the mode, or the next one will.
    if (e.getErrorCode() != SQLITE_BUSY) throw;
  }
}

SQLite::Database open_for_writing(const fs::path& file) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | kOneThread,
                      kBusyTimeoutMs);
  if (!has_tables(db)) create_schema(db);
  if (const std::string found = db.execAndGet("PRAGMA quick_check(1)").getString(); found != "ok") {
    throw SQLite::Exception(found, SQLITE_CORRUPT);
  }
  migrate(db);
  use_write_ahead_log(db);
  db.exec("PRAGMA synchronous = NORMAL");
  db.exec("PRAGMA foreign_keys = ON");
  return db;
}

// "file:///path?immutable=1", with the characters escaped that mean something in a URI.
std::string immutable_uri(const fs::path& file) {
  std::string uri = "file://";
  for (const char c : file.string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// SQLite needs to write beside a file with a write-ahead log even to read it. Try the tidy way
// first (read and write: it removes its own traces), then with what a read-only file or folder
// allows.
SQLite::Database open_for_reading(const fs::path& file) {
  std::error_code error;
  const fs::path log = file.string() + "-wal";
  const bool unread_log = fs::exists(log, error) && fs::file_size(log, error) > 0;
  const bool writable =
      access(file.c_str(), W_OK) == 0 && access(folder_of(file).c_str(), W_OK) == 0;
  struct Way {
    std::string name;
    int flags;
    bool possible;
  };
  const Way ways[] = {
      {file.string(), SQLite::OPEN_READWRITE | kOneThread, writable},
      {file.string(), SQLite::OPEN_READONLY | kOneThread, true},
      {immutable_uri(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI | kOneThread, !unread_log}};
  for (const Way& way : ways) {
    if (!way.possible) continue;
    try {
      SQLite::Database db(way.name, way.flags, kBusyTimeoutMs);
      db.exec("PRAGMA query_only = ON");
      if (!has_tables(db)) throw_no_runs(file);
      return db;
    } catch (const SQLite::Exception& e) {
      const int code = e.getErrorCode();
      if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY && code != SQLITE_FULL &&
          code != SQLITE_IOERR) {
        throw;
      }
    }
  }
  throw Error(file.string(),
              "its last starts are still in the log beside it, which needs a folder that "
              "can be written",
              "copy the file and its `-wal` to such a folder and use --db");
}

}  // namespace

SQLite::Database open_store_file(const fs::path& file, Store::Mode mode) {
  // Absolute, so that SQLite does not take ":memory:" or "" for what they mean to it.
  const fs::path absolute = fs::absolute(file);
  check_file(file, mode);
  try {
    return mode == Store::Mode::kWrite ? open_for_writing(absolute) : open_for_reading(absolute);
  } catch (const SQLite::Exception& e) {
    throw_store_error(file, e);
  }
}

void throw_store_error(const fs::path& file, const SQLite::Exception& e) {
  switch (e.getErrorCode()) {
    case SQLITE_FULL:
      throw Error(file.string(), "the disk is full",
                  "free some space; every start that was stored before is kept");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(file.string(), fmt::format("is damaged ({})", e.what()),
                  fmt::format("save what is left with `sqlite3 {} .recover`, or {}", file.string(),
                              kOtherFile));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(file.string(), "is in use by another program",
                  "wait for it, or use another --db");
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw Error(file.string(), fmt::format("cannot be opened ({})", e.what()),
                  "check the permissions of the file and its folder");
    case SQLITE_IOERR:
      throw Error(
          file.string(), fmt::format("cannot be read or written ({})", e.what()),
          "check the disk, its quota and the file size limit (ulimit -f); every start that was "
          "stored before is kept");
    default:
      throw Error(file.string(), e.what(), kOtherFile);
  }
}

}  // namespace coldstart::results
