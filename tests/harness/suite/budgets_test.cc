// The key `budgets`.
#include "harness/suite/parse_budgets.h"
#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

using namespace std::chrono_literals;

class Budgets : public SuiteFolder {
 protected:
  static std::string with(const std::string& budgets) {
    return "functions:\n- {name: cpp, runtime: native, command: [./program]}\nbudgets: " + budgets;
  }
};

TEST_F(Budgets, AreOfQuantilesAndPhases) {
  const std::string yaml = with("{cpp: {p90: 5ms, sandbox: 250us}}");
  const auto budgets = budgets_in(yaml, parse(yaml));
  ASSERT_EQ(budgets.size(), 2U);
  EXPECT_EQ(budgets[0].function, "cpp");
  EXPECT_EQ(budgets[0].what, "p90");
  EXPECT_EQ(budgets[0].limit, 5ms);
  EXPECT_EQ(budgets[1].what, "sandbox");
  EXPECT_TRUE(budgets_in(with("{}"), parse(with("{}"))).empty());
}

TEST_F(Budgets, OfWhatIsNotThereAreErrors) {
  EXPECT_EQ(errors(with("{cp: {p90: 5ms}}")),
            (std::vector<std::string>{
                "3:11: a budget for 'cp', which is no function here; did you mean 'cpp'?"}));
  EXPECT_EQ(
      errors(with("{cpp: {sandbx: 5ms}}")),
      (std::vector<std::string>{"3:17: there is no budget of 'sandbx'; did you mean 'sandbox'?"}));
  EXPECT_EQ(errors(with("{cpp: {p90: 5}}")).size(), 1U);
  EXPECT_EQ(errors(with("{cpp: {p90: 0ms}}")).size(), 1U);
  EXPECT_EQ(errors(with("{cpp: 5ms}")).size(), 1U);
  EXPECT_EQ(errors(with("5ms")).size(), 1U);
}

}  // namespace
}  // namespace coldstart::harness
