#include "results/compare/gate_report.h"

#include <algorithm>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/report/text.h"
#include "tests/results/compare/made_pairs.h"
#include "tests/results/json_schema.h"

namespace coldstart::results {
namespace {

GateReport made_report() {
  GateReport report;
  report.title = "hello";
  report.baseline = "old";
  report.candidate = "new";
  report.looks = planned_looks(200);
  report.functions = judge(
      std::vector{made_series({.pairs = 300}), made_series({.function = "java", .slower = 1.2}),
                  made_series({.function = "node<1>", .pairs = 30, .spread = 0.2})},
      report.options);
  report.attributions.resize(3);
  report.attributions[1].moved.push_back({"link", 1, 2, 1'200'000, 0.001, true, "cpu", 1});
  report.attributions[1].loads.emplace_back("1 more library: libextra.so");
  report.notes.emplace_back("3 disturbed pairs were repeated");
  return report;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(GateReport, OneFailureIsAFailureAndOneDoubtADoubt) {
  GateReport report = made_report();
  EXPECT_EQ(report.verdict(), Verdict::kFail);
  report.functions.erase(report.functions.begin() + 1);
  EXPECT_EQ(report.verdict(), Verdict::kInconclusive);
  report.functions.pop_back();
  EXPECT_EQ(report.verdict(), Verdict::kPass);
  report.faults.emplace_back("the disk is full");
  EXPECT_EQ(report.verdict(), Verdict::kInconclusive);
  EXPECT_EQ(GateReport().verdict(), Verdict::kInconclusive);  // nothing was judged
}

TEST(GateText, SaysTheVerdictFirstAndWhy) {
  const std::string text = gate_text(made_report(), {});
  EXPECT_EQ(text.rfind("FAIL: hello: 1 of 3 functions got worse\n", 0), 0U) << text;
  EXPECT_TRUE(has(text, "candidate new against baseline old, margin 2.0 %, up to 200 pairs"));
  EXPECT_TRUE(has(text, "java moved in: link +1.20 ms (cpu)"));
  EXPECT_TRUE(has(text, "java: 1 more library: libextra.so"));
  EXPECT_TRUE(has(text, "more pairs would settle it"));
  EXPECT_TRUE(has(text, "note: 3 disturbed pairs were repeated"));
  EXPECT_FALSE(has(text, "\x1b["));
  EXPECT_TRUE(has(gate_text(made_report(), {.color = true}), "\x1b[31mFAIL"));
}

TEST(GateText, IsAsciiWhereTheTerminalIs) {
  const std::string text = gate_text(made_report(), {.unicode = false});
  EXPECT_TRUE(
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; }));
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    widest = std::max<std::size_t>(
        widest, static_cast<std::size_t>(display_width(text.substr(at, end - at))));
    at = end + 1;
  }
  return widest;
}

TEST(GateText, FitsTheTerminalWhateverNamesThereAre) {
  GateReport report = made_report();
  const std::string long_name =
      "a-function-with-a-name-that-is-far-longer-than-its-column-should-be";
  report.functions[1].function = long_name;
  report.budgets.push_back({{long_name, "p90", 5'000'000},
                            "page-cache",
                            Verdict::kFail,
                            1'000,
                            5'100'000,
                            5'050'000,
                            5'200'000,
                            {}});
  const std::string text = gate_text(report, {.width = 80});
  EXPECT_LE(widest_line(text), 80U) << text;
  EXPECT_TRUE(has(text, "a-functio…should-be median")) << text;
  EXPECT_TRUE(has(text, "INCONCLUSIVE"));
  const std::string wide = gate_text(report, {.width = 200});
  EXPECT_TRUE(has(wide, long_name + "  median"));
  EXPECT_TRUE(has(gate_text(report, {.width = 200, .color = true}), "\x1b[31mFAIL\x1b[0m"));
}

TEST(GateReport, ImprovementsFailOnDemandWhateverElseThereIs) {
  GateReport report = made_report();
  report.functions.front() =
      judge(std::vector{made_series({.pairs = 300, .slower = 0.8})}, report.options).front();
  EXPECT_FALSE(report.fails_for_improvement());
  EXPECT_FALSE(has(gate_junit(report), "faster: -20"));
  report.fail_on_improvement = true;
  EXPECT_TRUE(report.fails_for_improvement());
  EXPECT_EQ(report.verdict(), Verdict::kFail);  // of java: the answer stays what it is
  const std::string line =
      "got faster: cpp median, cpp p90: the baseline is out of date (--fail-on-improvement)";
  EXPECT_TRUE(has(gate_text(report, {.width = 200}), line));
  EXPECT_TRUE(has(gate_markdown(report), line));
  EXPECT_TRUE(has(gate_junit(report), "name=\"median\"><failure message=\"faster: -"));
  EXPECT_TRUE(has(gate_annotations(report), "coldstart%3A cpp median::faster: -"));
}

