#include "results/report/answer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "results/model/duration.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kByName = 4;

const char* in_words(Phase phase) {
  constexpr std::array<const char*, kPhaseCount> kWords = {"queueing",
                                                           "spawning the process",
                                                           "the sandbox",
                                                           "loading libraries",
                                                           "constructors of libraries",
                                                           "runtime init",
                                                           "application init",
                                                           "connecting",
                                                           "handling the request",
                                                           "sending the reply"};
  return kWords[static_cast<std::size_t>(phase)];
}

// "runtime and application init", "the sandbox".
std::string in_words(std::vector<Phase> phases) {
  std::sort(phases.begin(), phases.end());
  if (phases == std::vector{Phase::kRuntime, Phase::kApp}) return "runtime and application init";
  std::string words;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    words += i == 0 ? "" : i + 1 == phases.size() ? " and " : ", ";
    words += in_words(phases[i]);
  }
  return words;
}

// "61 % of java's is runtime and application init": the longest phase, two if one is less than
// half.
std::string where_it_goes(const Summary& summary, const std::string& whose) {
  std::vector<const PhaseMedian*> longest;
  std::int64_t total = 0;
  for (const PhaseMedian& phase : summary.phases) {
    longest.push_back(&phase);
    total += phase.median_ns;
  }
  if (total <= 0 || longest.size() < 2) return "";
  std::stable_sort(longest.begin(), longest.end(), [](const PhaseMedian* a, const PhaseMedian* b) {
    return a->median_ns > b->median_ns;
  });
  std::vector<Phase> named = longest[0]->phases;
  std::int64_t part = longest[0]->median_ns;
  if (2 * part < total) {
    named.insert(named.end(), longest[1]->phases.begin(), longest[1]->phases.end());
    part += longest[1]->median_ns;
  }
  return fmt::format("; {:.0f} % of {} is {}",
                     100 * static_cast<double>(part) / static_cast<double>(total), whose,
                     in_words(std::move(named)));
}

bool overlap(const Summary& a, const Summary& b) {
  return !a.median_interval || !b.median_interval ||
         (a.median_interval->low <= b.median_interval->high &&
          b.median_interval->low <= a.median_interval->high);
}

std::string versus(const Summary& fastest, const Summary& other) {
  if (overlap(fastest, other)) return "not to be told apart";
  return format_ratio(static_cast<double>(*other.median_ns) /
                      static_cast<double>(std::max<std::int64_t>(*fastest.median_ns, 1)));
}

const char* does(const Summary& summary, const std::string& contract) {
  if (contract == "exec") return "gives its first output";
  return summary.cache == "warm" ? "answers a request" : "answers its first request";
}

// `ranked`: those with a median, the fastest first; not empty.
std::string sentence_of(const std::vector<const Summary*>& ranked, const std::string& contract) {
  const Summary& first = *ranked.front();
  const Summary& last = *ranked.back();
  const std::string fastest = printable(first.function);
  std::string text =
      fmt::format("{} {} in {}", fastest, does(first, contract), format_duration(*first.median_ns));
  if (ranked.size() == 1) return text + where_it_goes(first, "that") + '.';
  const auto add = [&](const Summary& other, const char* before) {
    text += fmt::format("{}{} in {} ({})", before, printable(other.function),
                        format_duration(*other.median_ns), versus(first, other));
  };
  const std::size_t others = ranked.size() - 2;
  if (ranked.size() <= kByName) {
    for (std::size_t i = 1; i < ranked.size(); ++i) {
      add(*ranked[i], i + 1 == ranked.size() && i > 1 ? " and " : ", ");
    }
  } else {
    text = fmt::format("{} is the fastest of {} functions: it {} in {}", fastest, ranked.size(),
                       does(first, contract), format_duration(*first.median_ns));
    add(*ranked[1], ", ");
    add(last, fmt::format(", and the other {} up to ", others).c_str());
  }
  return text + where_it_goes(last, printable(last.function) + "'s") + '.';
}

std::string never_answered(const Summary& summary) {
  return fmt::format(" {} has no start that can be used ({} failed, {} left out{}).",
                     printable(summary.function), summary.failed(), summary.lost + summary.unproven,
                     summary.warmup > 0 ? fmt::format(", {} in the warm-up", summary.warmup) : "");
}

}  // namespace

std::vector<Answer> answers_of(const Run& run, const std::vector<Block>& blocks) {
  std::vector<Answer> answers;
  for (const Block& block : blocks) {
    std::vector<std::pair<std::string, std::vector<const Summary*>>> contracts;
    std::string failures;
    for (const Summary* summary : block.summaries) {
      if (!summary->median_ns) {
        failures += never_answered(*summary);
        continue;
      }
      const std::string contract = contract_of(run, summary->function);
      auto same = std::find_if(contracts.begin(), contracts.end(),
                               [&](const auto& c) { return c.first == contract; });
      if (same == contracts.end()) same = contracts.insert(contracts.end(), {contract, {}});
      same->second.push_back(summary);
    }
    std::string sentence;
    for (auto& [contract, ranked] : contracts) {
      std::stable_sort(ranked.begin(), ranked.end(), [](const Summary* a, const Summary* b) {
        return *a->median_ns < *b->median_ns;
      });
      sentence += (sentence.empty() ? "" : " ") + sentence_of(ranked, contract);
    }
    sentence += failures;
    if (sentence.starts_with(' ')) sentence.erase(0, 1);
    answers.push_back(
        {blocks.size() > 1 || block.summaries.front()->disturbed ? block.title : "", sentence});
  }
  return answers;
}

}  // namespace coldstart::results
