// What it costs to keep a start: one transaction in a write-ahead log on the disk, as a run does
// it. The folder is TMPDIR (default /tmp): point it at the disk that you want to know about.
#include <benchmark/benchmark.h>
#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>

#include "results/store/store.h"

namespace coldstart::results {
namespace {

/// A folder with an empty store, removed at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path store() const { return path_ / "coldstart.db"; }

 private:
  std::filesystem::path path_;
};

Start a_start() {
  Start start;
  start.function = std::string("f");
  for (std::size_t i = 0; i < kBoundaryCount; ++i) {
    start.timeline.set(static_cast<Boundary>(i), static_cast<std::int64_t>(i) * 100'000);
  }
  start.timeline.set_not_applicable(Boundary::kLinked, "static program");
  start.pid = 4711;
  start.port = 8080;
  start.http_status = 200;
  return start;
}

void add_start(benchmark::State& state) {
  const Folder folder;
  Store store(folder.store(), Store::Mode::kWrite);
  const std::int64_t run = store.begin_run({}, {{"f", "native", "http", {"/f"}, "", std::nullopt}});
  Start start = a_start();
  for (auto _ : state) {
    ++start.trial;
    store.add_start(run, start);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(add_start)->Unit(benchmark::kMicrosecond);

void load_run(benchmark::State& state) {
  const Folder folder;
  Store store(folder.store(), Store::Mode::kWrite);
  const std::int64_t run = store.begin_run({}, {{"f", "native", "http", {"/f"}, "", std::nullopt}});
  for (int i = 0; i < state.range(0); ++i) store.add_start(run, a_start());
  for (auto _ : state) benchmark::DoNotOptimize(store.load(run));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(load_run)->Arg(1'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::results
