// coldstart: parse, choose, act; the one place that prints errors.
#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "harness/cli/check.h"
#include "harness/cli/command_line.h"
#include "harness/cli/hints.h"
#include "harness/cli/output.h"
#include "harness/cli/quote.h"
#include "harness/process/launcher.h"
#include "results/model/error.h"

#ifndef COLDSTART_VERSION
#define COLDSTART_VERSION "unknown"
#endif

namespace {

constexpr int kUsageOrEnvironment = 2;
constexpr int kReaderHasGone = 128 + SIGPIPE;  // as if the signal had ended us

int run(int argc, char** argv) {
  coldstart::cli::Globals globals;
  globals.command_line = coldstart::cli::quote_command(argc, argv);
  coldstart::cli::Action action;
  // First of all, while the process is small: the launcher is forked from it.
  coldstart::harness::Launcher launcher;

  CLI::App app{
      "coldstart measures how long a function takes to start and answer, and where the time goes."};
  app.name("coldstart");
  app.set_version_flag("--version", "coldstart " COLDSTART_VERSION);
  app.add_option("--db", globals.db, "The store: one SQLite file")->capture_default_str();
  app.add_flag("--quiet,-q", globals.quiet, "No progress on standard error");
  app.add_option("--color", globals.color, "Colour in what is printed")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.fallthrough();
  app.require_subcommand(1);
  coldstart::cli::add_run(app, globals, launcher, action);
  coldstart::cli::add_profile(app, globals, launcher, action);
  coldstart::cli::add_check(app, globals, launcher, action);
  coldstart::cli::add_report(app, globals, action);
  coldstart::cli::add_compare(app, globals, action);
  coldstart::cli::add_export(app, globals, action);
  coldstart::cli::add_history(app, globals, action);
  coldstart::cli::add_list(app, globals, action);
  coldstart::cli::add_doctor(app, globals, launcher, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "coldstart: %s\n",
                 coldstart::cli::explain(app, error, argc, argv).c_str());
    return kUsageOrEnvironment;
  }
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  try {
    const int code = run(argc, argv);
    return coldstart::cli::finish_standard_output() ? code : kReaderHasGone;
  } catch (const coldstart::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coldstart: internal error: %s; please report it\n", error.what());
  }
  return kUsageOrEnvironment;
}
