// What a report is made of is the same whether the starts were kept with all of their accounts or
// only those that it shows.
#include "results/statistics/digest.h"

#include <gtest/gtest.h>

#include "results/export/account_json.h"
#include "results/export/account_scan.h"
#include "results/report/causes_table.h"
#include "results/report/html.h"
#include "results/report/markdown.h"
#include "results/report/table.h"
#include "results/store/store.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

/// A store with this run in it.
class Stored {
 public:
  explicit Stored(const coldstart::Run& run) : store_(folder_ / "a.db", Store::Mode::kWrite) {
    id_ = store_.begin_run(run.info, run.functions);
    for (const Load& load : run.loads) store_.add_load(id_, load);
    store_.add_starts(id_, run.starts);
    store_.add_invocations(id_, run.invocations);
    store_.add_instances(id_, run.instances);
    store_.finish_run(id_, run.info.finished_at, run.info.lost_events, run.info.tiers);
  }
  Digest in_short() const { return store_.load_digest(id_); }
  Digest in_full() const { return digest(store_.load(id_)); }

 private:
  testing::TempFolder folder_;
  Store store_;
  std::int64_t id_ = 0;
};

void expect_same_reports(const coldstart::Run& run) {
  const Stored stored(run);
  const Digest brief = stored.in_short();
  const Digest full = stored.in_full();
  EXPECT_EQ(html_report(brief), html_report(full));
  EXPECT_EQ(markdown_report(brief), markdown_report(full));
  EXPECT_EQ(comparison_table(brief.run, brief.summaries, {}),
            comparison_table(full.run, full.summaries, {}));
  EXPECT_EQ(causes_text(brief.causes, {}), causes_text(full.causes, {}));
}

TEST(StoredDigest, MakesTheSameReports) {
  expect_same_reports(testing::accounted_run(40));
  expect_same_reports(testing::realistic_run(3));
  expect_same_reports(testing::loaded_run());
}

TEST(StoredDigest, LeavesOutStartsThatDoNotCount) {
  coldstart::Run run = testing::accounted_run(12);
  for (std::size_t i = 0; i < run.starts.size(); i += 3) run.starts[i].outcome = Outcome::kTimeout;
  for (std::size_t i = 1; i < run.starts.size(); i += 4) {
    run.starts[i].account.cache = CacheProof{3, 100, 50, false, "a file stayed"};
  }
  for (std::size_t i = 2; i < run.starts.size(); i += 5) {
    run.starts[i].account.absent["causes"] = "tier cpu is off";
    run.starts[i].account.causes.clear();
  }
  run.starts.back().lost_events = 3;
  expect_same_reports(run);
}

TEST(StoredDigest, KeepsWholeAccountsOfTheStartsThatAreShownOnly) {
  const Digest digest = Stored(testing::accounted_run(40)).in_short();
  std::size_t whole = 0;
  for (const Start& start : digest.run.starts) whole += start.account.causes.empty() ? 0 : 1;
  EXPECT_GE(whole, digest.summaries.size());
  EXPECT_LE(whole, 11 * digest.summaries.size());
  for (const Summary& summary : digest.summaries) {
    if (!summary.median_start) continue;
    EXPECT_FALSE(digest.run.starts[*summary.median_start].account.causes.empty())
        << summary.function;
  }
}

TEST(AccountScan, ReadsWhatTheWholeReaderReads) {
  Account account = testing::full_account();
  account.cache = CacheProof{3, 100, 50, false, "a \"file\" stayed", 1, 7};
  account.absent = {{"jvm", "tier runtime is off: \\u00e9 é"}};
  const std::string text = account_text(account);
  AccountScanner scanner;
  const auto source = [] { return std::string("here"); };
  for (int again = 0; again < 2; ++again) {
    const Account scanned = scanner.scan(text, source);
    EXPECT_EQ(scanned.causes, account.causes);
    EXPECT_EQ(scanned.cache, account.cache);
    EXPECT_EQ(scanned.absent, account.absent);
    EXPECT_FALSE(scanned.libraries);
  }
  account.cache->proven = true;
  EXPECT_EQ(scanner.scan(account_text(account), source).cache->reason, "") << "not needed";
}

TEST(AccountScan, SaysWhatIsWrongAsTheWholeReaderDoes) {
  AccountScanner scanner;
  for (const char* text :
       {"{", "[]", R"({"causes":{"link":{"cpu":-1}}})", R"({"causes":{"link":{"cpu":"1"}}})",
        R"({"cache_proof":{"files":1}})", R"({"account_absent":{"jvm":1}})", R"({"causes":3})"}) {
    const auto scan = [&] { scanner.scan(text, [] { return std::string("here"); }); };
    const std::string error = testing::error_of(scan);
    EXPECT_FALSE(error.empty()) << text;
    EXPECT_EQ(error, testing::error_of([&] { account_from_text(text, "here"); })) << text;
  }
}

}  // namespace
}  // namespace coldstart::results
