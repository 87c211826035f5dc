// Whatever is in a trace file: it is read, or refused with an Error that names its line.
// Deterministic.
#include <random>
#include <string_view>

#include "tests/harness/load/trace_files.h"

namespace coldstart::harness {
namespace {

class TraceFuzz : public TraceFiles {
 protected:
  static void expect_trace_or_error(const TracePattern& pattern) {
    try {
      for (const TraceFunction& function : read_trace(pattern).functions) {
        EXPECT_GT(function.invocations, 0U);
        EXPECT_FALSE(function.function.empty());
      }
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(".csv:"), std::string::npos) << text;
      EXPECT_NE(text.find("; "), std::string::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
  }

  // Every beginning of the text, every byte left out, and random edits.
  template <typename Try>
  static void mutate(const std::string& text, Try try_it) {
    for (std::size_t i = 0; i <= text.size(); ++i) try_it(text.substr(0, i));
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string edited = text;
      try_it(edited.erase(i, 1));
    }
    using namespace std::string_view_literals;
    constexpr auto kBytes = ",,,\n\r\"-+.eE0919xn \t\0\x7f\xff"sv;
    std::mt19937 random(20260101);  // NOLINT: the same mutations every time
    const auto below = [&](std::size_t limit) { return random() % limit; };
    for (int round = 0; round < 1500; ++round) {
      std::string edited = text;
      for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
        const std::size_t at = below(edited.size());
        switch (below(3)) {
          case 0:
            edited[at] = kBytes[below(kBytes.size())];
            break;
          case 1:
            edited.insert(at, 1, kBytes[below(kBytes.size())]);
            break;
          default:
            edited.insert(at, edited.substr(below(edited.size()), below(30)));
            break;
        }
      }
      try_it(edited);
    }
  }
};

TEST_F(TraceFuzz, Azure2019) {
  const std::string text = header_2019(5) + "o1,a1,f1,http,0,2,0,5,1\no1,a2,f2,timer,1,0,0,0,9\n";
  mutate(text, [&](const std::string& edited) { expect_trace_or_error(azure_2019(edited)); });
}

TEST_F(TraceFuzz, Azure2019Durations) {
  const std::string text = kDurationsHeader + "o,a,f,12.5,2,1,20,1,1,5,12,15,20,20\n";
  TracePattern pattern = azure_2019(header_2019(1) + "o,a,f,http,1\n");
  mutate(text, [&](const std::string& edited) {
    pattern.durations = write("durations.csv", edited);
    expect_trace_or_error(pattern);
  });
}

TEST_F(TraceFuzz, Azure2021) {
  const std::string text = kHeader2021 + "a1,f1,12.5,0.5\na1,f2,1e3,0.078\na2,f1,13.25,2\n";
  mutate(text, [&](const std::string& edited) { expect_trace_or_error(azure_2021(edited)); });
}

}  // namespace
}  // namespace coldstart::harness
