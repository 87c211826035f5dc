#include "harness/load/unit_process.h"

#include <cmath>

namespace coldstart::harness {

UnitProcess::UnitProcess(Spacing spacing, RandomStream random)
    : spacing_(spacing), random_(random) {}

double UnitProcess::next() {
  at_ += gap();
  is_first_ = false;
  return at_;
}

double UnitProcess::gap() {
  switch (spacing_) {
    case Spacing::kEven:
      return is_first_ ? random_.uniform() : 1;
    case Spacing::kPoisson:
      return random_.exponential();
    case Spacing::kUniform:
      return is_first_ ? 2 * (1 - std::sqrt(random_.uniform())) : 2 * random_.uniform();
  }
  return 1;
}

}  // namespace coldstart::harness
