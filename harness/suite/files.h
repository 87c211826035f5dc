// The files that a suite names: resolved, and looked at before anything starts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/suite/problems.h"

namespace coldstart::harness {

/// `text` as an absolute path, relative to `base` (itself absolute). "." and ".." are folded where
/// that names the same file (behind a symbolic link it may not).
std::filesystem::path resolve(const std::filesystem::path& base, const std::string& text);

/// What is wrong with a path that should name …; empty: nothing.
std::optional<Complaint> check_program(const std::filesystem::path& path);  ///< an executable file
std::optional<Complaint> check_file(const std::filesystem::path& path);     ///< a readable file
std::optional<Complaint> check_folder(const std::filesystem::path& path);   ///< a searchable folder

/// The file that a process with the root folder `root` finds at the absolute path `inside`:
/// symbolic links are followed as the kernel would after chroot. Empty: it finds nothing.
std::optional<std::filesystem::path> find_in_root(const std::filesystem::path& root,
                                                  const std::filesystem::path& inside);

}  // namespace coldstart::harness
