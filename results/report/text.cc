#include "results/report/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace coldstart::results {
namespace {

constexpr char32_t kInvalid = 0xFFFD;

/// One character of a text: its bytes and what they mean.
struct Glyph {
  std::string_view bytes;
  char32_t code = 0;
};

// The glyph at the start of a text that is not empty; a byte that is not UTF-8 is one invalid
// glyph.
Glyph first_glyph(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {text.substr(0, 1), lead};
  const std::size_t length = lead >= 0xF0 && lead <= 0xF4   ? 4
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xC2 && lead <= 0xDF ? 2
                                                            : 0;
  if (length == 0 || length > text.size()) return {text.substr(0, 1), kInvalid};
  char32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {text.substr(0, 1), kInvalid};
    code = (code << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || code > 0x10FFFF || surrogate)
    return {text.substr(0, 1), kInvalid};
  return {text.substr(0, length), code};
}

int width_of(char32_t code) {
  using Range = std::pair<char32_t, char32_t>;
  constexpr std::array<Range, 7> kZero = {{{0x00, 0x1F},
                                           {0x7F, 0x9F},
                                           {0x300, 0x36F},
                                           {0x200B, 0x200F},
                                           {0x20D0, 0x20FF},
                                           {0xFE00, 0xFE0F},
                                           {0xFEFF, 0xFEFF}}};
  constexpr std::array<Range, 8> kWide = {{{0x1100, 0x115F},
                                           {0x2E80, 0xA4CF},
                                           {0xAC00, 0xD7A3},
                                           {0xF900, 0xFAFF},
                                           {0xFE30, 0xFE6F},
                                           {0xFF00, 0xFF60},
                                           {0x1F300, 0x1FAFF},
                                           {0x20000, 0x3FFFD}}};
  const auto in = [code](const Range& range) {
    return code >= range.first && code <= range.second;
  };
  if (std::any_of(kZero.begin(), kZero.end(), in)) return 0;
  return std::any_of(kWide.begin(), kWide.end(), in) ? 2 : 1;
}

// Length in bytes of the ANSI colour sequence at the start of the text; 0: there is none.
std::size_t escape_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const auto end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

std::vector<Glyph> glyphs(std::string_view text) {
  std::vector<Glyph> all;
  while (!text.empty()) {
    all.push_back(first_glyph(text));
    text.remove_prefix(all.back().bytes.size());
  }
  return all;
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    if (const std::size_t escape = escape_length(text)) {
      text.remove_prefix(escape);
      continue;
    }
    const Glyph glyph = first_glyph(text);
    width += width_of(glyph.code);
    text.remove_prefix(glyph.bytes.size());
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string clean;
  for (const Glyph& glyph : glyphs(text)) {
    const bool bidi = (glyph.code >= 0x202A && glyph.code <= 0x202E) ||
                      (glyph.code >= 0x2066 && glyph.code <= 0x2069);
    if (glyph.code < 0x20 || (glyph.code >= 0x7F && glyph.code <= 0x9F)) {
      if (!clean.empty() && clean.back() != ' ') clean += ' ';
    } else if (glyph.code == kInvalid || bidi || glyph.code == 0x2028 || glyph.code == 0x2029) {
      clean += '?';
    } else {
      clean += glyph.bytes;
    }
  }
  while (!clean.empty() && clean.back() == ' ') clean.pop_back();
  return clean;
}

std::string fit(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width < 1) return "";
  const std::vector<Glyph> all = glyphs(text);
  const int back_width = (width - 1) / 2;
  std::size_t back = all.size();
  int used = 0;
  while (back > 0 && used + width_of(all[back - 1].code) <= back_width) {
    used += width_of(all[--back].code);
  }
  std::string front;
  int left = width - 1 - used;
  for (const Glyph& glyph : all) {
    left -= width_of(glyph.code);
    if (left < 0) break;
    front += glyph.bytes;
  }
  front += "…";
  for (; back < all.size(); ++back) front += all[back].bytes;
  return front;
}

std::string fit_begin(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width < 1) return "";
  std::string front;
  int left = width - 1;
  for (const Glyph& glyph : glyphs(text)) {
    left -= width_of(glyph.code);
    if (left < 0) break;
    front += glyph.bytes;
  }
  return front + "…";
}

std::string pad_right(std::string_view text, int width) {
  return std::string(text) +
         std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
}

std::string pad_left(std::string_view text, int width) {
  return std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ') +
         std::string(text);
}

std::vector<std::string> wrap(std::string_view text, int width, int indent) {
  std::vector<std::string> lines;
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string line;
  bool has_word = false;
  const auto end_line = [&] {
    lines.push_back(std::move(line));
    line = margin;
    has_word = false;
  };
  while (!text.empty()) {
    const auto space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (has_word && display_width(line) + 1 + display_width(word) > width) end_line();
    if (has_word) line += ' ';
    for (const Glyph& glyph : glyphs(word)) {
      if (display_width(line) + width_of(glyph.code) > width) end_line();
      line += glyph.bytes;
    }
    has_word = true;
  }
  if (has_word || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string to_ascii(std::string_view text) {
  constexpr std::array<std::pair<char32_t, char>, 8> kSame = {{{U'µ', 'u'},
                                                               {U'–', '-'},
                                                               {U'…', '~'},
                                                               {U'×', 'x'},
                                                               {U'·', '-'},
                                                               {U'→', '>'},
                                                               {U'█', '#'},
                                                               {U'▏', '|'}}};
  std::string ascii;
  for (const Glyph& glyph : glyphs(text)) {
    if (glyph.code < 0x80) {
      ascii += static_cast<char>(glyph.code);
      continue;
    }
    const auto same = std::find_if(kSame.begin(), kSame.end(),
                                   [&](const auto& pair) { return pair.first == glyph.code; });
    if (same != kSame.end()) {
      ascii += same->second;
    } else {
      ascii.append(static_cast<std::size_t>(width_of(glyph.code)), '?');
    }
  }
  return ascii;
}

}  // namespace coldstart::results
