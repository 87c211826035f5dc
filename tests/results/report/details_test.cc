#include "results/report/details.h"

#include <gtest/gtest.h>

#include "results/report/text.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::lines_of;
using testing::plain_start;

std::string text_of(const Account& account, int width = 100) {
  Start start = plain_start("f", 1, 1000);
  start.account = account;
  return details_text(start, {width, false, true});
}

TEST(Details, AStartWithoutAnAccountHasNone) {
  EXPECT_EQ(text_of({}), "");
  EXPECT_TRUE(details_of(plain_start("f", 1, 1000)).empty());
}

TEST(Details, TheJvmIsOneSentence) {
  Account account;
  account.jvm = JvmAccount{.init_begin_ns = {},
                           .classes = 467,
                           .shared_classes = 460,
                           .main_class_ns = {},
                           .main_class_shared = {},
                           .compilations = 312,
                           .compile_ns = 45'000'000};
  EXPECT_EQ(text_of(account, 200),
            "JVM: 467 classes before the first response, 460 from the shared archive; 312 "
            "compilations 45.0 ms; no garbage collection\n");
  account.jvm = JvmAccount{.init_begin_ns = {},
                           .classes = 1,
                           .main_class_ns = 2'000'000,
                           .main_class_shared = false,
                           .classes_before_main = 1,
                           .collections = 1,
                           .gc_ns = 3'000'000};
  EXPECT_EQ(text_of(account, 240),
            "JVM: 1 class before the first response, none from the shared archive; first class of "
            "the application after 2.00 ms (1 class before it; it came from no archive); no "
            "compilation; 1 garbage collection 3.00 ms\n");
}

TEST(Details, PythonAndNodeSayHowMuchTheyLoaded) {
  Account account;
  account.python = PythonAccount{81, {{"http.server", 1'000, 9'000'000, 2'000'000}}};
  account.node = NodeAccount{45'000'000, 1, {}};
  const std::string text = text_of(account);
  EXPECT_TRUE(contains(text, "Python: 81 imports before the first response\n"));
  EXPECT_TRUE(contains(text, "Node.js: bootstrap 45.0 ms; 1 script file read before"));
  EXPECT_TRUE(contains(text, "http.server  1.00 µs  9.00 ms  2.00 ms")) << text;
}

TEST(Details, LibrariesAreSortedByTheTimeTheyTookAndTheTopTenAreShown) {
  Account account;
  account.libraries.emplace();
  for (int i = 1; i <= 12; ++i) {
    account.libraries->push_back({"/lib/lib" + std::to_string(i) + ".so", 2048, 1'000,
                                  1'000 + i * 1'000, i == 12 ? 0 : 2048, i != 11});
  }
  account.libraries->push_back({"/lib/ld.so", 2048, std::nullopt, std::nullopt, 1024, true});
  const auto lines = lines_of(text_of(account));
  EXPECT_EQ(lines.at(0), "Libraries: 13 files, 26.0 KiB; the 10 that took the longest");
  EXPECT_EQ(lines.at(2), "/lib/lib12.so  2.00 KiB         12.0 µs     0 %  at start-up");
  EXPECT_EQ(lines.at(3), "/lib/lib11.so  2.00 KiB         11.0 µs   100 %  by dlopen");
  EXPECT_EQ(lines.size(), 12U);
  account.libraries->erase(account.libraries->begin(), account.libraries->begin() + 10);
  account.libraries->at(0).cached_bytes.reset();
  const std::string text = text_of(account);
  EXPECT_TRUE(contains(text, "by the kernel    50 %  at start-up")) << text;
  EXPECT_TRUE(contains(text, "11.0 µs       –  by dlopen")) << text;
}

TEST(Details, AFileThatSeveralProgramsMapIsOneRow) {
  Account account;
  account.libraries.emplace();
  account.libraries->push_back({"/lib/libc.so", 2048, 1'000, 4'000, 2048, true});
  account.libraries->push_back({"/lib/libz.so", 1024, 5'000, 6'000, 1024, true});
  account.libraries->push_back({"/lib/libc.so", 2048, 9'000, 11'000, 2048, true});
  account.libraries->push_back({"/lib/libz.so", 1024, 20'000, 21'000, 1024, false});
  account.libraries->push_back({"/lib/ld.so", 512, std::nullopt, std::nullopt, 512, true});
  const auto lines = lines_of(text_of(account, 120));
  EXPECT_EQ(lines.at(0),
            "Libraries: 3 files, 3.50 KiB, loaded 5 times in all, by several programs");
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines.at(2), "/lib/libc.so  2.00 KiB      2         5.00 µs   100 %  at start-up");
  EXPECT_EQ(lines.at(3), "/lib/libz.so  1.00 KiB      2         2.00 µs   100 %  both ways");
  EXPECT_EQ(lines.at(4), "/lib/ld.so       512 B      1   by the kernel   100 %  at start-up");
}

TEST(Details, AFileThatWasOnlyMappedIsNotCalledRead) {
  Account account;
  account.files =
      FilesRead{2, 100, 3'000, {{"/etc/ld.so.cache", 0, 0, 2'000}, {"/a", 1, 100, 1'000}}};
  const std::string text = text_of(account);
  EXPECT_TRUE(
      contains(text, "Other files read or mapped before the first response: 2, 100 B read"));
  EXPECT_TRUE(contains(text, "/etc/ld.so.cache  mapped      –  2.00 µs")) << text;
}

TEST(Details, NothingFoundIsSaid) {
  Account account;
  account.libraries.emplace();
  account.files.emplace();
  EXPECT_EQ(text_of(account),
            "Libraries: none\nOther files read or mapped before the first response: none\n");
}

TEST(Details, SandboxStepsHaveSharesAndWaits) {
  const coldstart::Run run = testing::accounted_run(1);
  const std::string text = details_text(run.starts[0], {100, false, true});
  EXPECT_TRUE(contains(text, "Inside the sandbox phase (100 µs):")) << text;
  EXPECT_TRUE(contains(text, "50.0 %  cpu 20 %, wait 80 % (rcu 80 %)")) << text;
}

TEST(Details, ACacheStateThatWasNotProvenSaysWhy) {
  Account account;
  account.cache = CacheProof{3, 4096, 1024, false, "a file stayed"};
  EXPECT_EQ(text_of(account, 200),
            "Cache state page-cache: 1.00 KiB of 4.00 KiB in 3 files were in the page cache before "
            "the start; not proven: a file stayed\n");
}

TEST(Details, FitTheWidthWhateverTheNames) {
  Account account = testing::full_account();
  account.libraries->push_back({std::string(300, 'x'), 1, 2, 3, 1, true});
  account.files->top.push_back({"/" + std::string(300, 'y') + "\x1b[31m", 1, 2, 3});
  account.python->top.push_back({std::string(300, 'z'), 1, 2, 3});
  for (const int width : {80, 100, 160}) {
    for (const std::string& line : lines_of(text_of(account, width))) {
      EXPECT_LE(display_width(line), width) << line;
      EXPECT_FALSE(contains(line, "\x1b"));
    }
  }
}

}  // namespace
}  // namespace coldstart::results
