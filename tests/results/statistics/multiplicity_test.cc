#include "results/statistics/multiplicity.h"

#include <array>
#include <gtest/gtest.h>
#include <vector>

namespace coldstart::results {
namespace {

void expect_near(const std::vector<double>& got, const std::vector<double>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-12) << i;
}

// The 15 p-values of the example in Benjamini & Hochberg 1995, J. R. Statist. Soc. B 57,
// section 3.2 (thrombolysis after myocardial infarction).
constexpr std::array kThrombolysis = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201,
                                      0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                                      0.4262, 0.5719, 0.6528, 0.7590, 1.0};

TEST(BenjaminiHochberg, RejectsWhatThePaperRejects) {
  // "the four hypotheses" at q = 0.05; Bonferroni and Hochberg's method reject three.
  const auto adjusted = benjamini_hochberg(kThrombolysis);
  for (std::size_t i = 0; i < adjusted.size(); ++i) EXPECT_EQ(adjusted[i] <= 0.05, i < 4) << i;
}

TEST(BenjaminiHochberg, AgreesWithR) {
  // R 4.2.2, p.adjust(p, "BH")
  expect_near(benjamini_hochberg(kThrombolysis),
              {0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571428623,
               0.0638571428571428623, 0.0645, 0.0765, 0.486, 0.5811818181818181328, 0.714875,
               0.7532307692307692593, 0.8132142857142856673, 1});
  expect_near(benjamini_hochberg(std::array{0.01, 0.04, 0.03, 0.005}), {0.02, 0.04, 0.04, 0.02});
}

TEST(Holm, AgreesWithTheWorkedExampleAndR) {
  // Four hypotheses with p = 0.01, 0.04, 0.03, 0.005 (the example of the Wikipedia article
  // "Holm-Bonferroni method"): at 5 % the first and the last are rejected.
  const auto adjusted = holm(std::array{0.01, 0.04, 0.03, 0.005});
  expect_near(adjusted, {0.03, 0.06, 0.06, 0.02});  // R 4.2.2, p.adjust(p, "holm")
  expect_near(holm(kThrombolysis), {0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278,
                                    0.3213, 1, 1, 1, 1, 1, 1});
}

TEST(Multiplicity, OneHypothesisStaysAsItIs) {
  expect_near(holm(std::array{0.02}), {0.02});
  expect_near(benjamini_hochberg(std::array{0.02}), {0.02});
  EXPECT_TRUE(holm({}).empty());
  EXPECT_TRUE(benjamini_hochberg({}).empty());
}

}  // namespace
}  // namespace coldstart::results
