#include <cmath>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/compare/comparison_report.h"
#include "results/export/json_put.h"

namespace coldstart::results {
namespace {

using Json = nlohmann::ordered_json;

Json side_json(const ComparedSide& side) {
  Json json = {{"run", side.run},   {"function", side.function},
               {"load", side.load}, {"cache", side.cache},
               {"n", side.n},       {"median_ns", side.median_ns}};
  if (side.disturbed) json["disturbed"] = true;
  return json;
}

// A shift in whole nanoseconds, a ratio as it is.
template <typename Convert>
Json shift_json(const Shift& shift, const char* estimate, const char* interval, Convert convert) {
  Json json = {{estimate, convert(shift.estimate)}};
  if (shift.interval) {
    json[interval] = {convert(shift.interval->low), convert(shift.interval->high)};
  }
  return json;
}

Json shift_ns(const Shift& shift) {
  return shift_json(shift, "shift_ns", "shift_ci95_ns", [](double ns) { return std::llround(ns); });
}

std::string_view word(Change change) {
  switch (change) {
    case Change::kAppeared:
      return "appeared";
    case Change::kVanished:
      return "vanished";
    case Change::kSlower:
      return "slower";
    case Change::kFaster:
      return "faster";
    case Change::kMore:
      return "more";
    case Change::kFewer:
      return "fewer";
  }
  return "";
}

Json series_json(const SeriesComparison& c) {
  Json json = {{"a", side_json(c.a)}, {"b", side_json(c.b)}, {"differs", c.differs()}};
  json.update(shift_ns(c.shift));
  json.update(shift_json(c.ratio, "ratio", "ratio_ci95", [](double ratio) { return ratio; }));
  json["sentence"] = c.sentence;
  Json phases = Json::array();
  for (const PhaseDifference& phase : c.phases) {
    Json& of = phases.emplace_back(Json{{"phase", phase.name}});
    put(of, "a_ns", phase.a_ns);
    put(of, "b_ns", phase.b_ns);
    if (phase.shift) of.update(shift_ns(*phase.shift));
    if (phase.negligible) of["negligible"] = true;
  }
  json["phases"] = std::move(phases);
  Json causes = Json::array();
  for (const CauseDifference& cause : c.causes) {
    causes.push_back({{"phase", cause.phase},
                      {"cause", cause.cause},
                      {"a_ns", cause.a_ns},
                      {"b_ns", cause.b_ns},
                      {"certain", cause.certain}});
    if (cause.negligible) causes.back()["negligible"] = true;
  }
  put_object(json, "causes", std::move(causes));
  Json things = Json::array();
  for (const ThingDifference& thing : c.things) {
    Json& of = things.emplace_back(Json{{"change", word(thing.change)}, {"kind", thing.kind}});
    put(of, "name", thing.name);
    put(of, "a_ns", thing.a_ns);
    put(of, "b_ns", thing.b_ns);
    put(of, "a_count", thing.a_count);
    put(of, "b_count", thing.b_count);
    if (thing.negligible) of["negligible"] = true;
  }
  put_object(json, "things", std::move(things));
  return json;
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
  Json json = {{"schema", "coldstart.compare/1"}, {"series", Json::array()}};
  for (const SeriesComparison& c : comparison.series) json["series"].push_back(series_json(c));
  if (!comparison.notes.empty()) json["notes"] = comparison.notes;
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace coldstart::results
