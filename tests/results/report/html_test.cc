#include "results/report/html.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "results/report/html_pictures.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using testing::contains;
using testing::count_of;

constexpr const char* kSvg =
    "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 9 9\" xmlns=\"http://x\"><title>Gnuplot "
    "</title><defs><path id='a'/></defs>\n<g fill=\"none\" color=\"black\">\n</g>\n"
    "<g stroke='rgb(221, 221, 221)'><text fill=\"black\">left  id='n'</text></g>"
    "<use xlink:href='#a'/><rect id=\"b\" fill = 'url(#a)'/></svg>";

InlinePicture picture(const std::string& title, const std::string& alt,
                      PictureSection section = PictureSection::kDistribution) {
  return {section, title, "cold, page-cache", alt, kSvg, kSvg};
}

std::string report(const Run& run, const std::vector<InlinePicture>& pictures = {}) {
  return html_report(digest(run), pictures);
}

// The page without its own script and style.
std::string markup(const std::string& html) {
  std::string rest = html;
  for (const char* element : {"style", "script"}) {
    for (;;) {
      const auto begin = rest.find(std::string("<") + element);
      if (begin == std::string::npos) break;
      const std::string end = std::string("</") + element + ">";
      rest.erase(begin, rest.find(end, begin) + end.size() - begin);
    }
  }
  return rest;
}

TEST(Html, IsOnePageThatNeedsNothingElse) {
  const std::string html = report(testing::realistic_run(12), {picture("Phases", "bars")});
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  for (const char* outside : {"http://", "https://", "src=", "@import", "url(h", "url(/"}) {
    EXPECT_FALSE(contains(html, outside)) << outside;
  }
  EXPECT_TRUE(contains(html, "default-src 'none'"));
  EXPECT_TRUE(contains(html, "prefers-color-scheme: dark"));
  EXPECT_TRUE(contains(html, "@media print"));
}

TEST(Html, EveryElementIsClosed) {
  const std::string html = markup(report(testing::realistic_run(12), {picture("Phases", "bars")}));
  std::vector<std::string> open;
  const std::set<std::string> kVoid = {"meta", "link", "input", "use", "rect", "path"};
  const std::regex tag(R"(<(/?)([a-z0-9]+)([^>]*?)(/?)>)");
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end; ++it) {
    const std::string name = (*it)[2];
    if ((*it)[4].length() > 0 || kVoid.contains(name)) continue;
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

TEST(Html, IdsAreUniqueAndTheNavigationReachesEveryPart) {
  const std::string html = markup(report(
      testing::accounted_run(12), {picture("A", "a"), picture("B", "b", PictureSection::kCauses),
                                   picture("C", "c", PictureSection::kLoad)}));
  std::set<std::string> ids;
  const std::regex id(R"((?:<[^>]*)\bid=["']([^"']+))");
  for (std::sregex_iterator it(html.begin(), html.end(), id), end; it != end; ++it) {
    EXPECT_TRUE(ids.insert((*it)[1]).second) << (*it)[1];
  }
  const std::regex link("<li><a href=\"#([a-z-]+)\">");
  std::size_t links = 0;
  for (std::sregex_iterator it(html.begin(), html.end(), link), end; it != end; ++it, ++links) {
    EXPECT_TRUE(ids.contains((*it)[1])) << (*it)[1];
  }
  EXPECT_EQ(links, std::size_t{9});
}

TEST(Html, TheAnswerComesFirst) {
  const std::string html = report(testing::realistic_run(30));
  const auto answer = html.find("<p class=\"answer\">cpp-static is the fastest of 8 functions");
  ASSERT_NE(answer, std::string::npos);
  EXPECT_LT(html.find("<h1>"), answer);
  EXPECT_LT(answer, html.find("<table"));
}

TEST(Html, TablesHaveHeadersAndCaptions) {
  const std::string html = markup(report(testing::realistic_run(12)));
  // Comparison, phases, and a waterfall for each of the eight functions.
  EXPECT_EQ(count_of(html, "<table"), 10U);
  EXPECT_EQ(count_of(html, "<caption>"), 10U);
  EXPECT_EQ(count_of(html, "<th scope=\"row\">"), 16U);
  EXPECT_TRUE(contains(html, "<th scope=\"col\">95 % interval</th>"));
  EXPECT_EQ(count_of(html, "<th>"), 0U);
}

TEST(Html, PicturesHaveATextInBothSizes) {
  const std::string html =
      report(testing::plain_run({"f"}, 3), {picture("Ecdf", "lines \"of\" f")});
  EXPECT_EQ(count_of(html, "<svg role=\"img\" aria-label=\"lines &quot;of&quot; f\""), 2U);
  EXPECT_TRUE(contains(html, "<figcaption>Ecdf</figcaption>"));
}

