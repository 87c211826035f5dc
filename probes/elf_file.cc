#include "probes/elf_file.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>
#include <utility>

namespace coldstart::probes {
namespace {

constexpr std::uint64_t kPage = 4096;

Elf* as_elf(void* elf) { return static_cast<Elf*>(elf); }

// The file offset at which a virtual address is stored.
std::optional<std::uint64_t> file_offset(Elf* elf, std::uint64_t address) {
  std::size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    if (address < segment.p_vaddr || address >= segment.p_vaddr + segment.p_filesz) continue;
    return address - segment.p_vaddr + segment.p_offset;
  }
  return std::nullopt;
}

struct Function {
  std::uint64_t offset;
  std::uint64_t bytes;
};

std::optional<Function> find_function(Elf* elf, unsigned table_type, std::string_view wanted,
                                      bool prefix) {
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != table_type) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr || header.sh_entsize == 0) continue;
    const std::size_t count = header.sh_size / header.sh_entsize;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) continue;
      if (symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
      const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
      if (name == nullptr) continue;
      const std::string_view view(name);
      if (view != wanted && !(prefix && view.substr(0, wanted.size()) == wanted)) continue;
      if (prefix && view.find(".cold") != std::string_view::npos) continue;
      const auto offset = file_offset(elf, symbol.st_value);
      if (!offset) return std::nullopt;
      return Function{*offset, symbol.st_size};
    }
  }
  return std::nullopt;
}

std::optional<Function> find_function(Elf* elf, std::string_view wanted, bool prefix) {
  if (auto function = find_function(elf, SHT_DYNSYM, wanted, prefix)) return function;
  return find_function(elf, SHT_SYMTAB, wanted, prefix);
}

// The direct calls of `target` among the bytes of the file from `begin` on. Within one segment the
// distance of two places is the same in the file as in memory.
void find_calls(std::string_view code, std::uint64_t begin, std::uint64_t target,
                std::vector<std::uint64_t>& calls) {
  constexpr char kCall = '\xE8';
  constexpr std::size_t kCallBytes = 5;
  for (std::size_t at = 0; at + kCallBytes <= code.size(); ++at) {
    if (code[at] != kCall) continue;
    std::int32_t distance = 0;
    std::memcpy(&distance, code.data() + at + 1, sizeof(distance));
    if (begin + at + kCallBytes + static_cast<std::uint64_t>(std::int64_t{distance}) == target)
      calls.push_back(begin + at);
  }
}

struct Note {
  GElf_Word type;
  std::string_view name;  ///< without its terminating zero
  std::string_view body;
};

// Whether `is_it` is true of one of the file's notes; none is looked at after that one.
bool find_note(Elf* elf, const std::function<bool(const Note&)>& is_it) {
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_NOTE) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    GElf_Nhdr note;
    std::size_t name_at = 0;
    std::size_t body_at = 0;
    for (std::size_t at = 0; (at = gelf_getnote(data, at, &note, &name_at, &body_at)) > 0;) {
      const char* base = static_cast<const char*>(data->d_buf);
      const std::string_view name(base + name_at, note.n_namesz);
      if (is_it({note.n_type, name.substr(0, name.find('\0')), {base + body_at, note.n_descsz}}))
        return true;
    }
  }
  return false;
}

}  // namespace

std::optional<ElfFile> ElfFile::open(const std::string& path) {
  static const bool kLibraryReady = elf_version(EV_CURRENT) != EV_NONE;
  if (!kLibraryReady) return std::nullopt;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  Elf* elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  if (elf == nullptr || elf_kind(elf) != ELF_K_ELF) {
    if (elf != nullptr) elf_end(elf);
    ::close(fd);
    return std::nullopt;
  }
  return ElfFile(fd, elf);
}

ElfFile::~ElfFile() {
  if (elf_ != nullptr) elf_end(as_elf(elf_));
  if (fd_ >= 0) ::close(fd_);
}

ElfFile::ElfFile(ElfFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), elf_(std::exchange(other.elf_, nullptr)) {}

