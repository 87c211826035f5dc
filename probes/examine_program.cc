// Which boundaries a program has, and where in which file they can be hooked.
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes/elf_file.h"
#include "probes/program.h"

namespace coldstart::probes {
namespace {

struct Named {
  std::string_view symbol;
  bool prefix;
  cs_runtime runtime;
};

// The moment at which a runtime is up and turns to the program:
//   Python: Py_RunMain follows Py_Initialize (interpreter, site) and runs the script (docs, C API).
//   Node.js: its bootstrap calls performance.markBootstrapComplete(), the milestone that
//   `performance.nodeTiming.bootstrapComplete` reports, before it loads the main script.
constexpr std::array<Named, 2> kRuntimeSymbols = {
    Named{"Py_RunMain", false, CS_RUNTIME_PYTHON},
    Named{"_ZN4node11performance21MarkBootstrapComplete", true, CS_RUNTIME_NODE}};

std::string real_path(const Fd& file) {
  std::array<char, 4096> text{};
  const auto length = ::readlink(file.path().c_str(), text.data(), text.size() - 1);
  return length < 0 ? file.path() : std::string(text.data(), static_cast<std::size_t>(length));
}

// Opens a path as a process with that root directory would: absolute symbolic links stay inside.
Fd open_in_root(const Fd& root, const std::string& path) {
  if (!root) return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT;
  return Fd(static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof(how))));
}

class Examiner {
 public:
  explicit Examiner(const ProgramImage& image) : image_(image) {
    result_.program.path = real_path(image.executable);
  }

  Examination run() {
    auto elf = ElfFile::open(image_.executable.path());
    if (!elf) return std::move(result_);  // a script: its interpreter is executed in its place
    const auto interpreter = elf->interpreter();
    result_.program.dynamic = interpreter.has_value();
    if (interpreter) {
      find_loader(*interpreter);
      find_libc(*interpreter);
    } else if (auto offset = elf->function_offset("__libc_start_main")) {
      result_.program.has_entry = true;
      add(Hook::kLibcStart, image_.executable.path(), *offset, 0);
    }
    find_runtime(*elf);
    return std::move(result_);
  }

 private:
  void add(Hook hook, std::string path, std::uint64_t offset, std::uint64_t cookie) {
    result_.points.push_back({hook, std::move(path), offset, cookie, {}, {}});
  }

  void find_loader(const std::string& interpreter) {
    Fd file = open_in_root(image_.root, interpreter);
    result_.program.interpreter = interpreter;
    struct stat status {};
    if (file && ::fstat(file.get(), &status) == 0) {
      result_.program.interpreter_bytes = status.st_size;
      result_.program.interpreter_inode = status.st_ino;
      result_.program.interpreter_device = kernel_device(status.st_dev);
    }
    auto elf = file ? ElfFile::open(file.path()) : std::nullopt;
    const auto offset = elf ? elf->function_offset("_dl_debug_state") : std::nullopt;
    if (!offset) {
      result_.program.linked_reason = "no _dl_debug_state in " + interpreter;
      return;
    }
    // glibc: the first call says that mapping starts, the second that all is relocated
    // (elf/rtld.c). musl calls it once, when all is relocated (ldso/dynlink.c).
    const bool musl = interpreter.find("ld-musl") != std::string::npos;
    const std::uint64_t linked_at = musl ? 1 : 2;
    // The function is a bare `ret`, which the kernel has to single-step: 10 us a hit in a virtual
    // machine, where each step is an exit to the hypervisor. A call is emulated: 0.7 us (measured;
    // arch/x86/kernel/uprobes.c, branch_setup_xol_ops). So its calls are hooked, where they can be
    // told: before the program is entered only dl_main makes them (elf/rtld.c), later dlopen does.
    const auto calls = elf->call_offsets(*offset, "dl_main");
    if (calls.size() < linked_at) {
      add(Hook::kLinkMap, file.path(), *offset, linked_at);
    } else {
      for (const std::uint64_t call : calls) add(Hook::kLinkMap, file.path(), call, linked_at);
    }
    result_.keep_open.push_back(std::move(file));
  }

