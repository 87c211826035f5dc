// What a long command says on standard error while it works: one live line on a terminal, now and
// then a plain line elsewhere, nothing with --quiet.
#pragma once

#include <cstdint>
#include <string>

namespace coldstart::cli {

class Progress {
 public:
  /// `steps`: what is counted where there is no terminal, "starts" or "pairs".
  explicit Progress(bool quiet, const char* steps = "starts");
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Where the work is: `done` of `total` trials, now at `what` ("java, disk", "rehearsing java").
  void show(const std::string& what, int done, int total);
  /// What is going on where there is no number of steps: replaces the live line; where there is no
  /// terminal, at most one line every ten seconds.
  void live(const std::string& line);
  /// A line that stays, also with --quiet: something is wrong.
  void warn(const std::string& line);
  /// A line that stays.
  void say(const std::string& line);
  void clear();

 private:
  bool quiet_;
  const char* steps_;
  bool terminal_;
  bool unicode_;  // the locale is UTF-8
  bool drawn_ = false;
  int last_tenth_ = -1;
  std::int64_t begun_ns_ = 0;
  std::int64_t live_ns_ = 0;  // the last live() without a terminal
  std::string last_result_;

 public:
  /// The latest result, shown on the live line.
  void note(std::string result) { last_result_ = std::move(result); }
};

}  // namespace coldstart::cli
