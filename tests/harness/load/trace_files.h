// A folder for the traces that a test writes.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "harness/load/trace.h"
#include "results/model/error.h"

namespace coldstart::harness {

class TraceFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-trace-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  TracePattern azure_2019(const std::string& text) const {
    TracePattern pattern;
    pattern.file = write("invocations.csv", text);
    pattern.format = TraceFormat::kAzure2019;
    return pattern;
  }
  TracePattern azure_2021(const std::string& text) const {
    TracePattern pattern;
    pattern.file = write("requests.csv", text);
    pattern.format = TraceFormat::kAzure2021;
    return pattern;
  }

  /// What is wrong with a trace, without the name of the folder; empty: nothing.
  std::string complaint(const TracePattern& pattern) const {
    try {
      read_trace(pattern);
    } catch (const Error& error) {
      const std::string text = error.what();
      const std::string folder = folder_.string() + "/";
      EXPECT_TRUE(text.starts_with(folder)) << text;
      return text.substr(folder.size());
    }
    return "";
  }

  static std::string header_2019(int minutes) {
    std::string header = "HashOwner,HashApp,HashFunction,Trigger";
    for (int minute = 1; minute <= minutes; ++minute) header += "," + std::to_string(minute);
    return header + "\n";
  }

  std::filesystem::path folder_;
};

inline const std::string kDurationsHeader =
    "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,"
    "percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,"
    "percentile_Average_99,percentile_Average_100\n";
inline const std::string kHeader2021 = "app,func,end_timestamp,duration\n";

}  // namespace coldstart::harness