  void find_libc(const std::string& interpreter) {
    result_.program.has_entry = true;
    Fd libc;
    for (std::size_t i = 0; i < image_.mapped.size() && !libc; ++i) {
      const std::string& name = image_.mapped_names[i];
      if (name.starts_with("libc.so") || name.starts_with("libc-2")) {
        libc = Fd(::open(image_.mapped[i].path().c_str(), O_RDONLY | O_CLOEXEC));
      }
    }
    // The loader and libc are one package and lie in one folder, but the loader's path is often a
    // link from elsewhere.
    const std::string beside = std::filesystem::path(interpreter).parent_path();
    for (const std::string& folder :
         {beside, std::string("/lib/x86_64-linux-gnu"), std::string("/lib/aarch64-linux-gnu"),
          std::string("/lib64"), std::string("/usr/lib64"), std::string("/lib"),
          std::string("/usr/lib")}) {
      if (libc) break;
      libc = open_in_root(image_.root, folder + "/libc.so.6");
    }
    auto elf = libc ? ElfFile::open(libc.path()) : std::nullopt;
    const auto offset = elf ? elf->function_offset("__libc_start_main") : std::nullopt;
    if (!offset) {
      result_.program.entered_reason = "no __libc_start_main found for " + result_.program.path;
      return;
    }
    add(Hook::kLibcStart, libc.path(), *offset, 0);
    result_.keep_open.push_back(std::move(libc));
  }

  bool find_runtime_symbols(const ElfFile& elf, const std::string& path) {
    for (const Named& named : kRuntimeSymbols) {
      if (auto offset = elf.function_offset(named.symbol, named.prefix)) {
        result_.program.has_runtime = true;
        add(Hook::kRuntimeSymbol, path, *offset, named.runtime);
        if (named.runtime == CS_RUNTIME_PYTHON) {
          add_usdt(elf, Hook::kImport, path, "python", "import__find__load__start",
                   CS_IMPORT_BEGIN);
          add_usdt(elf, Hook::kImport, path, "python", "import__find__load__done", CS_IMPORT_END);
          result_.program.sees_imports = elf.has_usdt("python", "import__find__load__start") &&
                                         elf.has_usdt("python", "import__find__load__done");
        }
        return true;
      }
    }
    return false;
  }

  // Where the file has that note; a runtime that was built without it shows less.
  void add_usdt(const ElfFile& elf, Hook hook, const std::string& path, const char* provider,
                const char* probe, std::uint64_t cookie) {
    if (elf.has_usdt(provider, probe)) {
      result_.points.push_back({hook, path, 0, cookie, provider, probe});
    }
  }

  void find_runtime(const ElfFile& executable) {
    if (find_runtime_symbols(executable, image_.executable.path())) return;
    // The runtime may be a library: libjvm.so, libnode.so, libpython3.so.
    for (std::size_t i = 0; i < image_.mapped.size(); ++i) {
      const std::string& name = image_.mapped_names[i];
      const std::string path = image_.mapped[i].path();
      if (name == "libjvm.so") return find_jvm(path);
      if (!name.starts_with("libnode.so") && !name.starts_with("libpython")) continue;
      auto elf = ElfFile::open(path);
      if (elf && find_runtime_symbols(*elf, path)) return;
    }
    // A JVM that has already ended: libjvm.so lies at a fixed place beside the launcher.
    const std::filesystem::path launcher(result_.program.path);
    if (launcher.filename() != "java") return;
    const auto library = launcher.parent_path().parent_path() / "lib/server/libjvm.so";
    Fd file = open_in_root(image_.root, library);
    if (!file) return;
    find_jvm(file.path());
    result_.keep_open.push_back(std::move(file));
  }

  void find_jvm(const std::string& path) {
    result_.program.has_runtime = true;
    auto elf = ElfFile::open(path);
    if (!elf || !elf->has_usdt("hotspot", "vm__init__end")) {
      result_.program.runtime_reason = "this JVM was built without USDT probes";
      return;
    }
    add_usdt(*elf, Hook::kJvmReady, path, "hotspot", "vm__init__end", 0);
    add_usdt(*elf, Hook::kJvmClass, path, "hotspot", "class__loaded", 0);
    add_usdt(*elf, Hook::kJvmMark, path, "hotspot", "vm__init__begin", CS_JVM_INIT_BEGIN);
    add_usdt(*elf, Hook::kJvmMark, path, "hotspot", "method__compile__begin", CS_JVM_COMPILE_BEGIN);
    add_usdt(*elf, Hook::kJvmMark, path, "hotspot", "method__compile__end", CS_JVM_COMPILE_END);
    add_usdt(*elf, Hook::kJvmMark, path, "hotspot", "gc__begin", CS_JVM_GC_BEGIN);
    add_usdt(*elf, Hook::kJvmMark, path, "hotspot", "gc__end", CS_JVM_GC_END);
  }

  const ProgramImage& image_;
  Examination result_;
};

}  // namespace

Examination examine(const ProgramImage& image) { return Examiner(image).run(); }

}  // namespace coldstart::probes
