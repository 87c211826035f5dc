// How a function of each runtime is started: its command line, its environment.
#include "harness/runtimes/runtime.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace coldstart::harness {
namespace {

using Words = std::vector<std::string>;

FunctionSpec of(RuntimeKind kind) {
  FunctionSpec function;
  function.name = "f";
  function.runtime = kind;
  return function;
}

TEST(RuntimeTest, ANativeProgramIsItsOwnCommand) {
  FunctionSpec function = of(RuntimeKind::kNative);
  function.command = {"/srv/hello", "--fast"};
  EXPECT_EQ(displayed_command(function), (Words{"/srv/hello", "--fast"}));
}

TEST(RuntimeTest, TheJvmTakesAClassOrAJar) {
  FunctionSpec function = of(RuntimeKind::kJvm);
  function.java = "java";
  function.jvm_args = {"-Xshare:auto"};
  function.classpath = {"a", "b.jar"};
  function.main = "Main";
  function.args = {"x"};
  EXPECT_EQ(displayed_command(function),
            (Words{"java", "-Xshare:auto", "-cp", "a:b.jar", "Main", "x"}));
  function.classpath.clear();
  function.jar = "app.jar";
  EXPECT_EQ(displayed_command(function), (Words{"java", "-Xshare:auto", "-jar", "app.jar", "x"}));
}

TEST(RuntimeTest, NodeTakesAScript) {
  FunctionSpec function = of(RuntimeKind::kNode);
  function.interpreter = "node";
  function.interpreter_args = {"--no-warnings"};
  function.script = "app.js";
  function.args = {"x"};
  EXPECT_EQ(displayed_command(function), (Words{"node", "--no-warnings", "app.js", "x"}));
}

TEST(RuntimeTest, PythonTakesAScriptOrAModule) {
  FunctionSpec function = of(RuntimeKind::kPython);
  function.interpreter = "python3";
  function.script = "app.py";
  EXPECT_EQ(displayed_command(function), (Words{"python3", "app.py"}));
  function.module = "http.server";
  function.args = {"0"};
  EXPECT_EQ(displayed_command(function), (Words{"python3", "-m", "http.server", "0"}));
}

TEST(RuntimeTest, AContainerShowsItsEngineAndWhatRunsInside) {
  FunctionSpec function = of(RuntimeKind::kContainer);
  function.engine = "crun";
  function.command = {"/hello"};
  EXPECT_EQ(displayed_command(function), (Words{"crun", "run", "/hello"}));
}

TEST(RuntimeTest, WhatIsMissingIsNamedWithWhatToInstall) {
  FunctionSpec function = of(RuntimeKind::kNode);
  function.interpreter = "no-such-node";
  ASSERT_TRUE(missing(function));
  EXPECT_EQ(*missing(function), "needs no-such-node; apt-get install nodejs");
}

TEST(RuntimeTest, ThePortIsConfiguredByItsKeyOrByTheEnvironment) {
  FunctionSpec function = of(RuntimeKind::kNative);
  EXPECT_EQ(configured_port(function), std::nullopt);
  for (const char* no_port : {"", "web", "80x", "0", "65536"}) {
    function.env["PORT"] = no_port;
    EXPECT_EQ(configured_port(function), std::nullopt) << no_port;
  }
  function.env["PORT"] = "18555";
  EXPECT_EQ(configured_port(function), 18555);
  function.port = 8080;
  EXPECT_EQ(configured_port(function), 8080);
}

TEST(RuntimeTest, TheEnvironmentHasTheOfferedPortTheFunctionsOwnAndTheMark) {
  FunctionSpec function = of(RuntimeKind::kNative);
  function.env = {{"LOG", "warn"}, {"HOST", "::1"}};
  const LaunchContext context{"/tmp", 3, "77.3", 8099, {}};
  const Words bare = make_environment(function, context, false);
  for (const char* entry : {"PORT=8099", "LOG=warn", "HOST=::1", "COLDSTART_INSTANCE=77.3"}) {
    EXPECT_EQ(std::count(bare.begin(), bare.end(), entry), 1) << entry;
  }
  EXPECT_EQ(bare.size(), 5U) << "these and PATH";
  EXPECT_GT(make_environment(function, context, true).size(), bare.size()) << "ours, too";
}

}  // namespace
}  // namespace coldstart::harness
