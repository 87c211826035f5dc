// Files that are not a store of ours: one line of error, and the file is what it was.
#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "results/store/schema.h"
#include "results/store/store.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::in_child;
using testing::plain_run;
using testing::read_file;
using testing::TempFolder;
using testing::write_file;

std::string open_error(const fs::path& file, Store::Mode mode) {
  return error_of([&] { Store(file, mode).list(); });
}

// Opens it both ways: the same complaint, on one line, nothing changed and nothing beside it.
void expect_refused(const TempFolder& folder, const std::string& name, const std::string& reason) {
  const std::string before = read_file(folder / name);
  const auto names = folder.names();
  for (const auto mode : {Store::Mode::kRead, Store::Mode::kWrite}) {
    const std::string error = open_error(folder / name, mode);
    EXPECT_TRUE(contains(error, (folder / name).string())) << error;
    EXPECT_TRUE(contains(error, reason)) << error;
    EXPECT_TRUE(contains(error, "; ")) << "no remedy: " << error;
    EXPECT_FALSE(contains(error, "\n")) << error;
    EXPECT_EQ(read_file(folder / name), before);
    EXPECT_EQ(folder.names(), names);
  }
}

void make_store(const fs::path& file) {
  Store store(file, Store::Mode::kWrite);
  const coldstart::Run run = plain_run({"f"}, 50);
  const auto id = store.begin_run(run.info, run.functions);
  for (const Start& start : run.starts) store.add_start(id, start);
}

TEST(BadStore, ReadingAMissingFileSaysHowToGetOneAndDoesNotCreateIt) {
  const TempFolder folder;
  const std::string error = open_error(folder / "a.db", Store::Mode::kRead);
  EXPECT_TRUE(contains(error, "no runs yet; run `coldstart run` first")) << error;
  EXPECT_TRUE(folder.names().empty());
}

TEST(BadStore, AnEmptyFileHasNoRunsAndMayBecomeAStore) {
  const TempFolder folder;
  write_file(folder / "a.db", "");
  EXPECT_TRUE(contains(open_error(folder / "a.db", Store::Mode::kRead), "no runs yet"));
  EXPECT_EQ(open_error(folder / "a.db", Store::Mode::kWrite), "");
}

