// Holds the gate against recorded starts of the same programs, with nothing and with something
// injected, and against the rules of other tools on the same data. Prints Markdown.
//   validate_gate replay [--recording FILE] [--replays N] [--first N] [--only PART] [--margin M]
//     FILE: default are both of bench/gate/data, starts-before.csv.gz, on which the default number
//     of pairs was chosen, and starts.csv.gz, on which nothing was. N: of the same programs,
//     default 3,000; of the rest a third of it, with the default number of pairs a tenth; they
//     begin with the one numbered --first. PART: recording, 600, 4000 or another number of pairs,
//     the name of a function, rules; or one row of it, 4000/1.05. Each replay has a seed of its
//     own: in parts they give what they give at once. M: of the gate, 0.02.
//   validate_gate convert DATABASE FILE RUN…  from pairs that `coldstart check` has stored
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/gate/recording.h"
#include "bench/gate/replay.h"
#include "bench/gate/rivals.h"
#include "results/compare/gate.h"
#include "results/compare/gate_pairs.h"
#include "results/model/error.h"
#include "results/store/store.h"

namespace coldstart::gate {
namespace {

constexpr std::size_t kFixedPairs = 120;
constexpr std::size_t kDefaultPairs = 4000;  // of `coldstart check`

const std::vector<Injection>& injections() {
  static const std::vector<Injection> all = {
      {"none", 1, 0, 1},     {"×1.01", 1.01, 0, 1},
      {"×1.02", 1.02, 0, 1}, {"×1.03", 1.03, 0, 1},
      {"×1.05", 1.05, 0, 1}, {"×1.10", 1.10, 0, 1},
      {"×1.20", 1.20, 0, 1}, {"tail: 5 % of starts ×1.5", 1, 0.05, 1.5}};
  return all;
}

void print_recordings(const std::vector<Recording>& recordings) {
  std::puts(
      "| function | starts | robust CV | lag-1 rank correlation | of the two of a pair |\n"
      "| :--- | ---: | ---: | ---: | ---: |");
  for (const Recording& recording : recordings) {
    std::printf("| %s | %zu | %.1f %% | %.2f | %.2f |\n", recording.function.c_str(),
                2 * recording.pairs(), 100 * recording.robust_cv(),
                recording.lag1_rank_correlation(), recording.pair_rank_correlation());
  }
}

// What is asked for by --only: everything, a part, or a row of it.
class Selection {
 public:
  explicit Selection(const std::string& only)
      : part_(only.substr(0, only.find('/'))),
        row_(only.find('/') == std::string::npos ? std::string()
                                                 : only.substr(only.find('/') + 1)) {}

  bool has(const std::string& part) const { return part_.empty() || part_ == part; }
  bool has_row(const std::string& part, const std::string& row) const {
    return has(part) && row.find(row_) != std::string::npos;
  }
  bool has_header(const std::string& part) const { return has(part) && row_.empty(); }
  /// These numbers of pairs, or the one that is asked for.
  std::vector<std::size_t> numbers(std::vector<std::size_t> usual) const {
    if (part_.empty() || part_.find_first_not_of("0123456789") != std::string::npos) return usual;
    return {static_cast<std::size_t>(std::stoul(part_))};
  }

