// A folder with the files that the suites of these tests name, and the suite file itself.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

#include "harness/suite/suite.h"
#include "results/model/error.h"

namespace coldstart::harness {

class SuiteFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-suite-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    // Canonical, as the parser makes it, in case the temporary folder is a symbolic link.
    folder_ = std::filesystem::canonical(name);
    write("program", true);
    write("not-executable");
    write("app.js");
    write("app.py");
    write("app.jar");
    write("classes/Hello.class");
    write("rootfs/bin/hello", true);
    write("rootfs/not-executable");
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& path, bool executable = false) const {
    const auto file = folder_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "x";
    using std::filesystem::perms;
    std::filesystem::permissions(file, executable ? perms(0755) : perms(0644));
  }

  Suite parse(const std::string& yaml) const { return parse_suite(yaml, folder_ / "suite.yaml"); }

  /// The one function of a suite with nothing else in it. `keys`: as in "runtime: native, …".
  FunctionSpec parse_function(const std::string& keys) const {
    return parse("functions: [{name: f, " + keys + "}]").functions.at(0);
  }

  /// The lines of the error, without the name of the file; `<folder>` stands for the folder.
  std::vector<std::string> errors(const std::string& yaml) const {
    try {
      parse(yaml);
    } catch (const Error& error) {
      std::vector<std::string> lines;
      std::istringstream text(error.what());
      for (std::string line; std::getline(text, line);) {
        const std::string file = (folder_ / "suite.yaml").string() + ":";
        EXPECT_TRUE(line.starts_with(file)) << line;
        line = line.substr(file.size());
        const std::string folder = folder_.string();
        for (auto at = line.find(folder); at != std::string::npos; at = line.find(folder)) {
          line.replace(at, folder.size(), "<folder>");
        }
        lines.push_back(line);
      }
      return lines;
    }
    return {};
  }

  /// Errors of a suite whose only function has these keys, on line 2 from column 4 on.
  std::vector<std::string> function_errors(const std::string& keys) const {
    return errors("functions:\n - {" + keys + "}\n");
  }

  std::filesystem::path folder_;
};

using Lines = std::vector<std::string>;

}  // namespace coldstart::harness
