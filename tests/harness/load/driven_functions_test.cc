#include "harness/load/driven_functions.h"

#include "tests/harness/load/drawn.h"
#include "tests/harness/load/trace_files.h"

namespace coldstart::harness {
namespace {

class DrivenFunctions : public TraceFiles {
 protected:
  static std::vector<FunctionSpec> suite(const std::vector<std::string>& names) {
    std::vector<FunctionSpec> functions;
    for (const std::string& name : names) {
      FunctionSpec function;
      function.name = name;
      function.command = {"/bin/" + name};
      functions.push_back(function);
    }
    return functions;
  }
  static std::vector<std::string> driven(LoadSpec& load,
                                         const std::vector<FunctionSpec>& functions) {
    std::vector<std::string> names;
    for (const auto& function : driven_functions(load, functions)) names.push_back(function.name);
    return names;
  }
};

using Names = std::vector<std::string>;

TEST_F(DrivenFunctions, AreThoseThatTheLoadNamesInTheOrderOfTheSuite) {
  LoadSpec load = load_of(BurstPattern{{1}, {}, 1});
  const auto functions = suite({"cpp", "java", "node"});
  EXPECT_EQ(driven(load, functions), (Names{"cpp", "java", "node"}));
  load.functions = {"node", "cpp"};
  EXPECT_EQ(driven(load, functions), (Names{"cpp", "node"}));
  load.functions = {"python", "cpp"};  // python was not chosen
  EXPECT_EQ(driven(load, functions), Names{"cpp"});
}

TEST_F(DrivenFunctions, OfATraceAreItsFunctionsDealtOutInTurn) {
  LoadSpec load =
      load_of(azure_2019(header_2019(1) + "o,a,aaaaaa1111,http,1\no,a,bbbbbb2222,http,9\n"
                                          "o,a,cccccc3333,http,5\n"));
  const auto functions = driven_functions(load, suite({"cpp", "java"}));
  ASSERT_EQ(functions.size(), 3U);
  EXPECT_EQ(functions[0].name, "cpp:bbbbbb");
  EXPECT_EQ(functions[1].name, "java:cccccc");
  EXPECT_EQ(functions[2].name, "cpp:aaaaaa");
  EXPECT_EQ(functions[2].command, Names{"/bin/cpp"});
  EXPECT_EQ(functions[2].sweep_of, "cpp");
  EXPECT_EQ(functions[2].sweep_key, "trace");
  EXPECT_EQ(due_times(load, 1, 0).size(), 9U);
  EXPECT_EQ(due_times(load, 1, 1).size(), 5U);
  EXPECT_EQ(due_times(load, 1, 2).size(), 1U);
}

TEST_F(DrivenFunctions, OfATraceHaveNamesThatDiffer) {
  LoadSpec load =
      load_of(azure_2019(header_2019(1) + "o,a,aaaaaa1111,http,4\no,a,aaaaaa1211,http,3\n"
                                          "o,b,aaaaaa1211,http,2\no,a,f,http,1\n"));
  EXPECT_EQ(driven(load, suite({"cpp"})),
            (Names{"cpp:aaaaaa11", "cpp:aaaaaa12", "cpp:aaaaaa12-2", "cpp:f"}));
}

TEST_F(DrivenFunctions, TheTraceIsReadOnce) {
  LoadSpec load = load_of(azure_2019(header_2019(1) + "o,a,f,http,4\n"));
  driven(load, suite({"cpp"}));
  write("invocations.csv", "no longer a trace");
  EXPECT_EQ(driven(load, suite({"cpp"})), Names{"cpp:f"});
}

TEST_F(DrivenFunctions, ATraceThatCannotBeReadIsAnError) {
  LoadSpec load = load_of(azure_2019("no trace\n"));
  EXPECT_THROW(driven_functions(load, suite({"cpp"})), Error);
}

}  // namespace
}  // namespace coldstart::harness
