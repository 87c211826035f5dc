// What several pictures are made of: rows with names, legends, labels. Used by the plot scripts
// only.
#pragma once

#include <string>
#include <vector>

#include "results/report/canvas.h"
#include "results/report/palette.h"

namespace coldstart::results {

/// Colours by their part. A page replaces them by its own (picture_theme.h).
inline constexpr const char* kInk = "#000000";
inline constexpr const char* kSoftInk = "#505050";
inline constexpr const char* kBorder = "#707070";
inline constexpr const char* kGrid = "#dddddd";

/// `text` as a gnuplot string in which nothing is expanded.
std::string plot_quoted(const std::string& text);
/// The same for a tick, where gnuplot would read formats.
std::string plot_tick(const std::string& text);

std::string plot_label(const std::string& text, const std::string& at, const std::string& style);

/// Pixels that a text takes in the font of the axes, or a little less.
int plot_text_width(const std::string& text);

/// A coloured square and what it stands for.
struct LegendEntry {
  std::string name;
  std::string color;
  bool hatched = false;
  int x = 0;  ///< filled by place_legend: pixels from the left, and the row
  int row = 0;
};
/// Places the entries side by side in rows of `width`; returns the number of rows.
int place_legend(std::vector<LegendEntry>& entries, int width);
inline constexpr int kLegendRow = 24;

/// Rectangles between two gnuplot coordinates.
std::string plot_rectangle(const std::string& from, const std::string& to, const std::string& color,
                           bool hatched);

/// One panel or several below each other (side by side where there is room for that), in pixels
/// from the lower left corner.
struct Frame {
  int width = 0, height = 0;
  int names = 0;  ///< pixels left of the first panel; 0: the names stand above their rows

  double x(double pixels) const { return pixels / width; }
  double y(double pixels) const { return pixels / height; }
  std::string screen(double px, double py) const;
  /// The margins of a panel.
  std::string panel(int left, int right, int bottom, int top) const;
  std::string title(const std::string& text) const;
  /// Legend whose first row is centred at `top` pixels.
  std::string legend(const std::vector<LegendEntry>& entries, int top) const;
};

inline constexpr int kLongestName = 44;  ///< characters; the middle of a longer one is cut out
/// Room for names left of a panel, or 0 where they go above their rows.
int room_for_names(const std::vector<std::string>& names, const Canvas& canvas);

/// Ticks on the y axis, the first name at the top (y = count … 1); none where frame.names is 0.
std::string row_names(const std::vector<std::string>& names, const Frame& frame);
/// Where frame.names is 0: the names inside the panel, `above` rows above the middle of their row.
std::string names_above(const std::vector<std::string>& names, const Frame& frame, double above);

/// A logarithmic axis of time for these values, `pixels` wide: range, ticks, name.
struct TimeAxis {
  double scale = 1;  ///< nanoseconds per unit
  std::string commands;
};
TimeAxis time_axis(double low_ns, double high_ns, int pixels, const std::string& what);

}  // namespace coldstart::results
