#include "results/export/csv.h"

#include <gtest/gtest.h>
#include <map>

#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using Row = std::map<std::string, std::string>;

// A reader of RFC 4180 that is not lenient: rows end with CRLF, quotes stand where they may.
std::vector<std::vector<std::string>> parse(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::size_t at = 0;
  while (at < text.size()) {
    std::vector<std::string>& row = rows.emplace_back();
    for (bool more = true; more;) {
      std::string field;
      if (text.at(at) == '"') {
        for (++at;; ++at) {
          if (text.at(at) == '"' && text.at(at + 1) != '"') break;
          if (text.at(at) == '"') ++at;
          field += text.at(at);
        }
        ++at;
      } else {
        while (text.at(at) != ',' && text.at(at) != '\r') {
          EXPECT_NE(text.at(at), '"');
          EXPECT_NE(text.at(at), '\n');
          field += text.at(at++);
        }
      }
      row.push_back(field);
      more = text.at(at) == ',';
      EXPECT_TRUE(more || text.substr(at, 2) == "\r\n");
      at += more ? 1 : 2;
    }
  }
  return rows;
}

std::vector<Row> rows_of(const std::string& text) {
  const auto lines = parse(text);
  std::vector<Row> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].size(), lines[0].size()) << "row " << i;
    Row& row = rows.emplace_back();
    for (std::size_t c = 0; c < lines[0].size(); ++c) row[lines[0][c]] = lines[i].at(c);
  }
  return rows;
}

TEST(Csv, HasARowForEachStartAlsoForThoseThatFailed) {
  const coldstart::Run run = testing::realistic_run(12);
  const auto rows = rows_of(export_csv(run, CsvRows::kStarts));
  ASSERT_EQ(rows.size(), run.starts.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Start& start = run.starts[i];
    EXPECT_EQ(rows[i].at("function"), start.function);
    EXPECT_EQ(rows[i].at("outcome"), name(start.outcome));
    EXPECT_EQ(rows[i].at("usable"), start.usable() ? "true" : "false");
    const auto latency = latency_ns(start.timeline);
    EXPECT_EQ(rows[i].at("latency_ns"), latency ? std::to_string(*latency) : "");
  }
}

TEST(Csv, WhatIsAbsentIsEmptyAndZeroIsZero) {
  coldstart::Run run = testing::plain_run({"f"}, 0);
  Start start = testing::full_start("f", 1);
  start.http_status.reset();
  run.starts = {start};
  const Row row = rows_of(export_csv(run, CsvRows::kStarts)).at(0);
  EXPECT_EQ(row.at("linked_ns"), "");
  EXPECT_EQ(row.at("runtime_ready_ns"), "");
  EXPECT_EQ(row.at("http_status"), "");
  EXPECT_EQ(row.at("in_flight"), "");
  EXPECT_EQ(row.at("connect_retries"), "0");
  EXPECT_EQ(row.at("exit_status"), "0");
}

TEST(Csv, TextWithCommasQuotesAndLinesComesBackWhole) {
  coldstart::Run run = testing::plain_run({"a,\"b\""}, 1);
  run.starts[0].outcome = Outcome::kCrashed;
  run.starts[0].message = "first\nsecond, \"quoted\"\r\n";
  const Row row = rows_of(export_csv(run, CsvRows::kStarts)).at(0);
  EXPECT_EQ(row.at("function"), "a,\"b\"");
  EXPECT_EQ(row.at("message"), "first\nsecond, \"quoted\"\r\n");
}

TEST(Csv, PhasesOfAStartAddUpToItsLatencyAndCausesToTheirPhase) {
  const coldstart::Run run = testing::accounted_run(3);
  std::map<std::string, std::int64_t> sums;
  for (const Row& row : rows_of(export_csv(run, CsvRows::kPhases))) {
    const std::int64_t length = std::stoll(row.at("length_ns"));
    if (row.at("outcome") == "ok") sums[row.at("order")] += length;
    if (row.at("cpu_ns").empty()) continue;
    EXPECT_EQ(std::stoll(row.at("cpu_ns")) + std::stoll(row.at("runnable_ns")) +
                  std::stoll(row.at("disk_ns")) + std::stoll(row.at("wait_ns")),
              length);
  }
  for (const Start& start : run.starts) {
    if (start.outcome == Outcome::kOk) {
      EXPECT_EQ(sums.at(std::to_string(start.order)), latency_ns(start.timeline));
    }
  }
}

