// Sizes of memory as people write them: "128MiB".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coldstart::harness {

/// "4096B", "512KiB", "128MiB", "1.5GiB", "1TiB" in bytes. Empty optional: not a size, no whole
/// number of bytes, or more than fits. "128MB" is none: some mean 10^6 by it and others 2^20.
std::optional<std::int64_t> parse_size(std::string_view text);

/// The size in the largest unit in which it is a whole number: "128MiB", "1536MiB", "4097B".
std::string format_size(std::int64_t bytes);

}  // namespace coldstart::harness
