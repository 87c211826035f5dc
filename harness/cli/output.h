// Where output goes: files that are replaced whole, things that are no files, standard output.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace coldstart::cli {

/// Writes a text. A regular file is replaced, whole or not at all, at the end of any symbolic links
/// (which stay); a device or FIFO is written into and stays what it is; "-" is standard output.
/// Throws Error.
void write_text_file(const std::filesystem::path& file, const std::string& text);

/// The same with a text that is made as it is written: `produce` is called once, with what takes
/// the next part. What it throws is passed on; a file is then as it was.
using TextSink = std::function<void(std::string_view)>;
void write_text_file(const std::filesystem::path& file,
                     const std::function<void(const TextSink&)>& produce);

/// Flushes standard output. Throws Error if something that was printed did not arrive (a full disk,
/// say). False: the reader has gone (`| head`), which is no error.
bool finish_standard_output();

/// Throws what write_text_file would throw for a file that cannot be written, before there is
/// anything to write; nothing is changed.
void check_text_file(const std::filesystem::path& file);

}  // namespace coldstart::cli
