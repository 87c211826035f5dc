// What a valid suite becomes.
#include <chrono>
#include <filesystem>

#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class SuiteFile : public SuiteFolder {};

TEST_F(SuiteFile, AFunctionThatSaysLittleGetsTheDocumentedDefaults) {
  const Suite suite = parse("functions: [{name: f, runtime: native, command: [./program]}]");
  EXPECT_EQ(suite.name, "suite");
  EXPECT_EQ(suite.file, folder_ / "suite.yaml");
  ASSERT_EQ(suite.loads.size(), 1U);
  EXPECT_EQ(suite.loads[0].name, "cold");
  EXPECT_EQ(pattern_name(suite.loads[0].pattern), "cold");
  ASSERT_EQ(suite.functions.size(), 1U);
  const FunctionSpec& f = suite.functions[0];
  EXPECT_EQ(f.runtime, RuntimeKind::kNative);
  EXPECT_EQ(f.contract, ContractKind::kHttp);
  EXPECT_EQ(f.caches, std::vector{CacheState::kPageCache});
  EXPECT_EQ(f.trials, 30);
  EXPECT_EQ(f.timeout, seconds(30));
  EXPECT_EQ(f.stop_timeout, seconds(1));
  EXPECT_EQ(f.path, "/");
  EXPECT_FALSE(f.port.has_value());
  EXPECT_FALSE(f.expected_status.has_value());
  EXPECT_EQ(f.directory, folder_);
  EXPECT_TRUE(f.env.empty());
}

TEST_F(SuiteFile, DefaultsHoldForFunctionsThatDoNotSayOtherwise) {
  const Suite suite = parse(R"(
name: two
defaults: {trials: 5, timeout: 2s, stop_timeout: 0s, contract: exec, cache: page-cache, env: {A: 1, B: two}}
functions:
  - {name: as-default, runtime: native, command: [./program]}
  - {name: other, runtime: native, command: [./program], trials: 7, timeout: 250ms, stop_timeout: 3s,
     contract: http, path: /x, port: 8080, expect_status: 204, env: {B: "", C: true}}
)");
  EXPECT_EQ(suite.name, "two");
  const FunctionSpec& a = suite.functions.at(0);
  EXPECT_EQ(a.trials, 5);
  EXPECT_EQ(a.timeout, seconds(2));
  EXPECT_EQ(a.stop_timeout, seconds(0));
  EXPECT_EQ(a.contract, ContractKind::kExec);
  EXPECT_EQ(a.env, (std::map<std::string, std::string>{{"A", "1"}, {"B", "two"}}));
  const FunctionSpec& b = suite.functions.at(1);
  EXPECT_EQ(b.trials, 7);
  EXPECT_EQ(b.timeout, milliseconds(250));
  EXPECT_EQ(b.stop_timeout, seconds(3));
  EXPECT_EQ(b.contract, ContractKind::kHttp);
  EXPECT_EQ(b.path, "/x");
  EXPECT_EQ(b.port, 8080);
  EXPECT_EQ(b.expected_status, 204);
  EXPECT_EQ(b.env, (std::map<std::string, std::string>{{"A", "1"}, {"B", ""}, {"C", "true"}}));
}

TEST_F(SuiteFile, AFunctionIsMeasuredInTheCacheStatesOfTheDefaultsUnlessItHasItsOwn) {
  const Suite suite = parse(R"(
defaults: {cache: [disk, page-cache]}
functions:
  - {name: as-default, runtime: native, command: [./program]}
  - {name: one, runtime: native, command: [./program], cache: warm}
  - {name: order, runtime: native, command: [./program], cache: [warm, disk]}
)");
  using enum CacheState;
  EXPECT_EQ(suite.functions.at(0).caches, (std::vector{kDisk, kPageCache}));
  EXPECT_EQ(suite.functions.at(1).caches, std::vector{kWarm});
  EXPECT_EQ(suite.functions.at(2).caches, (std::vector{kWarm, kDisk}));
}

TEST_F(SuiteFile, AProgramWithASlashIsResolvedAndABareNameIsLeftToPath) {
  EXPECT_EQ(parse_function("runtime: native, command: [./program, ./x]").command,
            (Lines{folder_ / "program", "./x"}));
  EXPECT_EQ(parse_function("runtime: command, command: [nginx, -g, daemon off;]").command,
            (Lines{"nginx", "-g", "daemon off;"}));
  EXPECT_EQ(parse_function("runtime: native, command: [/bin/sh]").command, Lines{"/bin/sh"});
}

TEST_F(SuiteFile, RelativePathsBeginAtRoot) {
  write("build/out/program", true);
  const Suite suite = parse(
      "root: build/../build/out/\n"
      "functions: [{name: f, runtime: native, command: [../out/program]}]");
  EXPECT_EQ(suite.functions[0].directory, folder_ / "build/out");
  EXPECT_EQ(suite.functions[0].command, Lines{folder_ / "build/out/program"});
}