 private:
  std::string part_;
  std::string row_;
};

// `all` is for the same programs; the rest gets a part of it.
Replays replays_of(const Injection& injection, const Replays& all, int divisor,
                   std::uint64_t seed) {
  return {seed, all.first, injection.name == "none" ? all.count : std::max(all.count / divisor, 1),
          all.margin};
}

void print_pipelines(const std::vector<Recording>& recordings, std::size_t pairs,
                     const Replays& replays, const Selection& selection) {
  const std::string part = std::to_string(pairs);
  if (selection.has_header(part)) {
    std::printf("\nWhole pipelines, all %zu functions, up to %zu pairs each, %zu looks:\n\n",
                recordings.size(), pairs, results::planned_looks(pairs).size());
    std::puts(
        "| injected | FAIL | PASS | INCONCLUSIVE | pairs a function |\n"
        "| :--- | ---: | ---: | ---: | ---: |");
  }
  for (const Injection& injection : injections()) {
    if (!selection.has_row(part, injection.name)) continue;
    const Counts counts = replay_pipeline(recordings, injection, pairs,
                                          replays_of(injection, replays, pairs > 1000 ? 10 : 3, 1));
    std::printf("| %s | %d of %d (%.2f %%) | %.2f %% | %.2f %% | %.0f |\n", injection.name.c_str(),
                counts.fail, counts.replays, 100 * counts.share(counts.fail),
                100 * counts.share(counts.pass), 100 * counts.share(counts.inconclusive),
                counts.pairs / counts.replays);
    std::fflush(stdout);
  }
}

void print_function(const Recording& recording, const Replays& replays,
                    const Selection& selection) {
  if (selection.has_header(recording.function)) {
    std::printf(
        "\n`%s`: FAIL / PASS of the gate with %zu pairs and one look; of the others, how often "
        "they call it slower with the same %zu pairs, and, as they are used, with %zu starts of "
        "one and then %zu of the other:\n\n",
        recording.function.c_str(), kFixedPairs, kFixedPairs, kFixedPairs, kFixedPairs);
    std::string header = "| injected | replays | the gate |";
    std::string line = "| :--- | ---: | ---: |";
    for (const Rival& rival : rivals()) {
      header += " " + rival.name + " |";
      line += " ---: |";
    }
    std::printf("%s\n%s\n", header.c_str(), line.c_str());
  }
  for (const Injection& injection : injections()) {
    if (!selection.has_row(recording.function, injection.name)) continue;
    const Counts fixed =
        replay_gate(recording, injection, kFixedPairs, false, replays_of(injection, replays, 3, 2));
    std::printf("| %s | %d | %.1f / %.1f %% |", injection.name.c_str(), fixed.replays,
                100 * fixed.share(fixed.fail), 100 * fixed.share(fixed.pass));
    for (std::size_t rival = 0; rival < rivals().size(); ++rival) {
      std::printf(" %.1f, %.1f %% |",
                  100 * replay_rival(recording, injection, rival, kFixedPairs, true,
                                     replays_of(injection, replays, 3, 4)),
                  100 * replay_rival(recording, injection, rival, kFixedPairs, false,
                                     replays_of(injection, replays, 3, 5)));
    }
    std::puts("");
    std::fflush(stdout);
  }
}

void replay(const std::string& file, const Replays& replays, const Selection& selection) {
  const std::vector<Recording> recordings = read_recordings(file);
  if (selection.has("recording")) print_recordings(recordings);
  // Fewer than the default, which take a part of the time; and the default.
  for (const std::size_t pairs : selection.numbers({600, kDefaultPairs})) {
    print_pipelines(recordings, pairs, replays, selection);
  }
  for (const Recording& recording : recordings) print_function(recording, replays, selection);
  if (!selection.has("rules")) return;
  std::puts("\nThe rules of the others, as their documentation has them:\n");
  for (const Rival& rival : rivals()) {
    std::printf("- %s: %s (%s)\n", rival.name.c_str(), rival.rule.c_str(), rival.source.c_str());
  }
}

// Pairs of runs that `coldstart check` has stored, one run after the other.
void convert(const std::string& database, const std::vector<std::string>& runs,
             const std::string& output) {
  const results::Store store(database, results::Store::Mode::kRead);
  std::vector<Recording> recordings;
  for (const std::string& selector : runs) {
    const Run run = store.load(store.resolve(selector));
    for (const results::PairSeries& series : results::pairs_of(run).series) {
      auto found = std::ranges::find(recordings, series.function, &Recording::function);
      if (found == recordings.end()) {
        recordings.push_back({series.function, {}, {}});
        found = recordings.end() - 1;
      }
      found->first_ns.insert(found->first_ns.end(), series.baseline_ns.begin(),
                             series.baseline_ns.end());
      found->second_ns.insert(found->second_ns.end(), series.candidate_ns.begin(),
                              series.candidate_ns.end());
    }
  }
  write_recordings(output, recordings);
  print_recordings(recordings);
}

int usage() {
  std::fputs(
      "usage: validate_gate replay [--recording FILE] [--replays N] [--first N] [--only "
      "PART[/ROW]] [--margin M]\n"
      "       validate_gate convert DATABASE FILE RUN…\n",
      stderr);
  return 2;
}

int run(const std::vector<std::string>& words) {
  if (words.size() >= 4 && words[0] == "convert") {
    convert(words[1], {words.begin() + 3, words.end()}, words[2]);
    return 0;
  }
  if (words.empty() || words[0] != "replay" || words.size() % 2 == 0) return usage();
  const std::string data = COLDSTART_SOURCE_DIR "/bench/gate/data/";
  std::vector<std::string> files = {data + "starts-before.csv.gz", data + "starts.csv.gz"};
  std::string only;
  Replays replays{.count = 3000};
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    if (words[i] == "--recording") {
      files = {words[i + 1]};
    } else if (words[i] == "--replays") {
      replays.count = std::atoi(words[i + 1].c_str());
    } else if (words[i] == "--first") {
      replays.first = std::atoi(words[i + 1].c_str());
    } else if (words[i] == "--margin") {
      replays.margin = std::atof(words[i + 1].c_str());
    } else if (words[i] == "--only") {
      only = words[i + 1];
    } else {
      return usage();
    }
  }
  if (replays.count < 1 || replays.first < 0 || !(replays.margin >= 0)) return usage();
  for (const std::string& file : files) {
    if (files.size() > 1) std::printf("\n### %s\n\n", file.substr(file.rfind('/') + 1).c_str());
    replay(file, replays, Selection(only));
  }
  return 0;
}

}  // namespace
}  // namespace coldstart::gate

int main(int argc, char** argv) {
  try {
    return coldstart::gate::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
