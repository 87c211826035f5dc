// Points on a line, one a unit on average: what the patterns that have a rate stretch into time.
#pragma once

#include "harness/load/random.h"
#include "harness/suite/load_spec.h"

namespace coldstart::harness {

/// kEven: one a unit, all shifted by one random part of a unit, so that functions that are driven
/// together are not called at the same moments. kPoisson: gaps are exponential. kUniform: gaps are
/// uniform in [0, 2); the first one is what is left of such a gap at a random moment (density
/// 1 - x/2: Cox, Renewal Theory, 1962, section 5.2), so that as many are expected in each unit from
/// the beginning on.
class UnitProcess {
 public:
  UnitProcess(Spacing spacing, RandomStream random);
  /// In ascending order, from above 0 on.
  double next();

 private:
  double gap();

  Spacing spacing_;
  RandomStream random_;
  bool is_first_ = true;
  double at_ = 0;
};

}  // namespace coldstart::harness
