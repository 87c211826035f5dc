#include "results/report/html_starts.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::json;

PageStarts starts(const coldstart::Run& run, std::size_t most_bytes = 600'000) {
  return page_starts(run, summarize(run), most_bytes);
}

std::vector<std::string> places(const json& group) {
  std::vector<std::string> names;
  for (const json& start : group["starts"]) names.push_back(start["at"]);
  return names;
}

TEST(HtmlStarts, OfferThePercentilesThatTheStartsAllow) {
  const auto of = [&](int n) {
    return places(json::parse(starts(testing::plain_run({"f"}, n)).json)["groups"][0]);
  };
  EXPECT_EQ(of(1), (std::vector<std::string>{"median"}));
  EXPECT_EQ(of(4), (std::vector<std::string>{"fastest", "p25", "median", "p75", "slowest"}));
  EXPECT_EQ(of(100), (std::vector<std::string>{"fastest", "p5", "p10", "p25", "median", "p75",
                                               "p90", "p95", "p99", "slowest"}));
}

TEST(HtmlStarts, TheMedianIsTheStartThatTheOtherPartsSpeakOf) {
  const coldstart::Run run = testing::realistic_run(30);
  const auto summaries = summarize(run);
  const json data = json::parse(page_starts(run, summaries).json);
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    for (const json& start : data["groups"][i]["starts"]) {
      if (start["at"] != "median") continue;
      EXPECT_TRUE(testing::contains(
          start["label"],
          "(trial " + std::to_string(run.starts[*summaries[i].median_start].trial) + ")"));
    }
  }
}

TEST(HtmlStarts, PhasesAddUpAndWhatWasInsideIsThere) {
  const json data = json::parse(starts(testing::accounted_run(20)).json);
  std::map<std::string, int> kinds;
  for (const json& group : data["groups"]) {
    for (const json& start : group["starts"]) {
      std::int64_t at = 0;
      for (const json& row : start["rows"]) {
        const std::string kind = data["kinds"][row[0].get<std::size_t>()];
        ++kinds[kind];
        if (kind != "phase") continue;
        EXPECT_EQ(row[2], at);
        at += row[3].get<std::int64_t>();
        EXPECT_LT(row[5].get<std::size_t>(), data["colors"].size());
      }
    }
  }
  for (const char* kind : {"phase", "boundary", "library", "sandbox step", "milestone"}) {
    EXPECT_GT(kinds[kind], 0) << kind;
  }
}

TEST(HtmlStarts, OneThatFailedCanBeLookedAt) {
  const json data = json::parse(starts(testing::realistic_run(30)).json);
  for (const json& group : data["groups"]) {
    const auto& last = group["starts"].back()["at"];
    if (group["name"] == "node") {
      EXPECT_EQ(last, "failed");
    } else if (group["name"] == "python") {
      EXPECT_EQ(last, "slowest");
    }
  }
}

TEST(HtmlStarts, APageThatWouldBeLargeHasFewerOfEach) {
  const coldstart::Run run = testing::accounted_run(100);
  const PageStarts all = starts(run);
  const PageStarts some = starts(run, all.json.size() - 1);
  EXPECT_FALSE(all.reduced);
  EXPECT_TRUE(some.reduced);
  EXPECT_LT(some.json.size(), all.json.size());
  EXPECT_EQ(places(json::parse(some.json)["groups"][0]),
            (std::vector<std::string>{"fastest", "median", "slowest"}));
}

TEST(HtmlStarts, NothingEndsTheElementThatTheyStandIn) {
  EXPECT_FALSE(testing::contains(starts(testing::plain_run({"</script><!--"}, 3)).json, "<"));
}

TEST(HtmlStarts, ARunWithoutStartsHasNoData) { EXPECT_EQ(starts({}).json, ""); }

}  // namespace
}  // namespace coldstart::results
