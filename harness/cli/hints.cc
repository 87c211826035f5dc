#include "harness/cli/hints.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/cli/quote.h"
#include "harness/suite/suggest.h"

namespace coldstart::cli {
namespace {

// The options before a subcommand whose value is the next word.
bool takes_next_word(std::string_view word) { return word == "--db" || word == "--color"; }

// Where the subcommand should stand; the end: nowhere.
std::size_t command_at(const std::vector<std::string>& words) {
  std::size_t i = 0;
  while (i < words.size() && words[i].starts_with('-')) i += takes_next_word(words[i]) ? 2 : 1;
  return std::min(i, words.size());
}

std::string unknown_command(const std::string& word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  std::string line = "unknown command '" + word + "'; ";
  if (const auto meant = harness::suggest(word, candidates)) {
    return line + "did you mean '" + std::string(*meant) + "'?";
  }
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
  return line + "known are: " + known + "; see coldstart --help";
}

// `profile ls -la` without "--": the options of ls were taken for ours. The command begins at the
// first word that neither is an option nor follows one as its value.
std::string where_the_command_begins(const CLI::App& profile, const std::vector<std::string>& words,
                                     std::size_t at) {
  std::vector<std::string> before(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
  for (std::size_t i = at; i < words.size(); ++i) {
    if (i > at && !words[i].starts_with('-')) {
      const std::vector<std::string> command(words.begin() + static_cast<std::ptrdiff_t>(i),
                                             words.end());
      return "coldstart " + quote_command(before) + " -- " + quote_command(command);
    }
    before.push_back(words[i]);
    const CLI::Option* option = i > at ? profile.get_option_no_throw(words[i]) : nullptr;
    const bool has_value =
        option != nullptr ? option->get_expected_min() > 0 : takes_next_word(words[i]);
    if (has_value && ++i < words.size()) before.push_back(words[i]);
  }
  return {};
}

}  // namespace

std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc,
                    const char* const* argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::size_t at = command_at(words);
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (at < words.size() && std::find(names.begin(), names.end(), words[at]) == names.end()) {
    return unknown_command(words[at], names);
  }
  const bool is_profile = at < words.size() && words[at] == "profile";
  if (is_profile && dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr &&
      std::find(words.begin(), words.end(), "--") == words.end()) {
    const std::string better = where_the_command_begins(*app.get_subcommand("profile"), words, at);
    if (!better.empty()) {
      return std::string(error.what()) + "; put -- before the command: " + better;
    }
  }
  const std::string command = at < words.size() ? " " + words[at] : std::string();
  return std::string(error.what()) + "; see coldstart" + command + " --help";
}

}  // namespace coldstart::cli
