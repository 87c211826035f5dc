// How text reports are drawn.
#pragma once

namespace coldstart::results {

struct TextStyle {
  int width = 80;       ///< columns; no line is wider
  bool color = false;   ///< ANSI colours; without them bars are drawn with letters
  bool unicode = true;  ///< false: ASCII only
};

}  // namespace coldstart::results
