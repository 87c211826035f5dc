#include "results/report/svg_points.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace coldstart::results {
namespace {

// Symbols of gnuplot's SVG terminal, as it numbers them there.
constexpr int kCross = 1;
constexpr int kDisc = 6;
constexpr int kTriangle = 8;
// Their sizes, for a scale of 1, from the definitions at the head of its pictures.
constexpr double kTop = 1.33;
constexpr double kBottom = 0.67;
constexpr double kStroke = 0.222;

struct Point {
  int symbol = 0;
  double x = 0, y = 0;
  double scale = 0;
  std::string_view color;

  bool is_like(const Point& other) const {
    return symbol == other.symbol && scale == other.scale && color == other.color;
  }
};

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

template <typename T>
bool take_number(std::string_view& text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// Takes a point off the text, and the white space behind it.
std::optional<Point> take_point(std::string_view& svg) {
  std::string_view text = svg;
  Point point;
  const bool is_point = take(text, "<use xlink:href='#gpPt") && take_number(text, point.symbol) &&
                        take(text, "' transform='translate(") && take_number(text, point.x) &&
                        take(text, ",") && take_number(text, point.y) && take(text, ") scale(") &&
                        take_number(text, point.scale) && take(text, ")' color='");
  if (!is_point) return std::nullopt;
  point.color = text.substr(0, text.find('\''));
  text.remove_prefix(point.color.size());
  if (!take(text, "'/>")) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  svg = text;
  return point;
}

std::int64_t tenths(double value) { return std::llround(value * 10); }

// A number of tenths, as short as a path may have it. Behind another number it needs a space unless
// it has a sign.
std::string number(std::int64_t tenths, bool is_first) {
  const std::int64_t whole = std::abs(tenths) / 10;
  const std::int64_t rest = std::abs(tenths) % 10;
  std::string text = tenths < 0 ? "-" : is_first ? "" : " ";
  if (whole > 0 || rest == 0) text += fmt::format("{}", whole);
  if (rest > 0) text += fmt::format(".{}", rest);
  return text;
}

std::string pair(double x, double y) { return number(tenths(x), true) + number(tenths(y), false); }

struct Shape {
  double x = 0, y = 0;  // where its path begins, seen from the point
  std::string path;     // which ends where it began
  std::string attributes;
};

std::optional<Shape> shape_of(const Point& point) {
  const double s = point.scale;
  switch (point.symbol) {
    case kDisc:  // the round ends of a line of no length
      return Shape{0, 0, "h0",
                   fmt::format("stroke=\"{}\" stroke-linecap=\"round\" stroke-width=\"{:.3g}\"",
                               point.color, 2 * s)};
    case kTriangle:
      return Shape{0, -kTop * s,
                   fmt::format("l{}h{}z", pair(-kTop * s, (kTop + kBottom) * s),
                               number(2 * tenths(kTop * s), true)),
                   fmt::format("stroke=\"none\" fill=\"{}\"", point.color)};
    case kCross:
      return Shape{-s, -s,
                   fmt::format("l{}m{}l{}m{}", pair(2 * s, 2 * s), pair(0, -2 * s),
                               pair(-2 * s, 2 * s), pair(0, -2 * s)),
                   fmt::format("stroke=\"{}\" stroke-width=\"{:.3g}\"", point.color, kStroke * s)};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string take_points(std::string_view& svg) {
  std::string_view rest = svg;
  const std::optional<Point> first = take_point(rest);
  if (!first) return "";
  const std::optional<Shape> shape = shape_of(*first);
  if (!shape) return "";
  std::string path = "<path " + shape->attributes + " d=\"";
  std::int64_t x = 0, y = 0;
  for (std::optional<Point> point = first; point && point->is_like(*first);) {
    svg = rest;
    const std::int64_t to_x = tenths(point->x + shape->x);
    const std::int64_t to_y = tenths(point->y + shape->y);
    path += "m" + number(to_x - x, true) + number(to_y - y, false) + shape->path;
    x = to_x;
    y = to_y;
    point = take_point(rest);
  }
  return path + "\"/>";
}

}  // namespace coldstart::results