TEST_F(SuiteFile, DotDotBehindASymbolicLinkGoesWhereTheKernelGoes) {
  write("far/away/here/x");
  write("far/away/program", true);
  fs::create_directory_symlink(folder_ / "far/away/here", folder_ / "link");
  const auto f = parse_function("runtime: native, command: [./link/../program]");
  EXPECT_TRUE(fs::equivalent(f.command.at(0), folder_ / "far/away/program"));
}

TEST_F(SuiteFile, AContainerHasItsProgramInsideItsRootFileSystem) {
  fs::create_symlink("/bin/hello", folder_ / "rootfs/absolute");
  fs::create_symlink("../../../../bin/hello", folder_ / "rootfs/bin/relative");
  fs::create_directory_symlink("/bin", folder_ / "rootfs/usr");
  for (const std::string program :
       {"/bin/hello", "/absolute", "/bin/relative", "/usr/hello", "/usr/../bin/./hello"}) {
    const auto f = parse_function(
        "runtime: container, engine: runc, rootfs: rootfs, directory: /usr, "
        "command: [" +
        program + ", arg]");
    EXPECT_EQ(f.engine, "runc");
    EXPECT_EQ(f.rootfs, folder_ / "rootfs");
    EXPECT_EQ(f.directory, "/usr");
    EXPECT_EQ(f.command, (Lines{program, "arg"}));
  }
  EXPECT_EQ(
      parse_function("runtime: container, engine: crun, rootfs: rootfs, command: [/bin/hello]")
          .directory,
      "/");
}

TEST_F(SuiteFile, AJvmFunctionHasAMainClassWithItsClasspathOrAJar) {
  const auto main = parse_function(
      "runtime: jvm, main: Hello, classpath: 'classes:app.jar', jvm_args: [-Xmx64m], args: [1, b]");
  EXPECT_EQ(main.java, "java");
  EXPECT_EQ(main.main, "Hello");
  EXPECT_EQ(main.classpath, (std::vector<fs::path>{folder_ / "classes", folder_ / "app.jar"}));
  EXPECT_EQ(main.jvm_args, Lines{"-Xmx64m"});
  EXPECT_EQ(main.args, (Lines{"1", "b"}));
  EXPECT_EQ(parse_function("runtime: jvm, main: M, classpath: [classes, ./*]").classpath,
            (std::vector<fs::path>{folder_ / "classes", folder_ / "*"}));
  EXPECT_EQ(parse_function("runtime: jvm, jar: app.jar, java: ./jdk/bin/java").java,
            folder_ / "jdk/bin/java");
}

TEST_F(SuiteFile, NodeAndPythonHaveAnInterpreterAndAScript) {
  const auto node =
      parse_function("runtime: node, script: app.js, node_args: [--jitless], args: [x]");
  EXPECT_EQ(node.interpreter, "node");
  EXPECT_EQ(node.script, folder_ / "app.js");
  EXPECT_EQ(node.interpreter_args, Lines{"--jitless"});
  EXPECT_EQ(node.args, Lines{"x"});
  const auto python = parse_function("runtime: python, script: app.py, python_args: [-S]");
  EXPECT_EQ(python.interpreter, "python3");
  EXPECT_EQ(python.interpreter_args, Lines{"-S"});
  EXPECT_EQ(parse_function("runtime: python, module: http.server").module, "http.server");
}

TEST_F(SuiteFile, ARuntimeThatTheMachineLacksIsNoErrorOfTheSuite) {
  EXPECT_EQ(parse_function("runtime: node, script: app.js, interpreter: /nowhere/node").interpreter,
            "/nowhere/node");
  EXPECT_EQ(parse_function("runtime: jvm, jar: app.jar, java: no-such-java").java, "no-such-java");
}

TEST_F(SuiteFile, ALoadIsNamedAfterItsPatternUnlessItSaysOtherwise) {
  const std::string functions = "functions: [{name: f, runtime: native, command: [./program]}]\n";
  EXPECT_EQ(parse(functions + "loads: [{pattern: cold}]").loads.at(0).name, "cold");
  EXPECT_EQ(parse(functions + "loads: [{name: c, pattern: cold}]").loads.at(0).name, "c");
}

TEST_F(SuiteFile, AnchorsAndAliasesWork) {
  const Suite suite = parse(
      "defaults: {env: &env {A: 1}}\n"
      "functions: [{name: f, runtime: native, command: [./program], env: *env}]\n");
  EXPECT_EQ(suite.functions[0].env.at("A"), "1");
}

TEST_F(SuiteFile, IsReadFromDisk) {
  std::ofstream(folder_ / "s.yaml") << "functions: [{name: f, runtime: python, script: app.py}]";
  EXPECT_EQ(read_suite(folder_ / "s.yaml").functions.at(0).script, folder_ / "app.py");
}

}  // namespace
}  // namespace coldstart::harness