TEST(GateReport, BudgetsOfSeveralCacheStatesAreToldApart) {
  GateReport report;
  for (const char* cache : {"disk", "page-cache"}) {
    report.budgets.push_back(
        {{"cpp", "p90", 5}, cache, Verdict::kFail, 100, 7, 6, 8, std::string()});
  }
  const std::string junit = gate_junit(report);
  EXPECT_TRUE(has(junit, "classname=\"coldstart.cpp (disk)\" name=\"budget p90\"")) << junit;
  EXPECT_TRUE(has(junit, "classname=\"coldstart.cpp (page-cache)\""));
  EXPECT_TRUE(has(gate_annotations(report), "cpp (disk) budget p90"));
  EXPECT_TRUE(has(gate_text(report, {}), "cpp (page-cache) p90: over its budget"));
  report.budgets.pop_back();
  EXPECT_TRUE(has(gate_junit(report), "classname=\"coldstart.cpp\""));
}

TEST(GateReport, WhatCouldNotBeStartedIsInDoubtAndSkipped) {
  GateReport report;
  report.functions = judge(std::vector{made_series({.pairs = 300})}, report.options);
  FunctionVerdict& missing = report.functions.emplace_back();
  missing.function = "java";
  missing.reason = "not started: no java";
  EXPECT_EQ(report.verdict(), Verdict::kInconclusive);
  EXPECT_TRUE(has(gate_junit(report),
                  "classname=\"coldstart.java\" name=\"answers\"><skipped "
                  "message=\"not started: no java\"/>"));
  EXPECT_TRUE(has(gate_text(report, {}), "java: not started: no java"));
}

TEST(GateMarkdown, FoldsTheTablesAndEscapesNames) {
  const std::string text = gate_markdown(made_report());
  EXPECT_EQ(text.rfind("### ❌ Cold start: FAIL: hello", 0), 0U) << text;
  EXPECT_TRUE(has(text, "<details><summary>All functions</summary>"));
  EXPECT_TRUE(has(text, "node&lt;1&gt;"));
  EXPECT_TRUE(has(text, "| java | link | +1.20 ms | cpu |"));
}

TEST(GateJunit, HasATestCaseForEachFunctionAndMetric) {
  GateReport report = made_report();
  report.faults.emplace_back("java: \"cannot\" be started");
  const std::string text = gate_junit(report);
  EXPECT_TRUE(has(text, "<testsuites tests=\"7\" failures=\"2\" errors=\"1\">")) << text;
  EXPECT_TRUE(has(text, "<testcase classname=\"coldstart.cpp\" name=\"median\"/>"));
  EXPECT_TRUE(has(text, "classname=\"coldstart.java\" name=\"p90\"><failure message=\"slower by"));
  EXPECT_TRUE(has(text, "classname=\"coldstart.node&lt;1&gt;\" name=\"median\"><skipped message="));
  EXPECT_TRUE(has(text, "<error message=\"java: &quot;cannot&quot; be started\"/>"));
}

TEST(GateAnnotations, AreErrorsOfGithubAndTenAtMost) {
  const std::string text = gate_annotations(made_report());
  EXPECT_EQ(text.rfind("::error title=coldstart%3A java median::slower by +", 0), 0U) << text;
  EXPECT_TRUE(has(text, " %25"));  // a bare % would begin an escape
  GateReport many = made_report();
  while (many.functions.size() < 12) many.functions.push_back(many.functions[1]);
  many.attributions.clear();
  const std::string lines = gate_annotations(many);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 10);
  EXPECT_TRUE(has(lines, " more; see the summary of this job"));
}

TEST(GateJson, IsWholeAndLeavesOutWhatIsNotKnown) {
  const auto json = nlohmann::json::parse(gate_json(made_report()));
  EXPECT_EQ(json["schema"], "coldstart.check/1");
  EXPECT_EQ(json["verdict"], "FAIL");
  EXPECT_EQ(json["functions"][1]["metrics"][0]["verdict"], "FAIL");
  EXPECT_EQ(json["functions"][1]["attribution"]["moved"][0]["phase"], "link");
  EXPECT_FALSE(json["functions"][0]["metrics"][0].contains("more_pairs"));
}

TEST(GateJson, IsWhatItsSchemaSays) {
  if (!testing::have_validator()) GTEST_SKIP() << "apt-get install libvalijson-dev";
  GateReport report = made_report();
  report.options.seed = 7;
  report.attributions[1].differing = 3;
  report.attributions[1].one_sided.push_back({"sandbox", true, 1'200'000});
  report.functions[1].reason = "20 starts of the candidate failed";
  report.budgets.push_back(
      {{"cpp", "p90", 5}, "page-cache", Verdict::kFail, 100, 7, 6, 8, "no start answered"});
  report.faults.emplace_back("the disk is full");
  EXPECT_EQ(testing::complaint(nlohmann::json::parse(gate_json(report)),
                               "results/compare/check.schema.json"),
            "");
}

TEST(FormatChange, HasASignAndNoFalsePrecision) {
  EXPECT_EQ(format_change(0.0512), "+5.1 %");
  EXPECT_EQ(format_change(-0.003), "-0.3 %");
  EXPECT_EQ(format_change(0.0001), "0.0 %");
  EXPECT_EQ(format_change(11.5), "+1150 %");
  EXPECT_EQ(format_bounds(-0.01, std::nullopt), "at least -1.0 %");
  EXPECT_EQ(format_bounds(std::nullopt, std::nullopt), "");
}

}  // namespace
}  // namespace coldstart::results
