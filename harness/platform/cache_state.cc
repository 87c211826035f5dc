#include "harness/platform/cache_state.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <numeric>
#include <unistd.h>
#include <utility>
#include <vector>

#include "results/model/error.h"

namespace coldstart::harness {
namespace {

constexpr const char* kDropCaches = "/proc/sys/vm/drop_caches";
// A page may be in use for a moment, or another process reads the file just then.
constexpr int kAttempts = 3;
constexpr std::size_t kNamed = 3;

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string kibibytes(std::int64_t bytes) { return std::to_string((bytes + 1023) / 1024) + " KiB"; }

std::string count_files(std::size_t n) { return std::to_string(n) + (n == 1 ? " file" : " files"); }

using Indices = std::vector<std::size_t>;

// "libc.so.6 (1784 KiB), ld-linux-x86-64.so.2 (196 KiB) and 2 more".
std::string list(const std::vector<FileState>& states, const Indices& which) {
  std::string text;
  for (std::size_t i = 0; i < which.size() && i < kNamed; ++i) {
    const FileState& state = states[which[i]];
    if (i > 0) text += ", ";
    text += base_name(state.path);
    if (state.cached_bytes) text += " (" + kibibytes(*state.cached_bytes) + ")";
  }
  if (which.size() > kNamed) text += " and " + std::to_string(which.size() - kNamed) + " more";
  return text;
}

std::string untold(const std::vector<FileState>& states, const Indices& which) {
  return "the kernel does not tell what of " + count_files(which.size()) +
         " is cached, because they belong to another user: " + list(states, which);
}

// The files of the set, sorted by what is known of them.
struct Survey {
  std::vector<FileState> states;
  Indices untold;   // residency not known
  Indices cached;   // something of it is cached
  Indices lacking;  // seen, and not wholly cached
};

Survey survey(const FileSet& files) {
  Survey result;
  result.states = files.states();
  for (std::size_t i = 0; i < result.states.size(); ++i) {
    const FileState& state = result.states[i];
    if (!state.cached_bytes) {
      if (!state.in_memory) result.untold.push_back(i);
      continue;
    }
    if (*state.cached_bytes > 0) result.cached.push_back(i);
    if (state.seen && *state.cached_bytes < state.bytes && !state.in_memory) {
      result.lacking.push_back(i);
    }
  }
  return result;
}

void count(CacheProof& proof, const FileState& state) {
  proof.files += 1;
  proof.bytes += state.bytes;
  proof.cached_bytes += state.cached_bytes.value_or(0);
}

CacheProof prove_disk(FileSet& files, bool drop) {
  Survey now;
  Indices pinned, stuck;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    files.evict();
    if (drop) drop_caches();
    now = survey(files);
    pinned.clear();
    stuck.clear();
    if (now.cached.empty()) break;
    const std::vector<bool> mapped = files.mapped_by_someone(now.cached);
    for (std::size_t i = 0; i < now.cached.size(); ++i) {
      const bool stays = mapped[i] || now.states[now.cached[i]].in_memory;
      (stays ? pinned : stuck).push_back(now.cached[i]);
    }
    if (stuck.empty()) break;
  }

  CacheProof proof;
  for (const FileState& state : now.states) count(proof, state);
  proof.pinned_files = static_cast<std::int64_t>(pinned.size());
  for (const std::size_t i : pinned) proof.pinned_bytes += *now.states[i].cached_bytes;
  if (!files.incomplete().empty()) {
    proof.reason = files.incomplete();
  } else if (!now.untold.empty()) {
    proof.reason = untold(now.states, now.untold) + "; run as root";
  } else if (!stuck.empty()) {
    proof.reason =
        count_files(stuck.size()) + " stayed in the page cache: " + list(now.states, stuck);
  } else if (proof.cached_bytes == proof.bytes) {
    proof.reason = files.empty() ? "no file is known that it reads"
                                 : "nothing of it can be evicted: " + list(now.states, pinned);
  } else {
    proof.proven = true;
    if (!pinned.empty()) {
      proof.reason = "pinned, because processes have them mapped or they are in memory only: " +
                     list(now.states, pinned);
    }
  }
  return proof;
}

CacheOutcome prove_page_cache(FileSet& files) {
  Survey now = survey(files);
  for (int attempt = 0; attempt < kAttempts && !now.lacking.empty(); ++attempt) {
    files.warm_up();
    now = survey(files);
  }
  CacheProof proof;
  for (const FileState& state : now.states) {
    if (state.seen) count(proof, state);
  }
  if (!now.lacking.empty()) {
    proof.reason = count_files(now.lacking.size()) +
                   " did not stay in the page cache: " + list(now.states, now.lacking);
    return {proof, {}};
  }
  if (!files.incomplete().empty()) return {std::nullopt, files.incomplete()};
  if (!now.untold.empty()) return {std::nullopt, untold(now.states, now.untold)};
  if (proof.files == 0) return {std::nullopt, "no file is known that it reads"};
  proof.proven = true;
  return {proof, {}};
}

Fd open_drop_caches() {
  Fd file(::open(kDropCaches, O_WRONLY | O_CLOEXEC));
  if (!file) {
    throw Error("--drop-caches",
                std::string(kDropCaches) + " cannot be written: " + std::strerror(errno),
                "run as root, or leave it out: the files of the function are evicted without it");
  }
  return file;
}

}  // namespace

void check_drop_caches() { open_drop_caches(); }

void drop_caches() {
  const Fd file = open_drop_caches();
  if (::write(file.get(), "3", 1) != 1) {
    throw Error(kDropCaches, std::string("cannot be written: ") + std::strerror(errno),
                "leave out --drop-caches");
  }
}

CacheOutcome establish(FileSet& files, CacheState state, bool drop) {
  switch (state) {
    case CacheState::kDisk:
      return {prove_disk(files, drop), {}};
    case CacheState::kPageCache:
      return prove_page_cache(files);
    case CacheState::kWarm:
      break;
  }
  return {std::nullopt, "the instance was warm: it had read its files already"};
}

void withdraw(Account& account, const std::vector<std::string>& uncovered) {
  std::string text =
      "it read " + count_files(uncovered.size()) + " that no start before had read: ";
  for (std::size_t i = 0; i < uncovered.size() && i < kNamed; ++i) {
    text += (i > 0 ? ", " : "") + uncovered[i];
  }
  if (uncovered.size() > kNamed) {
    text += " and " + std::to_string(uncovered.size() - kNamed) + " more";
  }
  account.cache->proven = false;
  account.cache->reason = std::move(text);
}

}  // namespace coldstart::harness
