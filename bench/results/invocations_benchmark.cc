// What it costs to keep the requests of a load, and to read and summarise them: 10,000 to a
// million. To see the memory that the million takes:
//
//   /usr/bin/time -v invocations_benchmark --benchmark_filter=read_and_summarize/1000000
#include <benchmark/benchmark.h>
#include <cmath>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>

#include "results/statistics/load_summary.h"
#include "results/store/store.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr std::uint32_t kFunctions = 4;

/// A folder for a store, removed at the end.
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

/// Requests as a load makes them: 1,000 a second, one of 50 cold, one of 1,000 dropped.
class Requests {
 public:
  const std::vector<Invocation>& next(std::size_t count) {
    batch_.clear();
    for (std::size_t i = 0; i < count; ++i) batch_.push_back(request());
    return batch_;
  }

 private:
  Invocation request() {
    Invocation r;
    r.function = static_cast<std::uint32_t>(number_ % kFunctions);
    r.due_ns = static_cast<std::int64_t>(number_) * 1'000'000;
    r.instance = 1 + number_ % 64;
    r.cold = number_ % 50 == 0;
    if (++number_ % 1'000 == 0) {
      r.outcome = Outcome::kDropped;
      r.instance = 0;
      r.message = "the queue was full";
      return r;
    }
    const double median = r.cold ? 150e6 : 400e3;
    r.sent_ns = 30'000;
    r.first_byte_ns =
        *r.sent_ns + static_cast<std::int64_t>(median * std::exp(0.3 * normal_(random_)));
    r.done_ns = *r.first_byte_ns + 10'000;
    return r;
  }

  std::size_t number_ = 0;
  std::mt19937_64 random_{42};
  std::normal_distribution<double> normal_;
  std::vector<Invocation> batch_;
};

std::int64_t begin_run(Store& store) {
  std::vector<Function> functions(kFunctions);
  for (std::uint32_t i = 0; i < kFunctions; ++i) functions[i].name = "f" + std::to_string(i);
  const std::int64_t run = store.begin_run({}, functions);
  store.add_load(run, {"steady", "constant", R"({"rate":1000})", 1, 0, std::nullopt});
  return run;
}

void add_invocations(benchmark::State& state) {
  const Folder folder;
  Store store(folder.store(), Store::Mode::kWrite);
  const std::int64_t run = begin_run(store);
  Requests requests;
  for (auto _ : state) store.add_invocations(run, requests.next(kBatch));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(add_invocations)->Unit(benchmark::kMillisecond);

void read_and_summarize(benchmark::State& state) {
  const Folder folder;
  std::int64_t run = 0;
  {
    Store store(folder.store(), Store::Mode::kWrite);
    run = begin_run(store);
    Requests requests;
    for (std::int64_t i = 0; i < state.range(0); i += static_cast<std::int64_t>(kBatch)) {
      store.add_invocations(run, requests.next(kBatch));
    }
  }
  for (auto _ : state) {
    const Store store(folder.store(), Store::Mode::kRead);
    benchmark::DoNotOptimize(summarize_loads(store.load(run)));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(read_and_summarize)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldstart::results