std::optional<std::string> ElfFile::interpreter() const {
  std::size_t count = 0;
  if (elf_getphdrnum(as_elf(elf_), &count) != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(as_elf(elf_), static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_INTERP) continue;
    std::string path(segment.p_filesz, '\0');
    const auto got = ::pread(fd_, path.data(), path.size(), static_cast<off_t>(segment.p_offset));
    if (got != static_cast<ssize_t>(path.size())) return std::nullopt;
    path.resize(std::min(path.find('\0'), path.size()));  // the segment has a terminating zero
    return path;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ElfFile::function_offset(std::string_view name, bool prefix) const {
  const auto function = find_function(as_elf(elf_), name, prefix);
  if (!function) return std::nullopt;
  return function->offset;
}

std::vector<std::uint64_t> ElfFile::call_offsets(std::uint64_t function,
                                                 std::string_view caller) const {
  std::vector<std::uint64_t> calls;
  Elf* elf = as_elf(elf_);
  GElf_Ehdr header;
  std::size_t count = 0;
  if (gelf_getehdr(elf, &header) == nullptr || header.e_machine != EM_X86_64 ||
      elf_getphdrnum(elf, &count) != 0) {
    return calls;
  }
  const auto within = find_function(elf, caller, false);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    std::uint64_t begin = segment.p_offset;
    std::uint64_t end = segment.p_offset + segment.p_filesz;
    if (within && within->bytes > 0) {
      begin = std::max(begin, within->offset);
      end = std::min(end, within->offset + within->bytes);
    }
    if (begin >= end) continue;
    // Read, not mapped: where a uprobe is attached the kernel writes its breakpoint into every
    // private mapping of the file, also into libelf's.
    std::string code(end - begin, '\0');
    const auto got = ::pread(fd_, code.data(), code.size(), static_cast<off_t>(begin));
    if (got == static_cast<ssize_t>(code.size())) find_calls(code, begin, function, calls);
  }
  return calls;
}

void ElfFile::each_function(
    const std::function<void(std::uint64_t, std::uint64_t, const char*)>& visit) const {
  Elf* elf = as_elf(elf_);
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_entsize == 0) continue;
    if (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    const std::size_t count = header.sh_size / header.sh_entsize;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) continue;
      const int type = GELF_ST_TYPE(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC)) continue;
      const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
      if (name != nullptr && *name != '\0') visit(symbol.st_value, symbol.st_size, name);
    }
  }
}

std::optional<std::uint64_t> ElfFile::address_at(std::uint64_t file_offset) const {
  std::size_t count = 0;
  if (elf_getphdrnum(as_elf(elf_), &count) != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(as_elf(elf_), static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    // Whole pages are mapped: the segment may begin in the middle of one.
    const std::uint64_t page = segment.p_offset & ~std::uint64_t{kPage - 1};
    if (file_offset < page || file_offset >= segment.p_offset + segment.p_filesz) continue;
    return segment.p_vaddr + file_offset - segment.p_offset;
  }
  return std::nullopt;
}

std::uint64_t ElfFile::entry() const {
  GElf_Ehdr header;
  return gelf_getehdr(as_elf(elf_), &header) == nullptr ? 0 : header.e_entry;
}

std::optional<std::string> ElfFile::build_id() const {
  std::optional<std::string> id;
  find_note(as_elf(elf_), [&id](const Note& note) {
    if (note.type != NT_GNU_BUILD_ID || note.name != "GNU") return false;
    constexpr std::string_view kDigits = "0123456789abcdef";
    id.emplace();
    for (const char each : note.body) {
      const auto byte = static_cast<unsigned char>(each);
      *id += kDigits[byte >> 4U];
      *id += kDigits[byte & 0xFU];
    }
    return true;
  });
  return id;
}

bool ElfFile::has_usdt(std::string_view provider, std::string_view probe) const {
  return find_note(as_elf(elf_), [&](const Note& note) {
    // The body: three addresses (pc, base, semaphore), then provider\0name\0arguments\0.
    constexpr std::size_t kAddresses = 3 * sizeof(std::uint64_t);
    if (note.name != "stapsdt" || note.body.size() <= kAddresses) return false;
    const std::string_view text = note.body.substr(kAddresses);
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos || text.substr(0, end) != provider) return false;
    const std::string_view rest = text.substr(end + 1);
    return rest.substr(0, rest.find('\0')) == probe;
  });
}

}  // namespace coldstart::probes
