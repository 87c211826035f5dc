// Traces of both formats: what is read of them, and which ones are refused, with their line.
#include <chrono>

#include "harness/load/trace.h"
#include "tests/harness/load/trace_files.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

class Azure2019 : public TraceFiles {};
class Azure2021 : public TraceFiles {};

TEST_F(Azure2019, HasTheMinutesInWhichAFunctionWasCalled) {
  const Trace trace =
      read_trace(azure_2019(header_2019(4) + "o1,a1,f1,http,0,2,0,5\no1,a1,f2,timer,1,0,0,0\r\n"));
  ASSERT_EQ(trace.functions.size(), 2U);
  const TraceFunction& first = trace.functions[0];
  EXPECT_EQ(first.owner, "o1");
  EXPECT_EQ(first.app, "a1");
  EXPECT_EQ(first.function, "f1");
  EXPECT_EQ(first.invocations, 7U);
  ASSERT_EQ(first.minutes.size(), 2U);
  EXPECT_EQ(first.minutes[0].minute, 1U);
  EXPECT_EQ(first.minutes[0].count, 2U);
  EXPECT_EQ(first.minutes[1].minute, 3U);
  EXPECT_EQ(first.minutes[1].count, 5U);
  EXPECT_FALSE(first.durations.has_value());
  EXPECT_EQ(trace.functions[1].function, "f2");
}

TEST_F(Azure2019, ADayHas1440Minutes) {
  std::string row = "o,a,f,queue";
  for (int minute = 0; minute < 1440; ++minute) row += minute == 1439 ? ",4294967295" : ",0";
  const Trace trace = read_trace(azure_2019(header_2019(1440) + row + "\n"));
  EXPECT_EQ(trace.functions.at(0).minutes.at(0).minute, 1439U);
  EXPECT_EQ(trace.functions.at(0).invocations, 4294967295U);
  EXPECT_EQ(complaint(azure_2019(header_2019(1441))),
            "invocations.csv:1: there are more than 1440 minutes; write one file a day");
}

TEST_F(Azure2019, TheBusiestComeFirstAndThoseAfterTheWantedNumberAreLeftOut) {
  TracePattern pattern = azure_2019(header_2019(2) +
                                    "o,a,quiet,http,1,0\no,a,never,http,0,0\no,a,busy,http,9,9\n"
                                    "o,a,middle,http,2,3\no,a,same,http,5,0\no,a,less,http,1,1\n");
  const auto names = [&](std::optional<int> functions) {
    pattern.functions = functions;
    std::vector<std::string> found;
    for (const TraceFunction& f : read_trace(pattern).functions) found.push_back(f.function);
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({}), (Names{"busy", "middle", "same", "less", "quiet"}));
  EXPECT_EQ(names(1), Names{"busy"});
  EXPECT_EQ(names(3), (Names{"busy", "middle", "same"}));
  EXPECT_EQ(names(100), names({}));
}

