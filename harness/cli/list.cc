// coldstart list: the runs in the store.
#include <cstdio>

#include "harness/cli/command_line.h"
#include "results/report/text.h"
#include "results/store/store.h"

namespace coldstart::cli {

void add_list(CLI::App& app, const Globals& globals, Action& action) {
  CLI::App* command = app.add_subcommand("list", "The runs in the store, the newest first");
  command->callback([&globals, &action] {
    action = [&globals] {
      const results::Store store(globals.db, results::Store::Mode::kRead);
      std::printf("%5s  %-20s  %9s  %6s  %6s  %-11s  %s\n", "id", "started", "functions", "starts",
                  "failed", "state", "label/suite");
      for (const results::RunSummaryRow& row : store.list()) {
        std::printf("%5lld  %-20s  %9zu  %6zu  %6zu  %-11s  %s\n", static_cast<long long>(row.id),
                    row.started_at.c_str(), row.functions, row.starts, row.failed,
                    row.finished_at.empty() ? "interrupted" : "finished",
                    results::printable(row.label.empty() ? row.suite : row.label).c_str());
      }
      return 0;
    };
  });
}

}  // namespace coldstart::cli
