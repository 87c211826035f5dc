#include "results/statistics/digest.h"

#include <utility>

namespace coldstart::results {

Digest digest(Run run) {
  Digest digest{std::move(run), {}, {}};
  digest.summaries = summarize(digest.run);
  digest.causes = summarize_causes(digest.run);
  return digest;
}

}  // namespace coldstart::results
