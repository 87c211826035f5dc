#include "probes/runtime_account.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace coldstart::probes {
namespace {

constexpr std::size_t kTop = 10;

// Classes of the platform; what is not among them belongs to the application.
bool is_platform_class(std::string_view name) {
  constexpr std::array<std::string_view, 6> kPrefixes = {"java/", "javax/",   "jdk/",
                                                         "sun/",  "com/sun/", "org/ietf/"};
  return name.empty() || std::any_of(kPrefixes.begin(), kPrefixes.end(),
                                     [&](std::string_view p) { return name.starts_with(p); });
}

bool is_script(const std::string& path) {
  constexpr std::array<std::string_view, 6> kEndings = {".js",   ".mjs",  ".cjs",
                                                        ".json", ".node", ".wasm"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

void keep_top(std::vector<NamedTime>& times) {
  std::stable_sort(times.begin(), times.end(),
                   [](const NamedTime& a, const NamedTime& b) { return a.total_ns > b.total_ns; });
  if (times.size() > kTop) times.resize(kTop);
}

// Sums pairs of begin and end, each on its own thread; one that still goes on counts up to `until`.
class Pairs {
 public:
  void begin(const Event& event) { open_[event.raw.tid] = event.time_ns(); }
  void end(const Event& event) {
    const auto begun = open_.find(event.raw.tid);
    if (begun == open_.end()) return;
    count_ += 1;
    sum_ns_ += event.time_ns() - begun->second;
    open_.erase(begun);
  }
  void finish(std::int64_t until_ns, std::int64_t& count, std::int64_t& sum_ns) const {
    count = count_ + static_cast<std::int64_t>(open_.size());
    sum_ns = sum_ns_;
    for (const auto& [tid, begun] : open_) sum_ns += until_ns - begun;
  }

 private:
  std::map<std::uint32_t, std::int64_t> open_;
  std::int64_t count_ = 0, sum_ns_ = 0;
};

}  // namespace

JvmAccount jvm_account(const std::vector<Event>& events, const RuntimeView& view) {
  JvmAccount account;
  Pairs compilations, collections;
  for (const Event& event : events) {
    if (event.time_ns() > view.until_ns) break;
    if (event.raw.pid != view.pid || event.time_ns() < view.from_ns) continue;
    switch (event.kind()) {
      case CS_JVM_INIT_BEGIN:
        account.init_begin_ns = event.time_ns() - view.due_ns;
        break;
      case CS_JVM_CLASS:
        if (!account.main_class_ns && !is_platform_class(event.name)) {
          account.main_class_ns = event.time_ns() - view.due_ns;
          account.main_class_shared = event.raw.value != 0;
          account.classes_before_main = account.classes;
        }
        account.classes += 1;
        account.shared_classes += event.raw.value != 0 ? 1 : 0;
        break;
      case CS_JVM_COMPILE_BEGIN:
        compilations.begin(event);
        break;
      case CS_JVM_COMPILE_END:
        compilations.end(event);
        break;
      case CS_JVM_GC_BEGIN:
        collections.begin(event);
        break;
      case CS_JVM_GC_END:
        collections.end(event);
        break;
      default:
        break;
    }
  }
  compilations.finish(view.until_ns, account.compilations, account.compile_ns);
  collections.finish(view.until_ns, account.collections, account.gc_ns);
  return account;
}

PythonAccount python_account(const std::vector<Event>& events, const RuntimeView& view) {
  struct Open {
    NamedTime time;
    std::int64_t in_others_ns = 0;
  };
  PythonAccount account;
  std::map<std::uint32_t, std::vector<Open>> stacks;  // by thread
  const auto close = [&](std::vector<Open>& stack, std::int64_t now) {
    Open open = std::move(stack.back());
    stack.pop_back();
    open.time.total_ns = now - view.due_ns - open.time.begin_ns;
    open.time.self_ns = open.time.total_ns - open.in_others_ns;
    if (!stack.empty()) stack.back().in_others_ns += open.time.total_ns;
    account.imports += 1;
    account.top.push_back(std::move(open.time));
  };
  for (const Event& event : events) {
    if (event.time_ns() > view.until_ns) break;
    if (event.raw.pid != view.pid || event.time_ns() < view.from_ns) continue;
    std::vector<Open>& stack = stacks[event.raw.tid];
    if (event.kind() == CS_IMPORT_BEGIN) {
      stack.push_back({{event.name, event.time_ns() - view.due_ns, 0, 0}, 0});
    } else if (event.kind() == CS_IMPORT_END) {
      // An import that failed with an exception ends without a word: its parents' end closes it.
      const auto match = std::find_if(stack.rbegin(), stack.rend(), [&](const Open& open) {
        return open.time.name == event.name;
      });
      if (match == stack.rend()) continue;
      const auto depth = static_cast<std::size_t>(stack.rend() - match);
      while (stack.size() >= depth) close(stack, event.time_ns());
    }
  }
  for (auto& [tid, stack] : stacks) {
    while (!stack.empty()) close(stack, view.until_ns);
  }
  keep_top(account.top);
  return account;
}

NodeAccount node_account(const std::vector<Event>& events, const RuntimeView& view) {
  NodeAccount account;
  if (view.ready_ns && view.entered_ns) account.bootstrap_ns = *view.ready_ns - *view.entered_ns;
  std::map<std::pair<std::uint64_t, std::uint32_t>, NamedTime> modules;  // by inode and device
  for (const Event& event : events) {
    if (event.time_ns() > view.until_ns) break;
    if (event.raw.pid != view.pid || event.time_ns() < view.from_ns) continue;
    const auto begin = static_cast<std::int64_t>(event.raw.call.begin_ns);
    const auto id = std::pair(event.raw.call.inode, event.raw.call.device);
    if (event.kind() == CS_OPENED && is_script(event.name)) {
      modules.try_emplace(id, NamedTime{event.name, begin - view.due_ns, 0, 0});
    }
    const bool reads = event.kind() == CS_OPENED || event.kind() == CS_READ;
    const auto module = reads ? modules.find(id) : modules.end();
    if (module == modules.end()) continue;
    module->second.total_ns += event.time_ns() - begin;
    module->second.self_ns = module->second.total_ns;
  }
  account.modules = static_cast<std::int64_t>(modules.size());
  for (auto& [id, module] : modules) account.top.push_back(std::move(module));
  keep_top(account.top);
  return account;
}

}  // namespace coldstart::probes
