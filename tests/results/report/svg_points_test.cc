// Points of gnuplot's pictures as paths.
#include "results/report/svg_points.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>
#include <regex>

namespace coldstart::results {
namespace {

std::string use(int symbol, double x, double y, double scale = 2, const char* color = "black") {
  return fmt::format(
             "\t<use xlink:href='#gpPt{}' transform='translate({:.2f},{:.2f}) scale({:.2f})' "
             "color='{}'/>\n",
             symbol, x, y, scale, color)
      .substr(1);
}

TEST(SvgPoints, DiscsOfOneKindAreOnePathOfDots) {
  const std::string text = use(6, 10.26, 20) + use(6, 11, 19.4) + use(6, 11, 19.4) + "</g>";
  std::string_view svg = text;
  EXPECT_EQ(take_points(svg),
            "<path stroke=\"black\" stroke-linecap=\"round\" stroke-width=\"4\" "
            "d=\"m10.3 20h0m.7-.6h0m0 0h0\"/>");
  EXPECT_EQ(svg, "</g>");
}

TEST(SvgPoints, ATriangleHasItsThreeCornersAndACrossItsTwoLines) {
  const std::string text = use(8, 100, 50, 1) + use(1, 100, 50, 1);
  std::string_view svg = text;
  EXPECT_EQ(take_points(svg), "<path stroke=\"none\" fill=\"black\" d=\"m100 48.7l-1.3 2h2.6z\"/>");
  EXPECT_EQ(take_points(svg),
            "<path stroke=\"black\" stroke-width=\"0.222\" d=\"m99 49l2 2m0-2l-2 2m0-2\"/>");
  EXPECT_TRUE(svg.empty());
}

TEST(SvgPoints, OtherColoursSizesAndSymbolsAreAnotherPath) {
  for (const std::string& other :
       {use(6, 2, 2, 2, "red"), use(6, 2, 2, 3), use(8, 2, 2), use(3, 2, 2)}) {
    const std::string text = use(6, 1, 1) + other;
    std::string_view svg = text;
    EXPECT_FALSE(take_points(svg).empty());
    EXPECT_EQ(svg, other);
  }
}

TEST(SvgPoints, WhatIsNoPointOrNoKnownSymbolStays) {
  for (const std::string& text :
       {use(3, 1, 1), std::string("<g>"), std::string(), std::string("<use xlink:href='#gpPt6'/>"),
        use(6, 1, 1).substr(0, 40)}) {
    std::string_view svg = text;
    EXPECT_EQ(take_points(svg), "");
    EXPECT_EQ(svg, text);
  }
}

// Differences of rounded places do not add up to an error.
TEST(SvgPoints, NoneOfAThousandIsMoreThanHalfATenthAway) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> place(-50, 1000);
  std::vector<std::pair<double, double>> points;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    points.emplace_back(place(random), place(random));
    text += use(6, points.back().first, points.back().second);
  }
  std::string_view svg = text;
  const std::string path = take_points(svg);
  EXPECT_LT(path.size(), text.size() / 6);
  const std::regex move(R"(m(-?[\d.]+) ?(-?[\d.]+)h0)");
  double x = 0, y = 0;
  std::size_t n = 0;
  for (std::sregex_iterator it(path.begin(), path.end(), move), end; it != end; ++it, ++n) {
    x += std::stod((*it)[1]);
    y += std::stod((*it)[2]);
    ASSERT_LT(n, points.size());
    EXPECT_NEAR(x, points[n].first, 0.056);
    EXPECT_NEAR(y, points[n].second, 0.056);
  }
  EXPECT_EQ(n, points.size());
}

}  // namespace
}  // namespace coldstart::results