TEST(BadStore, ATextFileIsRefused) {
  const TempFolder folder;
  write_file(folder / "notes.txt", "remember the milk\n");
  expect_refused(folder, "notes.txt", "not a coldstart store");
  write_file(folder / "long.txt", std::string(10'000, 'x'));
  expect_refused(folder, "long.txt", "not a coldstart store");
}

TEST(BadStore, ADatabaseOfAnotherProgramIsRefused) {
  const TempFolder folder;
  for (const char* mode : {"delete", "wal"}) {
    const std::string name = std::string(mode) + ".db";
    {
      SQLite::Database db((folder / name).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      db.execAndGet(std::string("PRAGMA journal_mode = ") + mode);
      db.exec("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')");
    }
    expect_refused(folder, name, "a SQLite database of another program");
  }
}

TEST(BadStore, AStoreOfANewerColdstartIsRefused) {
  const TempFolder folder;
  make_store(folder / "a.db");
  SQLite::Database((folder / "a.db").string(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = " + std::to_string(kSchemaVersion + 1));
  expect_refused(folder, "a.db",
                 "written by a newer coldstart (schema " + std::to_string(kSchemaVersion + 1) +
                     "; this one knows " + std::to_string(kSchemaVersion) + ")");
}

TEST(BadStore, AFolderIsRefused) {
  const TempFolder folder;
  fs::create_directory(folder / "a.db");
  for (const auto mode : {Store::Mode::kRead, Store::Mode::kWrite}) {
    EXPECT_TRUE(contains(open_error(folder / "a.db", mode), "is a folder, not a file"));
  }
}

TEST(BadStore, APipeIsRefusedWithoutWaitingForIt) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0666), 0);
  EXPECT_TRUE(contains(open_error(folder / "pipe", Store::Mode::kWrite), "is not a regular file"));
}

TEST(BadStore, AMissingFolderIsNamed) {
  const TempFolder folder;
  const std::string error = open_error(folder.path() / "no" / "a.db", Store::Mode::kWrite);
  EXPECT_TRUE(contains(error, "there is no folder")) << error;
}

TEST(BadStore, ATruncatedStoreIsRefused) {
  const TempFolder folder;
  make_store(folder / "a.db");
  fs::resize_file(folder / "a.db", 50);
  expect_refused(folder, "a.db", "damaged");
  make_store(folder / "b.db");
  fs::resize_file(folder / "b.db", fs::file_size(folder / "b.db") / 2);
  expect_refused(folder, "b.db", "damaged");
}

TEST(BadStore, GarbageInsideIsRefused) {
  const TempFolder folder;
  make_store(folder / "a.db");
  std::string content = read_file(folder / "a.db");
  for (std::size_t i = 4096; i < content.size(); ++i) content[i] = static_cast<char>(i * 31);
  write_file(folder / "a.db", content);
  // Reading looks only at what it needs: the complaint may come with the first query.
  EXPECT_TRUE(
      contains(error_of([&] { Store(folder / "a.db", Store::Mode::kRead).load(1); }), "damaged"));
  EXPECT_TRUE(contains(open_error(folder / "a.db", Store::Mode::kWrite), "damaged"));
  EXPECT_EQ(read_file(folder / "a.db"), content);
}

TEST(BadStore, OddNamesAreOnlyNames) {
  const TempFolder folder;
  for (const char* name : {":memory:", "file:x?mode=memory", "100%25 #1?.db", "it's.db", "ü.db"}) {
    make_store(folder / name);
    EXPECT_TRUE(fs::exists(folder / name)) << name;
    EXPECT_EQ(Store(folder / name, Store::Mode::kRead).list().size(), 1U) << name;
  }
}

TEST(BadStore, AFileThatMayNotBeReadIsRefused) {
  const TempFolder folder;
  make_store(folder / "a.db");
  fs::permissions(folder / "a.db", fs::perms::none);
  for (const auto mode : {Store::Mode::kRead, Store::Mode::kWrite}) {
    const auto error = in_child([&] { return open_error(folder / "a.db", mode); }, true);
    EXPECT_TRUE(contains(error, "cannot be read: Permission denied; check its permissions"))
        << error;
  }
}

TEST(BadStore, AFolderThatMayNotBeEnteredIsRefused) {
  const TempFolder folder;
  make_store(folder / "a.db");
  fs::permissions(folder.path(), fs::perms::none);
  for (const auto mode : {Store::Mode::kRead, Store::Mode::kWrite}) {
    const auto error = in_child([&] { return open_error(folder / "a.db", mode); }, true);
    EXPECT_TRUE(contains(error, "Permission denied; ")) << error;
  }
}

TEST(BadStore, AReadOnlyFolderRefusesWritingAndAllowsReading) {
  const TempFolder folder;
  make_store(folder / "a.db");
  fs::permissions(folder / "a.db",
                  fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  constexpr auto kReadExec = static_cast<fs::perms>(0555);
  fs::permissions(folder.path(), kReadExec);
  const std::string before = read_file(folder / "a.db");
  auto result = in_child([&] { return open_error(folder / "a.db", Store::Mode::kWrite); }, true);
  EXPECT_TRUE(contains(result, "cannot be written: Permission denied; check")) << result;
  result = in_child([&] { return open_error(folder / "new.db", Store::Mode::kWrite); }, true);
  EXPECT_TRUE(contains(result, "its folder cannot be written: Permission denied")) << result;
  result = in_child(
      [&] {
        const Store store(folder / "a.db", Store::Mode::kRead);
        return std::to_string(store.load(store.resolve("latest")).starts.size());
      },
      true);
  EXPECT_EQ(result, "50");
  EXPECT_EQ(read_file(folder / "a.db"), before);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a.db"});
}

// The last starts of a killed run are in the log beside the file. Reading must not lose them in
// silence.
TEST(BadStore, AReadOnlyStoreWithALogIsReadWholeOrRefused) {
  for (const bool with_shared_memory : {true, false}) {
    const TempFolder folder;
    in_child([&] {
      Store* leaked = new Store(folder / "a.db", Store::Mode::kWrite);
      const coldstart::Run run = plain_run({"f"}, 5);
      const auto id = leaked->begin_run(run.info, run.functions);
      for (const Start& start : run.starts) leaked->add_start(id, start);
      return std::string("done");  // and dies without closing
    });
    ASSERT_GT(fs::file_size(folder / "a.db-wal"), 0U);
    if (!with_shared_memory) fs::remove(folder / "a.db-shm");
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      fs::permissions(entry.path(), static_cast<fs::perms>(0444));
    }
    fs::permissions(folder.path(), static_cast<fs::perms>(0555));
    const auto result = in_child(
        [&] {
          std::size_t starts = 0;
          const std::string error = error_of(
              [&] { starts = Store(folder / "a.db", Store::Mode::kRead).load(1).starts.size(); });
          return error.empty() ? std::to_string(starts) : error;
        },
        true);
    EXPECT_TRUE(result == "5" || contains(result, "still in the log beside it")) << result;
  }
}

}  // namespace
}  // namespace coldstart::results
