#include "results/report/details.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "results/model/duration.h"
#include "results/report/causes_table.h"
#include "results/report/cells.h"
#include "results/report/text.h"

namespace coldstart::results {
namespace {

constexpr std::size_t kTop = 10;

std::string plural(std::int64_t count, const std::string& one, const std::string& many) {
  return format_count(count) + ' ' + (count == 1 ? one : many);
}

std::optional<std::int64_t> mapping_time(const Library& library) {
  if (!library.opened_ns || !library.mapped_ns) return std::nullopt;
  return *library.mapped_ns - *library.opened_ns;
}

/// A file that was mapped, once or by several programs of the instance.
struct MappedFile {
  Library library;  ///< as it was mapped first; its size is the largest that was seen
  std::int64_t times = 0;
  std::optional<std::int64_t> took_ns;  ///< over all that opened it; absent: the kernel mapped it
  bool at_startup = false;
  bool by_dlopen = false;
};

// Each process maps its own, and each exec anew: a file is on the disk once.
std::vector<MappedFile> mapped_files(const std::vector<Library>& libraries) {
  std::vector<MappedFile> files;
  std::map<std::string, std::size_t> by_path;
  for (const Library& library : libraries) {
    const auto [at, is_new] = by_path.try_emplace(library.path, files.size());
    if (is_new) files.push_back({library, 0, std::nullopt, false, false});
    MappedFile& file = files[at->second];
    ++file.times;
    file.library.bytes = std::max(file.library.bytes, library.bytes);
    if (!file.library.cached_bytes) file.library.cached_bytes = library.cached_bytes;
    if (const auto took = mapping_time(library)) file.took_ns = file.took_ns.value_or(0) + *took;
    if (library.at_startup) (*library.at_startup ? file.at_startup : file.by_dlopen) = true;
  }
  std::stable_sort(files.begin(), files.end(), [](const MappedFile& a, const MappedFile& b) {
    return a.took_ns.value_or(-1) > b.took_ns.value_or(-1);
  });
  return files;
}

std::string cached_cell(const Library& library) {
  if (!library.cached_bytes) return kAbsent;
  if (library.bytes <= 0) return "100 %";
  // Rounded down: 100 % means all of it.
  return fmt::format("{} %",
                     std::min<std::int64_t>(100, 100 * *library.cached_bytes / library.bytes));
}

DetailTable library_table(const std::vector<Library>& libraries) {
  const std::vector<MappedFile> files = mapped_files(libraries);
  const std::size_t shown = std::min(files.size(), kTop);
  const bool several = files.size() < libraries.size();
  std::int64_t bytes = 0;
  for (const MappedFile& file : files) bytes += file.library.bytes;
  DetailTable table;
  table.title = fmt::format(
      "Libraries: {}, {}{}{}", plural(static_cast<std::int64_t>(files.size()), "file", "files"),
      format_bytes(bytes),
      several ? fmt::format(", loaded {} times in all, by several programs",
                            format_count(static_cast<std::int64_t>(libraries.size())))
              : "",
      shown < files.size() ? fmt::format("; the {} that took the longest", shown) : "");
  Column path{"path", {}, true, TooWide::kCut};
  Column size{"size"};
  Column times{"loads", {}, false, TooWide::kKeep, "how often programs of the instance mapped it"};
  Column time{"open to mapped"};
  if (several) time.about = "over all its loads";
  Column cached{"cached", {}, false, TooWide::kKeep, "in the page cache before the start"};
  Column when{"mapped", {}, true};
  for (std::size_t i = 0; i < shown; ++i) {
    const MappedFile& file = files[i];
    path.cells.push_back(printable(file.library.path));
    size.cells.push_back(format_bytes(file.library.bytes));
    times.cells.push_back(format_count(file.times));
    time.cells.push_back(file.took_ns ? format_duration(*file.took_ns) : "by the kernel");
    cached.cells.push_back(cached_cell(file.library));
    when.cells.emplace_back(file.at_startup && file.by_dlopen ? "both ways"
                            : file.at_startup                 ? "at start-up"
                            : file.by_dlopen                  ? "by dlopen"
                                                              : "–");
  }
  table.columns = {path, size, time, cached, when};
  if (several) table.columns.insert(table.columns.begin() + 2, times);
  return table;
}

DetailTable file_table(const FilesRead& files) {
  DetailTable table;
  table.title = fmt::format(
      "Other files read or mapped before the first response: {}, {} read, {}{}",
      format_count(files.files), format_bytes(files.bytes), format_duration(files.time_ns),
      files.files > static_cast<std::int64_t>(files.top.size())
          ? (files.top.size() == 1
                 ? "; the one that took the longest"
                 : fmt::format("; the {} that took the longest", files.top.size()))
          : "");
  Column path{"path", {}, true, TooWide::kCut};
  Column reads{"reads", {}, false, TooWide::kKeep, "calls; a file that was only mapped has none"};
  Column bytes{"bytes"};
  Column time{"time", {}, false, TooWide::kKeep, "inside open and read calls"};
  for (const FileUse& file : files.top) {
    path.cells.push_back(printable(file.path));
    reads.cells.push_back(file.reads > 0 ? format_count(file.reads) : "mapped");
    bytes.cells.push_back(file.reads > 0 ? format_bytes(file.bytes) : kAbsent);
    time.cells.push_back(format_duration(file.time_ns));
  }
  table.columns = {path, reads, bytes, time};
  return table;
}

std::vector<std::pair<std::string, std::int64_t>> longest_first(const TimeSplit& split) {
  std::vector<std::pair<std::string, std::int64_t>> waits(split.waits.begin(), split.waits.end());
  std::stable_sort(waits.begin(), waits.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return waits;
}

DetailTable sandbox_table(const std::vector<SandboxStep>& steps) {
  std::int64_t total = 0;
  for (const SandboxStep& step : steps) total += step.time.total_ns();
  DetailTable table;
  table.title = fmt::format("Inside the sandbox phase ({}):", format_duration(total));
  Column name{"step", {}, true};
  Column calls{"calls", {}, false, TooWide::kKeep, "system calls"};
  Column time{"time"};
  Column share{"share"};
  Column why{"the step was", {}, true, TooWide::kWrap};
  for (const SandboxStep& step : steps) {
    const TimeSplit& t = step.time;
    name.cells.push_back(printable(step.name));
    calls.cells.push_back(format_count(step.calls));
    time.cells.push_back(format_duration(t.total_ns()));
    share.cells.push_back(format_share(t.total_ns(), total));
    why.cells.push_back(shares(t.cpu_ns, t.runnable_ns, t.disk_ns, t.wait_ns, longest_first(t)));
  }
  table.columns = {name, calls, time, share, why};
  return table;
}

DetailTable named_times_table(const std::string& title, const std::vector<NamedTime>& times) {
  DetailTable table;
  table.title = title;
  Column name{"name", {}, true, TooWide::kCut};
  Column begin{"begins", {}, false, TooWide::kKeep, "since due"};
  Column total{"takes", {}, false, TooWide::kKeep, "with everything that it loaded itself"};
  Column self{"itself", {}, false, TooWide::kKeep, "without what it loaded"};
  for (const NamedTime& time : times) {
    name.cells.push_back(printable(time.name));
    begin.cells.push_back(format_duration(time.begin_ns));
    total.cells.push_back(format_duration(time.total_ns));
    self.cells.push_back(format_duration(time.self_ns));
  }
  table.columns = {name, begin, total, self};
  return table;
}

std::string jvm_sentence(const JvmAccount& jvm) {
  std::string text =
      fmt::format("JVM: {} before the first response, {} from the shared archive",
                  plural(jvm.classes, "class", "classes"),
                  jvm.shared_classes == 0 ? "none" : format_count(jvm.shared_classes));
  if (jvm.main_class_ns) {
    text += fmt::format("; first class of the application after {} ({} before it{})",
                        format_duration(*jvm.main_class_ns),
                        plural(jvm.classes_before_main, "class", "classes"),
                        !jvm.main_class_shared   ? ""
                        : *jvm.main_class_shared ? "; it came from an archive"
                                                 : "; it came from no archive");
  }
  text += jvm.compilations == 0
              ? "; no compilation"
              : fmt::format("; {} {}", plural(jvm.compilations, "compilation", "compilations"),
                            format_duration(jvm.compile_ns));
  text += jvm.collections == 0
              ? "; no garbage collection"
              : fmt::format("; {} {}",
                            plural(jvm.collections, "garbage collection", "garbage collections"),
                            format_duration(jvm.gc_ns));
  return text;
}

std::string cache_sentence(const Start& start, const CacheProof& proof) {
  std::string text =
      fmt::format("Cache state {}: {} of {} in {} were in the page cache before the start",
                  printable(start.cache), format_bytes(proof.cached_bytes),
                  format_bytes(proof.bytes), plural(proof.files, "file", "files"));
  if (proof.proven) return text;
  return text + "; not proven" + (proof.reason.empty() ? "" : ": " + printable(proof.reason));
}

}  // namespace

Details details_of(const Start& start) {
  const Account& account = start.account;
  Details details;
  if (account.cache) details.sentences.push_back(cache_sentence(start, *account.cache));
  if (account.jvm) details.sentences.push_back(jvm_sentence(*account.jvm));
  if (account.python) {
    details.sentences.push_back(fmt::format("Python: {} before the first response",
                                            plural(account.python->imports, "import", "imports")));
  }
  if (account.node) {
    const NodeAccount& node = *account.node;
    details.sentences.push_back(fmt::format(
        "Node.js: {}{} before the first response",
        node.bootstrap_ns ? fmt::format("bootstrap {}; ", format_duration(*node.bootstrap_ns)) : "",
        plural(node.modules, "script file read", "script files read")));
  }
  if (account.sandbox && !account.sandbox->empty()) {
    details.tables.push_back(sandbox_table(*account.sandbox));
  }
  if (account.libraries) {
    if (account.libraries->empty()) {
      details.sentences.emplace_back("Libraries: none");
    } else {
      details.tables.push_back(library_table(*account.libraries));
    }
  }
  if (account.files) {
    if (account.files->top.empty()) {
      details.sentences.emplace_back("Other files read or mapped before the first response: none");
    } else {
      details.tables.push_back(file_table(*account.files));
    }
  }
  if (account.python && !account.python->top.empty()) {
    details.tables.push_back(
        named_times_table("Python imports that took the longest:", account.python->top));
  }
  if (account.node && !account.node->top.empty()) {
    details.tables.push_back(
        named_times_table("Node.js modules that took the longest:", account.node->top));
  }
  return details;
}

std::string details_text(const Start& start, const TextStyle& style) {
  const Details details = details_of(start);
  std::string text;
  for (const std::string& sentence : details.sentences) {
    for (const std::string& line : wrap(sentence, style.width, 2)) text += line + '\n';
  }
  for (const DetailTable& table : details.tables) {
    text += (text.empty() ? "" : "\n") + render(table, style);
  }
  return style.unicode ? text : to_ascii(text);
}

std::optional<CausesSummary> causes_of(const std::vector<CausesSummary>& causes,
                                       const Summary& summary) {
  for (const CausesSummary& of : causes) {
    if (of.function == summary.function && of.load == summary.load && of.cache == summary.cache) {
      return of;
    }
  }
  return std::nullopt;
}

}  // namespace coldstart::results