TEST(HtmlPictures, IdsAreTheirOwnAndColoursThoseOfThePage) {
  const std::string svg = page_svg(kSvg, "bars", "p1");
  EXPECT_EQ(svg,
            "<svg role=\"img\" aria-label=\"bars\" viewBox=\"0 0 9 9\" fill=\"none\" "
            "stroke=\"currentColor\" stroke-width=\"1.00\" stroke-linecap=\"butt\" "
            "stroke-linejoin=\"miter\"><defs><path id='p1-a'/>"
            "</defs><g stroke='var(--grid)'><text fill=\"currentColor\">left  id='n'</text></g>"
            "<use href='#p1-a'/><rect id=\"p1-b\" fill = 'url(#p1-a)'/></svg>");
}

TEST(HtmlPictures, WhatIsNoSvgIsNothing) {
  for (const char* text : {"", "<svg", "no", "<?xml?>"}) EXPECT_EQ(page_svg(text, "a", "b"), "");
}

TEST(Html, NamesAndMessagesCannotBeMarkup) {
  coldstart::Run run = testing::plain_run({"<script>alert(1)</script>", "\" onload=\"x"}, 2);
  run.info.suite = "</title><script>";
  run.info.command_line = "x <img onerror=y>";
  run.starts[0].outcome = Outcome::kExited;
  run.starts[0].message = "<b>bold</script>";
  for (Start& start : run.starts) {
    start.load = "<i>";
    start.account.libraries = std::vector<Library>{{"</script><u>", 1, 2, 3, 1, true}};
  }
  const std::string html = report(run, {picture("</figure><s>", "\"><s>")});
  // Its data and its own script, and nothing else.
  EXPECT_EQ(count_of(html, "<script"), 2U);
  EXPECT_EQ(count_of(html, "</script"), 2U);
  for (const char* tag : {"<img", "<b>", "<i>", "<u>", "<s>", "\" onload"}) {
    EXPECT_FALSE(contains(markup(html), tag)) << tag;
  }
  EXPECT_TRUE(contains(html, "&lt;script&gt;alert(1)"));
}

TEST(Html, FailuresStandRightBelowTheNumbersTheyAreMissingFrom) {
  const std::string html = report(testing::realistic_run(30));
  const auto failure = html.find("node: 2 of 30 failed");
  EXPECT_LT(html.find("95 % interval"), failure);
  EXPECT_LT(failure, html.find("Medians of the phases"));
}

TEST(Html, EveryFunctionHasAWaterfallThatFoldsOutWithoutScript) {
  const std::string html = report(testing::realistic_run(30));
  EXPECT_EQ(count_of(html, ": the median start, "), 8U);
  EXPECT_TRUE(contains(html,
                       "<summary>java (cold, page-cache): the median start, 160 ms from due to the "
                       "first byte of"));
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

TEST(Html, WithoutPicturesTheBarsHaveALegend) {
  const coldstart::Run run = testing::plain_run({"f"}, 3);
  EXPECT_TRUE(contains(report(run), "<ul class=\"legend\">"));
  EXPECT_FALSE(
      contains(report(run, {picture("P", "p", PictureSection::kPhases)}), "<ul class=\"legend\">"));
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
        "seed 18446744073709551615", "<dt>repeat</dt><dd><code>coldstart run",
        "<dt>probes off</dt><dd>cpu: needs CAP_SYS_ADMIN; run as root"}) {
    EXPECT_TRUE(contains(html, part)) << part;
  }
}

TEST(Html, ARunWithoutStartsSaysSo) {
  EXPECT_TRUE(contains(report({}), "No starts were recorded."));
}

TEST(Html, DisturbedPairsAreMarkedWhereverTheirNumbersStand) {
  const coldstart::Run run = testing::run_with_disturbed_pairs();
  const std::string html = html_report(digest(run), {});
  EXPECT_TRUE(contains(html, "<b>disturbed (not judged), page-cache:</b>"));
  EXPECT_TRUE(contains(html, "<h2>disturbed (not judged), page-cache</h2>"));
  // Right below their numbers, once.
  const auto heading = html.find("<h2>disturbed");
  EXPECT_EQ(count_of(html, "<li>disturbed: other tasks took CPUs"), 1U);
  EXPECT_GT(html.find("<li>disturbed: other tasks took CPUs"), heading);
  EXPECT_TRUE(contains(html, "\"name\":\"cpp@candidate (disturbed (not judged), page-cache)\""));
  EXPECT_TRUE(contains(html, "<summary>cpp@baseline (disturbed (not judged), page-cache)"));
  EXPECT_FALSE(contains(html, "(disturbed, "));
}

}  // namespace
}  // namespace coldstart::results
