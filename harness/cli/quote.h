// Command lines as text that a shell reads back.
#pragma once

#include <string>
#include <vector>

namespace coldstart::cli {

/// Quotes words that a shell would not read as one word.
std::string quote(const std::string& word);
std::string quote_command(const std::vector<std::string>& words);
std::string quote_command(int argc, char** argv);

}  // namespace coldstart::cli
