#include <nlohmann/json.hpp>

#include "results/compare/gate_report.h"
#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

Json metric_json(const MetricVerdict& metric) {
  Json json;
  json["metric"] = name(metric.metric);
  json["gates"] = metric.gates;
  json["verdict"] = name(metric.verdict);
  json["improved"] = metric.improved;
  put(json, "baseline_ns", metric.baseline_ns);
  put(json, "candidate_ns", metric.candidate_ns);
  put(json, "change", metric.change);
  put(json, "low", metric.low);
  put(json, "high", metric.high);
  json["p_slower"] = metric.p_slower;
  put(json, "more_pairs", metric.more_pairs);
  put(json, "smallest_change", metric.smallest_change);
  put(json, "reason", metric.reason);
  return json;
}

Json attribution_json(const Attribution& attribution) {
  Json json;
  json["pairs"] = attribution.pairs;
  json["moved"] = Json::array();
  for (const PhaseShift& shift : attribution.moved) {
    Json phase;
    phase["phase"] = shift.phase;
    phase["baseline_ns"] = shift.baseline_ns;
    phase["candidate_ns"] = shift.candidate_ns;
    phase["shift_ns"] = shift.shift_ns;
    phase["p"] = shift.p;
    if (!shift.cause.empty()) {
      phase["cause"] = shift.cause;
      phase["cause_ns"] = shift.cause_ns;
    }
    json["moved"].push_back(std::move(phase));
  }
  if (attribution.differing > 0) json["differing"] = attribution.differing;
  for (const OneSidedPhase& phase : attribution.one_sided) {
    json["one_sided"].push_back({{"phase", phase.phase},
                                 {"side", phase.in_candidate ? "candidate" : "baseline"},
                                 {"median_ns", phase.median_ns}});
  }
  if (!attribution.loads.empty()) json["loads"] = attribution.loads;
  return json;
}

Json function_json(const FunctionVerdict& function) {
  Json json;
  json["function"] = function.function;
  put(json, "cache", function.cache);
  json["verdict"] = name(function.verdict);
  json["pairs"] = function.pairs;
  if (function.pairs_a_round > 1) json["pairs_a_round"] = function.pairs_a_round;
  json["look"] = function.look;
  json["baseline_failed"] = function.baseline_failed;
  json["candidate_failed"] = function.candidate_failed;
  put(json, "reason", function.reason);
  if (function.too_noisy) {
    json["too_noisy"] = {{"deviation", function.too_noisy->deviation},
                         {"pairs_for_margin", function.too_noisy->pairs_for_margin},
                         {"margin_for_pairs", function.too_noisy->margin_for_pairs}};
  }
  json["metrics"] = Json::array();
  for (const MetricVerdict& metric : function.metrics)
    json["metrics"].push_back(metric_json(metric));
  return json;
}

Json budget_json(const BudgetVerdict& budget) {
  Json json;
  json["function"] = budget.budget.function;
  json["what"] = budget.budget.what;
  put(json, "cache", budget.cache);
  json["limit_ns"] = budget.budget.limit_ns;
  json["verdict"] = name(budget.verdict);
  json["starts"] = budget.n;
  put(json, "measured_ns", budget.measured_ns);
  put(json, "low_ns", budget.low_ns);
  put(json, "high_ns", budget.high_ns);
  put(json, "reason", budget.reason);
  return json;
}

}  // namespace

std::string gate_json(const GateReport& report) {
  Json json;
  json["schema"] = "coldstart.check/1";
  json["title"] = report.title;
  json["verdict"] = name(report.verdict());
  json["improved"] = report.improved();
  json["baseline"] = report.baseline;
  json["candidate"] = report.candidate;
  json["design"] = report.paired ? "pairs" : "history";
  json["margin"] = report.options.margin;
  json["alpha_fail"] = report.options.alpha_fail;
  json["alpha_pass"] = report.options.alpha_pass;
  json["seed"] = report.options.seed;
  if (!report.looks.empty()) json["looks"] = report.looks;
  json["functions"] = Json::array();
  for (std::size_t i = 0; i < report.functions.size(); ++i) {
    Json function = function_json(report.functions[i]);
    if (i < report.attributions.size()) {
      function["attribution"] = attribution_json(report.attributions[i]);
    }
    json["functions"].push_back(std::move(function));
  }
  json["budgets"] = Json::array();
  for (const BudgetVerdict& budget : report.budgets) json["budgets"].push_back(budget_json(budget));
  json["notes"] = report.notes;
  json["faults"] = report.faults;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace coldstart::results
