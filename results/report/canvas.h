// What a picture is drawn on.
#pragma once

#include <string>

namespace coldstart::results {

struct PictureSize {
  int width = 0;  ///< pixels; of a PDF: points
  int height = 0;
  bool operator==(const PictureSize&) const = default;
};

/// Below this width names stand above their bars, panels below each other, the legend below all.
inline constexpr int kNarrow = 600;

struct Canvas {
  int width = 0;           ///< 0: as wide as the picture asks for
  int height = 0;          ///< 0: as high as the picture asks for
  std::string title = {};  ///< empty: none is drawn

  bool narrow() const { return width > 0 && width < kNarrow; }
};

}  // namespace coldstart::results
