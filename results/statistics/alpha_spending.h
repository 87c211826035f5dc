// Looking several times at growing data without raising the rate of false alarms: group-sequential
// tests with the O'Brien-Fleming spending function of Lan & DeMets 1983 ("Discrete sequential
// boundaries for clinical trials", Biometrika 70, 659-663).
#pragma once

#include <span>
#include <vector>

namespace coldstart::results {

/// What may be spent by the time that `fraction` (0 to 1) of the planned data is there:
/// 2 (1 - Phi(z_{alpha/2} / sqrt(fraction))), one-sided.
double obrien_fleming_spending(double alpha, double fraction);

/// For looks at these fractions of the planned data (ascending, the last one 1): the one-sided
/// p-value at which each look may stop, so that any of them does with probability alpha at most if
/// the hypothesis is true. The last look spends what is left. Computed by numerical integration of
/// the statistic's density (Armitage, McPherson & Rowe 1969); a level too small for a double is 0.
std::vector<double> obrien_fleming_levels(double alpha, std::span<const double> fractions);

/// The probability that a standard Brownian motion's statistic Z exceeds the bounds at one of the
/// looks.
double crossing_probability(std::span<const double> bounds, std::span<const double> fractions);

}  // namespace coldstart::results
