#include "results/report/text.h"

#include <gtest/gtest.h>

namespace coldstart::results {
namespace {

TEST(Text, WidthIsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0);
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("1.23 µs"), 7);
  EXPECT_EQ(display_width("–…×█▒"), 5);
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(display_width("e\u0301"), 1);
  EXPECT_EQ(display_width("\x1b[38;5;178m██\x1b[0m"), 2);
  EXPECT_EQ(display_width("\xff\xfe"), 2);
}

TEST(Text, PrintableTextCannotControlTheTerminal) {
  EXPECT_EQ(printable("a\nb\r\tc"), "a b c");
  EXPECT_EQ(printable("\x1b[2Jboo"), "[2Jboo");
  EXPECT_EQ(printable("tail\n"), "tail");
  EXPECT_EQ(printable("\u009b31mred"), "31mred");
  EXPECT_EQ(printable("bad \xff byte"), "bad ? byte");
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");        // a surrogate
  EXPECT_EQ(printable("\xc0\xaf"), "??");             // overlong
  EXPECT_EQ(printable("evil\u202etxt"), "evil?txt");  // right-to-left override
  EXPECT_EQ(printable("ü 日本 µs"), "ü 日本 µs");
}

TEST(Text, LongNamesKeepBothEnds) {
  EXPECT_EQ(fit("short", 10), "short");
  EXPECT_EQ(fit("a-long-name-v1", 9), "a-lo…e-v1");
  EXPECT_EQ(display_width(fit("日本語の名前です", 8)), 7);  // a wide character more would not fit
  EXPECT_EQ(fit("abc", 1), "…");
  EXPECT_EQ(fit("abc", 0), "");
}

TEST(Text, PaddingCountsColumns) {
  EXPECT_EQ(pad_right("µs", 4), "µs  ");
  EXPECT_EQ(pad_left("µs", 4), "  µs");
  EXPECT_EQ(pad_left("long", 2), "long");
}

TEST(Text, WrapBreaksAtSpacesAndLongWordsAnywhere) {
  EXPECT_EQ(wrap("one two three", 8, 2), (std::vector<std::string>{"one two", "  three"}));
  EXPECT_EQ(wrap("abcdefghij", 4, 1), (std::vector<std::string>{"abcd", " efg", " hij"}));
  EXPECT_EQ(wrap("", 10), std::vector<std::string>{""});
  for (const std::string& line : wrap("the µs of a müßig — and long — sentence", 9, 2)) {
    EXPECT_LE(display_width(line), 9) << line;
  }
}

TEST(Text, AsciiKeepsTheWidth) {
  const std::string text = "1.23 µs – 4× … · → █ ▏ ü 日";
  const std::string ascii = to_ascii(text);
  EXPECT_EQ(ascii, "1.23 us - 4x ~ - > # | ? ??");
  EXPECT_EQ(display_width(ascii), display_width(text));
}

TEST(FitBegin, CutsTheEndAndNeverACharacter) {
  EXPECT_EQ(fit_begin("cpp", 3), "cpp");
  EXPECT_EQ(fit_begin("cpp-static", 5), "cpp-…");
  EXPECT_EQ(fit_begin("µµµµ", 3), "µµ…");
  EXPECT_EQ(fit_begin("日本語", 4), "日…");  // two columns each: the next would be half outside
  EXPECT_EQ(fit_begin("cpp", 0), "");
}

}  // namespace
}  // namespace coldstart::results
