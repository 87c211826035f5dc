// What to do about a command line that cannot be understood.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace coldstart::cli {

/// One line for an error of the parser: what is wrong with the line, and what to type instead.
std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc,
                    const char* const* argv);

}  // namespace coldstart::cli