TEST_F(Azure2019, DurationsAreOfTheFunctionWithTheSameHashes) {
  TracePattern pattern = azure_2019(header_2019(1) + "o,a,f,http,3\no,b,f,http,2\no,a,g,http,1\n");
  pattern.durations = write("durations.csv", kDurationsHeader +
                                                 "o,b,f,12.5,2,1,20,1,1,5,12,15,20,20\n"
                                                 "x,x,x,1,1,1,1,1,1,1,1,1,1,1\n"
                                                 "o,a,f,0,3,0,0,0,0,0,0,0,0,0\n");
  const Trace trace = read_trace(pattern);
  ASSERT_TRUE(trace.functions.at(0).durations.has_value());
  EXPECT_EQ(trace.functions.at(0).durations->average, 0ns);
  ASSERT_TRUE(trace.functions.at(1).durations.has_value());
  EXPECT_EQ(trace.functions.at(1).durations->average, 12'500us);
  ASSERT_TRUE(trace.functions.at(1).durations->percentiles.has_value());
  EXPECT_EQ(trace.functions.at(1).durations->percentiles->at(3), 12ms);
  EXPECT_EQ(trace.functions.at(1).durations->percentiles->at(6), 20ms);
  EXPECT_FALSE(trace.functions.at(2).durations.has_value());
}

TEST_F(Azure2019, PercentilesMayBeEmptyAllTogether) {
  TracePattern pattern = azure_2019(header_2019(1) + "o,a,f,http,3\n");
  pattern.durations = write("durations.csv", kDurationsHeader + "o,a,f,12.5,2,1,20,,,,,,,\n");
  const Trace trace = read_trace(pattern);
  ASSERT_TRUE(trace.functions.at(0).durations.has_value());
  EXPECT_EQ(trace.functions.at(0).durations->average, 12'500us);
  EXPECT_FALSE(trace.functions.at(0).durations->percentiles.has_value());
}

TEST_F(Azure2019, MalformedRowsAreRefusedWithTheirLine) {
  const std::string header = header_2019(2);
  const std::string good = "o,a,f,http,1,2\n";
  const auto is = [&](const std::string& text) { return complaint(azure_2019(text)); };
  const std::string fetch = "; correct it, or fetch the file again";
  EXPECT_EQ(is(header + good + "o,a,f,http,1\n"),
            "invocations.csv:3: this row has 5 columns, the header 6; "
            "correct the row, or fetch the file again");
  EXPECT_EQ(is(header + good + good + "o,a,f,http,1,2,3\n"),
            "invocations.csv:4: this row has 7 columns, the header 6; "
            "correct the row, or fetch the file again");
  EXPECT_EQ(is(header + "o,a,f,http,1,x\n"),
            "invocations.csv:2: column 6 must be a whole number from 0 on, not 'x'" + fetch);
  for (const std::string value : {"-1", "1.5", "", " 1", "1 ", "1e3", "4294967296", "\"1\""}) {
    EXPECT_EQ(is(header + "o,a,f,http,1," + value + "\n"),
              "invocations.csv:2: column 6 must be a whole number from 0 on, not '" + value + "'" +
                  fetch);
  }
  EXPECT_EQ(is(header + "o,,f,http,1,2\n"), "invocations.csv:2: column 2 is empty" + fetch);
  EXPECT_EQ(is(header + "o,a,f\x01,http,1,2\n"),
            "invocations.csv:2: column 3 must be a hash, not 'f?'" + fetch);
  EXPECT_EQ(is(header + good + "\n" + good),
            "invocations.csv:3: this row has 1 columns, the header 6; "
            "correct the row, or fetch the file again");
  EXPECT_EQ(is(header + good + "o,a,f,http,1,2"),
            "invocations.csv:3: the last row has no end of line; "
            "fetch the file again, it may have broken off; else end it with a new line");
  EXPECT_EQ(is(header + std::string(2'000'000, 'x')),
            "invocations.csv:2: this row is longer than 1 MiB; name a file of the trace format");
}

TEST_F(Azure2019, FilesWithoutTheHeaderAreRefused) {
  const std::string remedy = "; the first row must be HashOwner,HashApp,HashFunction,Trigger,1,2,…";
  const auto is = [&](const std::string& text) { return complaint(azure_2019(text)); };
  EXPECT_EQ(is(""), "invocations.csv:1: the file is empty" + remedy);
  EXPECT_EQ(is("o,a,f,http,1,2\n"),
            "invocations.csv:1: this is no header of azure-2019 invocations" + remedy);
  EXPECT_EQ(is("HashOwner,HashApp,HashFunction,Trigger\n"),
            "invocations.csv:1: this is no header of azure-2019 invocations" + remedy);
  EXPECT_EQ(is("HashOwner,HashApp,HashFunction,Trigger,1,3\n"),
            "invocations.csv:1: column 6 must be minute 2" + remedy);
  EXPECT_EQ(is(kHeader2021),
            "invocations.csv:1: this is no header of azure-2019 invocations" + remedy);
}

TEST_F(Azure2019, ATraceWithoutAnInvocationIsRefused) {
  EXPECT_EQ(complaint(azure_2019(header_2019(2) + "o,a,f,http,0,0\n")),
            "invocations.csv: has no invocation in it; name another file");
  EXPECT_EQ(complaint(azure_2019(header_2019(2))),
            "invocations.csv: has no invocation in it; name another file");
}

TEST_F(Azure2019, DurationsThatAreMalformedAreRefusedWithTheirLine) {
  const auto is = [&](const std::string& text) {
    TracePattern pattern = azure_2019(header_2019(1) + "o,a,f,http,3\n");
    pattern.durations = write("durations.csv", text);
    return complaint(pattern);
  };
  EXPECT_EQ(is("o,a,f,1,1,1,1,1,1,1,1,1,1,1\n").substr(0, 60),
            "durations.csv:1: this is no header of azure-2019 durations; ");
  EXPECT_EQ(is(kDurationsHeader + "o,a,f,1,1,1,1,1,1,1,1,1,1\n"),
            "durations.csv:2: this row has 13 columns, the header 14; "
            "correct the row, or fetch the file again");
  for (const std::string value : {"-1", "x", "nan", "inf", ""}) {
    EXPECT_EQ(is(kDurationsHeader + "o,a,f," + value + ",1,1,1,1,1,1,1,1,1,1\n"),
              "durations.csv:2: column 4 must be a number from 0 on, not '" + value +
                  "'; correct it, or fetch the file again");
  }
  EXPECT_EQ(is(kDurationsHeader + "o,a,f,1,1,1,1,1,2,3,,5,6,7\n"),
            "durations.csv:2: column 11 must be a number from 0 on, not ''; "
            "correct it, or fetch the file again");
  EXPECT_EQ(is(kDurationsHeader + "o,a,f,1,1,1,1,1,2,3,2,5,6,7\n"),
            "durations.csv:2: column 11 is less than the percentile before it; "
            "correct it, or fetch the file again");
  // Of functions that are not replayed, too.
  EXPECT_EQ(is(kDurationsHeader + "o,a,g,1,1,1,1,1,1,1,1,1,1,y\n"),
            "durations.csv:2: column 14 must be a number from 0 on, not 'y'; "
            "correct it, or fetch the file again");
}

TEST_F(Azure2019, AFileThatIsNotThere) {
  TracePattern pattern;
  pattern.file = folder_ / "none.csv";
  EXPECT_EQ(complaint(pattern),
            "none.csv: cannot be read: No such file or directory; "
            "check the path and its permissions");
}

TEST_F(Azure2021, ARequestStartsItsDurationBeforeItsEnd) {
  const Trace trace = read_trace(azure_2021(kHeader2021 + "a,f,12.5,0.5\n"
                                                          "a,f,13,2\n"
                                                          "a,g,100.25,0\n"));
  ASSERT_EQ(trace.functions.size(), 2U);
  const auto& requests = trace.functions[0].requests;
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].start, 0s);  // 11 s: the first of the file
  EXPECT_EQ(requests[0].duration, 2s);
  EXPECT_EQ(requests[1].start, 1s);
  EXPECT_EQ(requests[1].duration, 500ms);
  EXPECT_EQ(trace.functions[1].requests.at(0).start, 89'250ms);
}

TEST_F(Azure2021, TheBusiestOnlyAndStillOnTheClockOfTheWholeFile) {
  TracePattern pattern = azure_2021(kHeader2021 + "a,quiet,5,1\na,busy,7,1\na,busy,8,1\n");
  pattern.functions = 1;
  const Trace trace = read_trace(pattern);
  ASSERT_EQ(trace.functions.size(), 1U);
  EXPECT_EQ(trace.functions[0].function, "busy");
  EXPECT_EQ(trace.functions[0].requests.at(0).start, 2s);
}

TEST_F(Azure2021, MalformedRowsAreRefusedWithTheirLine) {
  const auto is = [&](const std::string& text) { return complaint(azure_2021(text)); };
  const std::string header = "; the first row must be app,func,end_timestamp,duration";
  EXPECT_EQ(is("a,f,1,2\n"), "requests.csv:1: this is no header of azure-2021" + header);
  EXPECT_EQ(is(""), "requests.csv:1: this is no header of azure-2021" + header);
  EXPECT_EQ(is(kHeader2021 + "a,f,1\n"),
            "requests.csv:2: this row has 3 columns, the header 4; "
            "correct the row, or fetch the file again");
  EXPECT_EQ(is(kHeader2021 + "a,f,1,1\na,f,1,-0.5\n"),
            "requests.csv:3: column 4 must be a number from 0 on, not '-0.5'; "
            "correct it, or fetch the file again");
  EXPECT_EQ(is(kHeader2021 + "a,f,soon,1\n"),
            "requests.csv:2: column 3 must be a number from 0 on, not 'soon'; "
            "correct it, or fetch the file again");
  EXPECT_EQ(is(kHeader2021 + "a,f,1e300,1\n"),
            "requests.csv:2: this request ends or lasts more than a billion seconds; correct it");
  EXPECT_EQ(is(kHeader2021 + "a,f,1,1"),
            "requests.csv:2: the last row has no end of line; "
            "fetch the file again, it may have broken off; else end it with a new line");
  EXPECT_EQ(is(kHeader2021), "requests.csv: has no invocation in it; name another file");
}

}  // namespace
}  // namespace coldstart::harness
