// What continuous integration reads: JUnit files and GitHub's annotations.
#include "results/compare/gate_report.h"
#include "results/compare/gate_rows.h"
#include "results/model/duration.h"
#include "results/report/html_parts.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

struct TestCase {
  std::string function;
  std::string metric;
  Verdict verdict = Verdict::kPass;
  bool fault = false;
  std::string message;
};

// What moved belongs to each metric of a function: people open one test case.
std::string with_reasons(std::string message, const Attribution& attribution) {
  const std::string moved = summary_of(attribution);
  if (!moved.empty()) message += "; moved in: " + moved;
  const std::string phases = phase_difference(attribution);
  if (!phases.empty()) message += "; " + phases;
  for (const std::string& load : attribution.loads) message += "; " + load;
  return message;
}

std::vector<TestCase> cases_of(const GateReport& report) {
  std::vector<TestCase> cases;
  for (std::size_t i = 0; i < report.functions.size(); ++i) {
    const FunctionVerdict& function = report.functions[i];
    const std::string title = title_of(function, report);
    for (const MetricVerdict& metric : function.metrics) {
      if (!metric.gates) continue;
      std::string message = explain(function, metric, report);
      if (metric.verdict == Verdict::kFail && i < report.attributions.size()) {
        message = with_reasons(std::move(message), report.attributions[i]);
      }
      Verdict verdict = metric.verdict;
      if (report.fail_on_improvement && metric.improved) {
        verdict = Verdict::kFail;
        message = "faster: " + format_change(metric.change.value_or(0)) +
                  "; the baseline is out of date (--fail-on-improvement)";
      }
      cases.push_back(
          {title, std::string(name(metric.metric)), verdict, false, std::move(message)});
    }
    if (!function.reason.empty()) {
      cases.push_back({title, "answers", function.verdict, false, function.reason});
    }
  }
  for (const BudgetVerdict& budget : report.budgets) {
    std::string message = budget.reason;
    if (budget.verdict == Verdict::kFail) {
      message = "at least " + format_duration(budget.low_ns.value_or(0)) + ", the budget is " +
                format_duration(budget.budget.limit_ns);
    }
    cases.push_back({title_of(budget.budget.function, budget.cache, report),
                     "budget " + budget.budget.what, budget.verdict, false, std::move(message)});
  }
  for (const std::string& fault : report.faults) {
    cases.push_back({"coldstart", "check", Verdict::kInconclusive, true, fault});
  }
  return cases;
}

// The values and the message of a workflow command have their own escapes.
std::string command_escaped(const std::string& text, bool is_property) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == '%') {
      safe += "%25";
    } else if (is_property && c == ':') {
      safe += "%3A";
    } else if (is_property && c == ',') {
      safe += "%2C";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string gate_junit(const GateReport& report) {
  const std::vector<TestCase> cases = cases_of(report);
  std::size_t failures = 0;
  std::size_t skipped = 0;
  std::size_t errors = 0;
  std::string body;
  for (const TestCase& test : cases) {
    body += "    <testcase classname=\"coldstart." + escaped(test.function) + "\" name=\"" +
            escaped(test.metric) + "\"";
    const std::string message = " message=\"" + escaped(test.message) + "\"";
    if (test.fault) {
      ++errors;
      body += "><error" + message + "/></testcase>\n";
    } else if (test.verdict == Verdict::kFail) {
      ++failures;
      body += "><failure" + message + "/></testcase>\n";
    } else if (test.verdict == Verdict::kInconclusive) {
      ++skipped;
      body += "><skipped" + message + "/></testcase>\n";
    } else {
      body += "/>\n";
    }
  }
  const std::string counts = "tests=\"" + std::to_string(cases.size()) + "\" failures=\"" +
                             std::to_string(failures) + "\" errors=\"" + std::to_string(errors) +
                             "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
         ">\n  <testsuite name=\"coldstart check " + escaped(report.title) + "\" " + counts +
         " skipped=\"" + std::to_string(skipped) + "\">\n" + body +
         "  </testsuite>\n</testsuites>\n";
}

std::string gate_annotations(const GateReport& report) {
  constexpr std::size_t kMost = 10;
  std::vector<TestCase> failed;
  for (TestCase& test : cases_of(report)) {
    if (test.fault || test.verdict == Verdict::kFail) failed.push_back(std::move(test));
  }
  std::string text;
  for (std::size_t i = 0; i < failed.size(); ++i) {
    if (i + 1 == kMost && failed.size() > kMost) {
      text += "::error title=coldstart::" + std::to_string(failed.size() - i) +
              " more; see the summary of this job\n";
      break;
    }
    const TestCase& test = failed[i];
    text += "::error title=" +
            command_escaped("coldstart: " + test.function + " " + test.metric, true) +
            "::" + command_escaped(test.message, false) + "\n";
  }
  return text;
}

}  // namespace coldstart::results
