#include "tests/truth/trials.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probes/fd.h"
#include "tests/truth/holds.h"

namespace coldstart::truth {
namespace {

namespace fs = std::filesystem;

fs::path new_folder(const fs::path& parent) {
  std::string pattern = (parent / "coldstart-truth-XXXXXX").string();
  return ::mkdtemp(pattern.data()) == nullptr ? fs::path() : fs::path(pattern);
}

std::vector<Logged> read_log(const fs::path& path) {
  std::vector<Logged> lines;
  std::ifstream file(path);
  for (Logged line; file >> line.name >> line.begin_ns >> line.end_ns >> line.pid;) {
    lines.push_back(line);
  }
  return lines;
}

// Bytes of the file in the page cache.
std::int64_t resident_bytes(int fd, std::int64_t size) {
  void* map = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) return size;
  const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  std::vector<unsigned char> pages(static_cast<std::size_t>((size + page - 1) / page));
  const bool known = ::mincore(map, static_cast<std::size_t>(size), pages.data()) == 0;
  ::munmap(map, static_cast<std::size_t>(size));
  if (!known) return size;
  return page * std::count_if(pages.begin(), pages.end(), [](unsigned char p) { return p & 1; });
}

Trial run_one(harness::Rig& rig, const Case& which, const harness::FunctionSpec& as_rehearsed,
              Workplace& place, bool delayed) {
  harness::FunctionSpec function = as_rehearsed;
  const fs::path log = place.new_log();
  function.env["TRUTH_LOG"] = log;
  function.env["TRUTH_AT"] = std::string(name(which.phase));
  function.env["TRUTH_KIND"] = which.kind == DelayKind::kSpin   ? "spin"
                               : which.kind == DelayKind::kRead ? "read"
                                                                : "sleep";
  function.env["TRUTH_DELAY_MS"] = std::to_string(delayed ? which.delay_ms : 0);
  if (which.kind == DelayKind::kRead) function.env["TRUTH_FILE"] = place.cold_file();
  Trial trial;
  {
    const auto hold = delayed ? hold_of(which.kind, rig, function, which.delay_ms) : nullptr;
    trial.start = rig.once(function);
    if (hold) trial.log = hold->log();
  }
  const auto logged = read_log(log);
  trial.log.insert(trial.log.end(), logged.begin(), logged.end());
  return trial;
}

}  // namespace

std::vector<Logged> Trial::named(const std::string& name) const {
  std::vector<Logged> found;
  std::copy_if(log.begin(), log.end(), std::back_inserter(found),
               [&](const Logged& line) { return line.name == name; });
  return found;
}

int starts_per_case() {
  const char* text = std::getenv("COLDSTART_TRUTH_STARTS");
  return text == nullptr ? 5 : std::max(1, std::atoi(text));
}

Workplace::Workplace()
    : logs_(new_folder(::access("/dev/shm", W_OK) == 0 ? fs::path("/dev/shm")
                                                       : fs::temp_directory_path())),
      // Beside the programs: the temporary folder is often in memory.
      data_(new_folder(COLDSTART_BINARY_DIR "/tests/truth")) {
  EXPECT_FALSE(logs_.empty() || data_.empty()) << "no place for files";
}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(logs_, ignored);
  fs::remove_all(data_, ignored);
}

fs::path Workplace::new_log() { return logs_ / std::to_string(++count_); }

fs::path Workplace::copy(const fs::path& program) {
  fs::path path = data_ / program.filename();
  fs::copy_file(program, path);
  return path;
}

fs::path Workplace::cold_file() {
  fs::path path = data_ / "cold";
  if (!fs::exists(path)) {
    std::ofstream file(path, std::ios::binary);
    const std::string block(1024 * 1024, 'x');
    for (std::int64_t i = 0; i < kColdFileBytes / 1024 / 1024; ++i) file << block;
  }
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ::fsync(file.get());
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  EXPECT_EQ(resident_bytes(file.get(), kColdFileBytes), 0) << path << " could not be evicted";
  return path;
}

harness::FunctionSpec rehearse(harness::Rig& rig, const Case& which, Workplace& place) {
  harness::FunctionSpec function = which.function;
  if (which.kind == DelayKind::kHeldExec) {
    function.command.front() = place.copy(function.command.front());
  }
  harness::FunctionSpec rehearsed = function;
  rehearsed.env["TRUTH_LOG"] = place.new_log();
  const Start rehearsal = rig.once(rehearsed, {.rehearsal = true});
  EXPECT_EQ(rehearsal.outcome, Outcome::kOk) << rehearsal.message;
  return function;
}

void run_trials(harness::Rig& rig, const Case& which, const harness::FunctionSpec& function,
                Workplace& place, int starts, Trials& trials) {
  for (int i = 0; i < starts; ++i) {
    trials.delayed.push_back(run_one(rig, which, function, place, true));
    trials.control.push_back(run_one(rig, which, function, place, false));
  }
}

const PhaseSpan* find_phase(const std::vector<PhaseSpan>& spans, Phase phase) {
  for (const PhaseSpan& span : spans) {
    if (span.phases.size() == 1 && span.phases.front() == phase) return &span;
  }
  return nullptr;
}

std::int64_t length_of(const Trial& trial, Phase phase) {
  const auto spans = phases_of(trial.start.timeline);
  const PhaseSpan* span = find_phase(spans, phase);
  return span == nullptr ? 0 : span->length_ns();
}

std::int64_t median(std::vector<std::int64_t> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace coldstart::truth
