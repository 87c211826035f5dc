#include "results/export/formats.h"

#include <fmt/format.h>

#include "results/export/bmf.h"
#include "results/export/google_benchmark.h"
#include "results/export/hyperfine.h"
#include "results/export/json.h"
#include "results/export/openmetrics.h"
#include "results/export/perfetto.h"
#include "results/model/error.h"

namespace coldstart::results {
namespace {

void refuse_what_is_of_no_use(std::string_view format, const ExportChoices& choices) {
  struct Option {
    bool given;
    const char* name;
    std::string_view format;
    std::string_view or_format = {};
  };
  for (const Option& option : {Option{choices.rows.has_value(), "--rows", "csv"},
                               Option{choices.aggregate, "--aggregate", "google-benchmark"},
                               Option{choices.timestamps, "--timestamps", "openmetrics"},
                               Option{!choices.starts.empty(), "--start", "perfetto", "folded"},
                               Option{choices.folded.on_cpu, "--on-cpu", "folded"},
                               Option{choices.folded.off_cpu, "--off-cpu", "folded"},
                               Option{choices.folded.count, "--samples", "folded"}}) {
    if (option.given && option.format != format && option.or_format != format) {
      throw Error(
          option.name, fmt::format("--format {} has no use for it", format),
          fmt::format("it goes with --format {}{}", option.format,
                      option.or_format.empty() ? "" : fmt::format(" or {}", option.or_format)));
    }
  }
}

}  // namespace

const std::vector<ExportFormat>& export_formats() {
  static const std::vector<ExportFormat> formats = {
      {"json", "everything there is (schema coldstart.run/1); can be read back"},
      {"csv", "tidy tables: --rows starts, phases, invocations, instances"},
      {"google-benchmark", "compare.py; --aggregate: github-action-benchmark"},
      {"perfetto", "a trace of chosen starts for ui.perfetto.dev: --start"},
      {"folded", "sampled stacks for flame graphs: --off-cpu, --start, --samples"},
      {"openmetrics", "for Prometheus; --timestamps to backfill"},
      {"bmf", "Bencher Metric Format: medians with their intervals"},
      {"hyperfine", "for the plot scripts of hyperfine"},
  };
  return formats;
}

std::string export_run(const Run& run, std::string_view format, const ExportChoices& choices) {
  refuse_what_is_of_no_use(format, choices);
  if (format == "json") return export_json(run);
  if (format == "csv") return export_csv(run, choices.rows.value_or(CsvRows::kStarts));
  if (format == "google-benchmark") {
    return export_google_benchmark(run,
                                   choices.aggregate ? Repetitions::kMedian : Repetitions::kEach);
  }
  if (format == "perfetto") return export_perfetto(run, choices.starts);
  if (format == "folded") return export_folded(run, choices.folded, choices.starts);
  if (format == "openmetrics") return export_openmetrics(run, choices.timestamps);
  if (format == "bmf") return export_bmf(run);
  if (format == "hyperfine") return export_hyperfine(run);
  throw Error("--format", fmt::format("there is no format '{}'", format),
              "see `coldstart export --help`");
}

void export_run(const Run& run, std::string_view format, const ExportChoices& choices,
                const TextSink& sink) {
  if (format != "json") return sink(export_run(run, format, choices));
  refuse_what_is_of_no_use(format, choices);
  export_json(run, sink);
}

}  // namespace coldstart::results
