#include "results/report/html.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::count_of;

constexpr const char* kSvg =
    "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 9 9\"><title>Gnuplot</title><defs><path "
    "id='a'/></defs>"
    "<use xlink:href='#a'/><rect id=\"b\" fill = 'url(#a)'/></svg>";

std::string report(const Run& run, const std::vector<InlinePicture>& pictures = {}) {
  return html_report(run, summarize(run), pictures);
}

TEST(Html, IsOnePageThatNeedsNothingElse) {
  const std::string html = report(testing::realistic_run(12), {{"Phases", "bars", kSvg}});
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  for (const char* outside : {"http://", "https://", "<script", "<link", "src=", "@import"}) {
    EXPECT_FALSE(contains(html, outside)) << outside;
  }
  EXPECT_TRUE(contains(html, "prefers-color-scheme: dark"));
}

TEST(Html, EveryElementIsClosed) {
  const std::string html = report(testing::realistic_run(12), {{"Phases", "bars", kSvg}});
  std::vector<std::string> open;
  const std::regex tag(R"(<(/?)([a-z0-9]+)([^>]*?)(/?)>)");
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end; ++it) {
    const std::string name = (*it)[2];
    if ((*it)[4].length() > 0 || name == "meta") continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
    } else {
      ASSERT_FALSE(open.empty()) << name;
      EXPECT_EQ(open.back(), name);
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST(Html, TablesHaveHeadersAndCaptions) {
  const std::string html = report(testing::realistic_run(12));
  // Comparison, phases, and a waterfall for each of the eight functions.
  EXPECT_EQ(count_of(html, "<table>"), 10U);
  EXPECT_EQ(count_of(html, "<caption>"), 10U);
  EXPECT_EQ(count_of(html, "<th scope=\"row\">"), 16U);
  EXPECT_TRUE(contains(html, "<th scope=\"col\">95 % interval</th>"));
}

TEST(Html, PicturesHaveATextAndIdsOfTheirOwn) {
  const std::string html = report(testing::plain_run({"f"}, 3),
                                  {{"Phases", "bars \"of\" f", kSvg}, {"Ecdf", "lines", kSvg}});
  EXPECT_TRUE(contains(html, "<svg role=\"img\" aria-label=\"bars &quot;of&quot; f\""));
  EXPECT_TRUE(contains(html, "<figcaption>Phases</figcaption>"));
  EXPECT_FALSE(contains(html, "<?xml"));
  EXPECT_FALSE(contains(html, "Gnuplot"));
  std::set<std::string> ids;
  const std::regex id(R"(\bid=["']([^"']+))");
  std::size_t found = 0;
  for (std::sregex_iterator it(html.begin(), html.end(), id), end; it != end; ++it, ++found)
    ids.insert((*it)[1]);
  EXPECT_EQ(found, 4U);
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_TRUE(contains(html, "href='#p1-a'"));
  EXPECT_TRUE(contains(html, "url(#p1-a)"));
}

TEST(Html, NamesAndMessagesCannotBeMarkup) {
  coldstart::Run run = testing::plain_run({"<script>alert(1)</script>"}, 2);
  run.info.suite = "</title><script>";
  run.info.command_line = "x <img onerror=y>";
  run.starts[0].outcome = Outcome::kExited;
  run.starts[0].message = "<b>bold";
  const std::string html = report(run);
  EXPECT_FALSE(contains(html, "<script"));
  EXPECT_FALSE(contains(html, "<img"));
  EXPECT_FALSE(contains(html, "<b>"));
  EXPECT_TRUE(contains(html, "&lt;script&gt;alert(1)"));
}

TEST(Html, FailuresStandRightBelowTheNumbersTheyAreMissingFrom) {
  const std::string html = report(testing::realistic_run(30));
  const auto failure = html.find("node: 2 of 30 failed");
  EXPECT_LT(html.find("95 % interval"), failure);
  EXPECT_LT(failure, html.find("Medians of the phases"));
  EXPECT_EQ(count_of(html, "node: 2 of 30 failed"), 1U);
}

TEST(Html, EveryFunctionHasAWaterfallThatFoldsOut) {
  const std::string html = report(testing::realistic_run(30));
  EXPECT_EQ(count_of(html, "<details>"), 8U);
  EXPECT_TRUE(
      contains(html, "<summary>java: the median start, 160 ms from due to the first byte of"));
  EXPECT_TRUE(std::regex_search(html, std::regex(R"(\(trial \d+, 15th of 30\)</summary>)")));
  EXPECT_TRUE(contains(html, "margin-left:"));
}

TEST(Html, PhasesSayWhatHappensInThem) {
  const std::string html = report(testing::realistic_run(12));
  EXPECT_TRUE(
      contains(html, "title=\"the dynamic loader maps and relocates the libraries\">link<"));
  EXPECT_TRUE(contains(html,
                       "title=\"the language runtime starts; the program starts and opens its "
                       "socket\">runtime+app<"));
}

TEST(Html, TheBarsAreBelowTheBeginningOfTheirHeader) {
  EXPECT_TRUE(contains(report(testing::plain_run({"f"}, 3)),
                       "<th scope=\"col\" class=\"left\">phases</th>"));
}

TEST(Html, AFunctionThatNeverAnsweredHasNoRowOfPhases) {
  coldstart::Run run = testing::plain_run({"good", "bad"}, 3);
  for (Start& start : run.starts) {
    if (start.function == "bad") start.outcome = Outcome::kTimeout;
  }
  const std::string html = report(run);
  EXPECT_EQ(count_of(html, "<th scope=\"row\">good</th>"), 2U);
  EXPECT_EQ(count_of(html, "<th scope=\"row\">bad</th>"), 1U);
}

TEST(Html, TheAccountIsInTheFoldOfItsFunction) {
  const std::string html = report(testing::accounted_run(20));
  for (const char* part : {"Why the time passed in java (cold, disk; medians of 19 starts)",
                           "JVM: 467 classes before the first response", "libjvm.so",
                           "Inside the sandbox phase", "Cache states, load cold", "app.jar"}) {
    EXPECT_TRUE(contains(html, part)) << part;
  }
}

TEST(Html, SaysWhatWasSkippedFailedAndNotSeen) {
  const std::string html = report(testing::realistic_run(30));
  for (const char* part :
       {"gvisor: skipped", "node: 2 of 30 failed", "not seen in node", "p99 needs 100 starts",
        "seed 18446744073709551615", "repeat: coldstart run"}) {
    EXPECT_TRUE(contains(html, part)) << part;
  }
}

}  // namespace
}  // namespace coldstart::results
