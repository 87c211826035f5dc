// Holds the gate against recorded starts of the same programs, with nothing and with something
// injected, and against the rules of other tools on the same data. Prints Markdown.
//   validate_gate replay [RECORDING] [REPLAYS]     default: bench/gate/data/starts.csv.gz, 3000
//   validate_gate convert DATABASE RECORDING RUN…  from pairs that `coldstart check` has stored
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

void print_pipelines(const std::vector<Recording>& recordings, std::size_t pairs, int replays) {
  std::printf(
      "\nWhole pipelines, all %zu functions, up to %zu pairs each, four looks (%d replays "
      "each of `none`, %d of the others):\n\n",
      recordings.size(), pairs, replays, replays / 10);
  std::puts(
      "| injected | FAIL | PASS | INCONCLUSIVE | pairs a function |\n"
      "| :--- | ---: | ---: | ---: | ---: |");
  for (const Injection& injection : injections()) {
    const int count = injection.name == "none" ? replays : replays / 10;
    const Counts counts = replay_pipeline(recordings, injection, pairs, count, 1);
    std::printf("| %s | %d of %d (%.2f %%) | %.2f %% | %.2f %% | %.0f |\n", injection.name.c_str(),
                counts.fail, counts.replays, 100 * counts.share(counts.fail),
                100 * counts.share(counts.pass), 100 * counts.share(counts.inconclusive),
                counts.pairs / counts.replays);
    std::fflush(stdout);
  }
}

void print_function(const Recording& recording, int replays) {
  std::printf(
      "\n`%s`: FAIL / PASS of the gate with %zu pairs and one look (%d replays); of the others, "
      "how "
      "often they call it slower with the same %zu pairs, and, as they are used, with %zu starts "
      "of "
      "one and then %zu of the other (%d replays):\n\n",
      recording.function.c_str(), kFixedPairs, replays, kFixedPairs, kFixedPairs, kFixedPairs,
      replays / 5);
  std::string header = "| injected | the gate |";
  std::string line = "| :--- | ---: |";
  for (const Rival& rival : rivals()) {
    header += " " + rival.name + " |";
    line += " ---: |";
  }
  std::printf("%s\n%s\n", header.c_str(), line.c_str());
  for (const Injection& injection : injections()) {
    const Counts fixed = replay_gate(recording, injection, kFixedPairs, false, replays, 2);
    std::printf("| %s | %.1f / %.1f %% |", injection.name.c_str(), 100 * fixed.share(fixed.fail),
                100 * fixed.share(fixed.pass));
    for (std::size_t rival = 0; rival < rivals().size(); ++rival) {
      const int count = std::max(replays / 5, 1);
      std::printf(" %.0f, %.0f %% |",
                  100 * replay_rival(recording, injection, rival, kFixedPairs, true, count, 4),
                  100 * replay_rival(recording, injection, rival, kFixedPairs, false, count, 5));
    }
    std::puts("");
    std::fflush(stdout);
  }
}

void replay(const std::string& file, int replays) {
  const std::vector<Recording> recordings = read_recordings(file);
  print_recordings(recordings);
  // The default, as far as the recording reaches; and fewer, which take a tenth of the time.
  print_pipelines(recordings, 600, replays);
  print_pipelines(recordings, 2000, replays / 10);
  for (const Recording& recording : recordings) print_function(recording, replays / 3);
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

int run(const std::vector<std::string>& words) {
  if (words.size() >= 4 && words[0] == "convert") {
    convert(words[1], {words.begin() + 3, words.end()}, words[2]);
    return 0;
  }
  if (!words.empty() && words[0] == "replay" && words.size() <= 3) {
    const int replays = words.size() > 2 ? std::atoi(words[2].c_str()) : 3000;
    if (replays >= 30) {
      replay(words.size() > 1 ? words[1]
                              : std::string(COLDSTART_SOURCE_DIR "/bench/gate/data/starts.csv.gz"),
             replays);
      return 0;
    }
  }
  std::fputs(
      "usage: validate_gate replay [RECORDING [REPLAYS >= 30]]\n"
      "       validate_gate convert DATABASE RECORDING RUN…\n",
      stderr);
  return 2;
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