TEST(Csv, PhasesWithoutCausesHaveEmptyCauses) {
  const coldstart::Run run = testing::plain_run({"f"}, 1);
  const auto rows = rows_of(export_csv(run, CsvRows::kPhases));
  ASSERT_EQ(rows.size(), kPhaseCount);
  for (const Row& row : rows) EXPECT_EQ(row.at("cpu_ns") + row.at("read_bytes"), "");
}

TEST(Csv, InvocationsNameTheirFunctionAndTheirLoad) {
  coldstart::Run run = testing::plain_run({"f", "g"}, 0);
  run.loads.emplace_back().name = "steady";
  Invocation& answered = run.invocations.emplace_back();
  answered.function = 1;
  answered.instance = 7;
  answered.cold = true;
  answered.due_ns = 5;
  answered.sent_ns = 6;
  answered.first_byte_ns = 0;
  run.invocations.emplace_back().outcome = Outcome::kDropped;
  const auto rows = rows_of(export_csv(run, CsvRows::kInvocations));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("function"), "g");
  EXPECT_EQ(rows[0].at("load"), "steady");
  EXPECT_EQ(rows[0].at("cold"), "true");
  EXPECT_EQ(rows[0].at("first_byte_ns"), "0");
  EXPECT_EQ(rows[1].at("instance"), "");
  EXPECT_EQ(rows[1].at("outcome"), "dropped");
  EXPECT_EQ(rows[1].at("sent_ns"), "");
}

TEST(Csv, InvocationsSayWhetherTheyWereWarmUpAndWhetherTimeWasCompressed) {
  coldstart::Run run = testing::loaded_run();
  run.loads[0].parameters = R"({"warmup_s": 1})";
  const auto rows = rows_of(export_csv(run, CsvRows::kInvocations));
  ASSERT_EQ(rows.size(), run.invocations.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Invocation& invocation = run.invocations[i];
    const bool steady = invocation.load == 0;
    EXPECT_EQ(rows[i].at("warmup") == "true", steady && invocation.due_ns < 1'000'000'000);
    EXPECT_EQ(rows[i].at("time_scale"), steady ? "1" : "60");
    EXPECT_EQ(rows[i].at("due_ns"), std::to_string(invocation.due_ns));
  }
}

TEST(Csv, InstancesHaveTheirLives) {
  coldstart::Run run = testing::loaded_run();
  run.instances.push_back(testing::full_instance());
  run.instances.emplace_back().end = "failed to start";
  const auto rows = rows_of(export_csv(run, CsvRows::kInstances));
  ASSERT_EQ(rows.size(), run.instances.size());
  const InstanceLife full = testing::full_instance();
  const Row& row = rows[rows.size() - 2];
  EXPECT_EQ(row.at("function"), run.functions.at(full.function).name);
  EXPECT_EQ(row.at("load"), run.loads.at(full.load).name);
  EXPECT_EQ(row.at("instance"), std::to_string(full.instance));
  EXPECT_EQ(row.at("requested_ns"), std::to_string(full.requested_ns));
  EXPECT_EQ(row.at("ready_ns"), std::to_string(*full.ready_ns));
  EXPECT_EQ(row.at("ended_ns"), std::to_string(*full.ended_ns));
  EXPECT_EQ(row.at("ended_by"), full.end);
  EXPECT_EQ(row.at("invocations"), std::to_string(full.invocations));
  EXPECT_EQ(row.at("peak_memory_bytes"), std::to_string(*full.peak_memory_bytes));
  EXPECT_EQ(rows.back().at("ready_ns") + rows.back().at("ended_ns"), "");
  EXPECT_EQ(rows.back().at("peak_memory_bytes"), "");
  EXPECT_EQ(rows.back().at("invocations"), "0");
}

TEST(Csv, OfARunWithoutSuchRowsIsTheHeader) {
  const coldstart::Run run = testing::plain_run({}, 0);
  for (const CsvRows rows :
       {CsvRows::kStarts, CsvRows::kPhases, CsvRows::kInvocations, CsvRows::kInstances}) {
    EXPECT_EQ(parse(export_csv(run, rows)).size(), 1U);
  }
}

}  // namespace
}  // namespace coldstart::results
