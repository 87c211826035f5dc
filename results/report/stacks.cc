#include "results/report/stacks.h"

#include <fmt/format.h>

#include "results/model/duration.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

std::string stacks(std::int64_t count) {
  return format_count(count) + (count == 1 ? " stack" : " stacks");
}

std::string with_callers(const HotFrame& frame) {
  constexpr int kLongest = 60;
  std::string text = fit(printable(frame.frame), kLongest);
  for (const std::string& caller : frame.callers) text += " < " + fit(printable(caller), kLongest);
  return text;
}

DetailTable table_of(const std::string& title, const std::vector<HotPhase>& phases,
                     std::size_t starts, bool on_cpu) {
  constexpr std::int64_t kLeast = 100;  // parts of its phase
  const auto per_start = [starts](std::int64_t ns) {
    return format_duration(ns / static_cast<std::int64_t>(starts));
  };
  DetailTable table;
  table.title = title;
  Column phase{"phase", {}, true};
  Column function{"function < callers", {}, true, TooWide::kWrap, "by whom it was mostly called"};
  Column self{on_cpu ? "itself" : "waited",
              {},
              false,
              TooWide::kKeep,
              on_cpu ? "it was the innermost one, a start" : "in a call that it made, a start"};
  Column total{"with callees", {}, false, TooWide::kKeep, "it was anywhere in the stack, a start"};
  Column share{"of phase",
               {},
               false,
               TooWide::kKeep,
               on_cpu ? "of the samples of the phase" : "of the waits of all threads in the phase"};
  for (const HotPhase& hot : phases) {
    for (const HotFrame& frame : hot.frames) {
      if (frame.self_ns * kLeast < hot.total_ns) continue;
      phase.cells.push_back(printable(hot.phase));
      function.cells.push_back(with_callers(frame));
      self.cells.push_back(per_start(frame.self_ns));
      total.cells.push_back(per_start(frame.total_ns));
      share.cells.push_back(format_share(frame.self_ns, hot.total_ns));
    }
  }
  if (!function.cells.empty()) table.columns = {phase, function, self, total, share};
  return table;
}

}  // namespace

std::vector<std::string> stack_sentences(const HotFrames& hot) {
  std::vector<std::string> sentences;
  if (hot.starts == 0) return sentences;
  sentences.push_back(fmt::format(
      "Stacks: {} of {} {}, {} times a second on each CPU and whenever a thread had to wait. "
      "Taking them slows the start: do not compare these times with those of other runs",
      stacks(hot.taken), format_count(static_cast<std::int64_t>(hot.starts)),
      hot.starts == 1 ? "start" : "starts", format_count(hot.rate_hz)));
  if (hot.lost > 0) {
    sentences.push_back(fmt::format(
        "{} did not fit into the buffer and are missing; a lower --stacks=N takes fewer",
        stacks(hot.lost)));
  }
  if (hot.cut > 0) {
    sentences.push_back(
        fmt::format("{} ({}) are deeper than what is copied of a stack: their callers are unknown",
                    stacks(hot.cut), format_share(hot.cut, hot.taken)));
  }
  if (hot.broken > 0) {
    sentences.push_back(fmt::format(
        "{} ({}) could not be walked to their beginning, for want of an unwind table or a frame "
        "pointer: their callers are unknown",
        stacks(hot.broken), format_share(hot.broken, hot.taken)));
  }
  if (hot.unnamed > 0) {
    sentences.push_back(fmt::format(
        "{} of {} frames have no function's name, only that of a file, which is stripped; "
        "debug files in /usr/lib/debug would give some",
        format_count(hot.unnamed), format_count(hot.frames)));
  }
  for (const std::string& note : hot.notes) sentences.push_back(printable(note));
  return sentences;
}

std::vector<DetailTable> stack_tables(const HotFrames& hot) {
  std::vector<DetailTable> tables;
  if (hot.starts == 0) return tables;
  for (const bool on_cpu : {true, false}) {
    DetailTable table =
        table_of(on_cpu ? "Where threads ran (on CPU, sampled; means over the starts):"
                        : "Where threads waited (off CPU; all threads, also idle ones; means over "
                          "the starts):",
                 on_cpu ? hot.on_cpu : hot.off_cpu, hot.starts, on_cpu);
    if (!table.columns.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

std::string stacks_text(const HotFrames& hot, const TextStyle& style) {
  std::string text;
  for (const std::string& sentence : stack_sentences(hot)) {
    for (const std::string& line : wrap(sentence, style.width, 2)) text += line + '\n';
  }
  for (const DetailTable& table : stack_tables(hot)) text += '\n' + render(table, style);
  return style.unicode ? text : to_ascii(text);
}

}  // namespace coldstart::results
