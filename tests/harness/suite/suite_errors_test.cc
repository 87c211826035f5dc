// Errors of a suite: YAML, keys and names. Where each is, what it is, what to do about it.
#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

class SuiteErrors : public SuiteFolder {
 protected:
  const std::string good_ = "functions: [{name: f, runtime: native, command: [./program]}]\n";
};

TEST_F(SuiteErrors, AllErrorsOfAFileComeAtOnceAndInItsOrder) {
  EXPECT_EQ(errors(R"(name: many
defaults: {trials: 0, timout: 3s}
functions:
  - name: a
    runtime: jmv
  - name: a
    runtime: native
    command: [./nothing]
    port: 99999
loads: [{pattern: poisson}]
)"),
            (Lines{
                "2:20: 'trials' cannot be 0; write a number from 1 to 1000000",
                "2:23: unknown key 'timout' in 'defaults'; did you mean 'timeout'?",
                "5:14: unknown runtime 'jmv'; did you mean 'jvm'?",
                "6:11: duplicate function name 'a', first on line 4; give each its own name",
                "8:15: no such program: <folder>/nothing; build it, or correct the path",
                "9:11: 'port' cannot be 99999; write a number from 1 to 65535",
                // One literal of two: NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
                "10:19: unknown pattern 'poisson'; known are: cold, closed, constant, stages, "
                "burst, onoff, sine, cron, list, trace",
            }));
}

TEST_F(SuiteErrors, NotYaml) {
  EXPECT_EQ(errors("name: x\nfunctions: [\n"),
            Lines{"3:1: not YAML: end of sequence flow not found; correct the syntax"});
  EXPECT_EQ(errors("a: b: c\n"), Lines{"1:5: not YAML: illegal map value; correct the syntax"});
  EXPECT_EQ(errors("a: *x\n"),
            Lines{"1:4: not YAML: the referenced anchor is not defined; correct the syntax"});
}

TEST_F(SuiteErrors, TextThatNoDocumentCanStartWith) {
  // yaml-cpp's LoadAll would never come back from it, and its Load would say nothing.
  EXPECT_EQ(errors(",\n" + good_),
            Lines{"1:1: not YAML: nothing can start here; correct the syntax"});
}

TEST_F(SuiteErrors, NotText) {
  EXPECT_EQ(errors("name: x\nroot: \xff\n"),
            Lines{"2:7: this byte is not UTF-8 text; save the file as UTF-8"});
  EXPECT_EQ(errors(std::string("a\x04", 2)),
            Lines{"1:2: this byte is not UTF-8 text; save the file as UTF-8"});
}

TEST_F(SuiteErrors, Empty) {
  const Lines empty{"1:1: the file is empty; write a suite with at least one function"};
  EXPECT_EQ(errors(""), empty);
  EXPECT_EQ(errors("# only a comment\n"), empty);
}

TEST_F(SuiteErrors, SeveralDocuments) {
  EXPECT_EQ(errors(good_ + "---\n" + good_),
            Lines{"2:1: a second YAML document starts here; write one suite a file"});
}

TEST_F(SuiteErrors, NotAMapping) {
  EXPECT_EQ(errors("[1, 2]"),
            Lines{"1:1: the suite must be a mapping, not a list; write `key: value` pairs"});
  EXPECT_EQ(errors("defaults: 3\n" + good_),
            Lines{"1:11: 'defaults' must be a mapping, not '3'; write `key: value` pairs"});
  EXPECT_EQ(errors("functions:\n  - cpp\n"),
            Lines{"2:5: a function must be a mapping, not 'cpp'; write `key: value` pairs"});
  EXPECT_EQ(errors(good_ + "loads: [[]]"),
            Lines{"2:9: a load must be a mapping, not a list; write `key: value` pairs"});
}

TEST_F(SuiteErrors, KeyThatIsNoText) {
  EXPECT_EQ(errors("[a]: 1\n" + good_),
            Lines{"1:1: a key must be text, not a list; write `key: value`"});
}

TEST_F(SuiteErrors, UnknownKey) {
  EXPECT_EQ(errors("nmae: x\n" + good_),
            Lines{"1:1: unknown key 'nmae' in the suite; did you mean 'name'?"});
  EXPECT_EQ(function_errors("name: f, runtime: native, comand: [./program], command: [./program]"),
            Lines{"2:31: unknown key 'comand' in a function; did you mean 'command'?"});
  EXPECT_EQ(errors(good_ + "loads: [{pattern: constant, rte: 5, rate: 5, duration: 1s}]"),
            Lines{"2:29: unknown key 'rte' in a load; did you mean 'rate'?"});
  EXPECT_EQ(errors("x: 1\n" + good_),
            Lines{"1:1: unknown key 'x' in the suite; "
                  "known are: name, root, defaults, functions, loads, budgets"});
}

TEST_F(SuiteErrors, KeyOfAnotherSection) {
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], pattern: cold"),
            Lines{"2:53: unknown key 'pattern' in a function; it belongs into a load"});
}

TEST_F(SuiteErrors, DuplicateKey) {
  EXPECT_EQ(errors("name: a\nroot: .\nname: b\n" + good_),
            Lines{"3:1: duplicate key 'name', first on line 1; remove one of them"});
  EXPECT_EQ(errors("defaults: {env: {A: 1, A: 2}}\n" + good_),
            Lines{"1:24: duplicate key 'A', first on line 1; remove one of them"});
}

TEST_F(SuiteErrors, DuplicateName) {
  EXPECT_EQ(errors("functions:\n"
                   "  - {name: f, runtime: native, command: [./program]}\n"
                   "  - {runtime: node, name: f, script: app.js}\n"),
            Lines{"3:27: duplicate function name 'f', first on line 2; give each its own name"});
  EXPECT_EQ(errors(good_ + "loads:\n- pattern: cold\n- pattern: cold\n"),
            Lines{"4:3: duplicate load name 'cold', first on line 3; give each its own name"});
}

TEST_F(SuiteErrors, ATabThatIndents) {
  EXPECT_EQ(errors("functions:\n\t- name: f\n"),
            Lines{"2:1: a tab indents this line, which YAML does not allow; use spaces"});
  EXPECT_EQ(errors("functions:\n  - name: f\n  \truntime: native\n"),
            Lines{"3:3: a tab indents this line, which YAML does not allow; use spaces"});
}

TEST_F(SuiteErrors, FilesOfFunctionsThatAreNotChosenMayBeMissing) {
  const std::string yaml =
      "functions:\n"
      "  - {name: here, runtime: native, command: [./program]}\n"
      "  - {name: gone, runtime: native, command: [./nothing]}\n"
      "  - {name: box, runtime: container, engine: crun, rootfs: rootfs, command: [/nothing]}\n";
  EXPECT_EQ(errors(yaml).size(), 2U);
  EXPECT_EQ(parse_suite(yaml, folder_ / "suite.yaml", {"here"}).functions.size(), 3U);
  EXPECT_THROW(parse_suite(yaml, folder_ / "suite.yaml", {"gone"}), Error);
}

TEST_F(SuiteErrors, OfFunctionsThatAreNotChosenStillCount) {
  EXPECT_THROW(parse_suite("functions: [{name: f, runtime: jmv}]", folder_ / "s.yaml", {"other"}),
               Error);
}

TEST_F(SuiteErrors, ImpossibleName) {
  const std::string rest = ", runtime: native, command: [./program]";
  for (const std::string& name :
       {std::string("a b"), std::string("a/b"), std::string("ä"), std::string(65, 'x')}) {
    EXPECT_EQ(function_errors("name: " + name + rest),
              Lines{"2:11: '" + name +
                    "' cannot be the name of a function; "
                    "write 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  EXPECT_EQ(function_errors("name: ''" + rest),
            Lines{"2:11: 'name' is empty; write a value, or remove the key"});
  EXPECT_EQ(function_errors("name: Az09._-" + std::string(57, 'x') + rest), Lines{});
}

TEST_F(SuiteErrors, NoFunctions) {
  const std::string remedy =
      "add `functions: [{name: hello, runtime: native, command: [./hello]}]`";
  EXPECT_EQ(errors("name: x"), Lines{"1:1: the suite has no 'functions'; " + remedy});
  EXPECT_EQ(errors("functions: []"),
            Lines{"1:12: 'functions' is empty; add at least one function"});
  EXPECT_EQ(errors("name: x\nfunctions:\n"),
            Lines{"2:1: 'functions' must be a list, not nothing; write it as "
                  "`functions: [{name: hello, runtime: native, command: [./hello]}]`"});
}

TEST_F(SuiteErrors, NoLoads) {
  EXPECT_EQ(errors(good_ + "loads: []"),
            Lines{"2:8: 'loads' is empty; add `{name: cold, pattern: cold}`, or remove it"});
  EXPECT_EQ(errors(good_ + "loads: [{name: x}]"),
            Lines{"2:9: load 'x' lacks 'pattern'; add `pattern: …`, one of: cold, closed, "
                  "constant, stages, burst, onoff, sine, cron, list, trace"});
}

TEST_F(SuiteErrors, MissingKey) {
  EXPECT_EQ(function_errors("runtime: native, command: [./program]"),
            Lines{"2:4: this function lacks 'name'; add `name: …`"});
  EXPECT_EQ(function_errors("name: f"),
            Lines{"2:4: function 'f' lacks 'runtime'; add `runtime: …`, one of: "
                  "native, container, jvm, node, python, command"});
  EXPECT_EQ(function_errors("name: f, runtime: native"),
            Lines{"2:4: function 'f' lacks 'command'; add `command: [program, argument]`"});
  EXPECT_EQ(function_errors("name: f, runtime: container"),
            (Lines{"2:4: function 'f' lacks 'engine'; add `engine: crun` or `engine: runc`",
                   "2:4: function 'f' lacks 'rootfs'; add `rootfs: …`, "
                   "the folder that becomes the root of the container",
                   "2:4: function 'f' lacks 'command'; add `command: [program, argument]`"}));
  EXPECT_EQ(function_errors("name: f, runtime: jvm"),
            Lines{"2:4: function 'f' lacks 'main' or 'jar'; "
                  "add `main: Class` with a classpath, or `jar: file.jar`"});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, main: M"),
            Lines{"2:4: function 'f' lacks 'classpath'; "
                  "add `classpath: …`, the folder or jar that has the main class"});
  EXPECT_EQ(function_errors("name: f, runtime: node"),
            Lines{"2:4: function 'f' lacks 'script'; add `script: file.js`"});
  EXPECT_EQ(function_errors("name: f, runtime: python"),
            Lines{"2:4: function 'f' lacks 'script' or 'module'; "
                  "add `script: file.py` or `module: name`"});
}

TEST_F(SuiteErrors, KeysThatExcludeEachOther) {
  EXPECT_EQ(function_errors("name: f, runtime: jvm, main: M, jar: app.jar"),
            Lines{"2:37: both 'main' and 'jar' are given; remove one of them"});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, jar: app.jar, classpath: classes"),
            Lines{"2:42: java ignores 'classpath' where 'jar' is given; "
                  "remove it, or give 'main' instead of 'jar'"});
  EXPECT_EQ(function_errors("name: f, runtime: python, module: m, script: app.py"),
            Lines{"2:42: both 'script' and 'module' are given; remove one of them"});
}

TEST_F(SuiteErrors, KeyOfAnotherRuntimeOrContract) {
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], jvm_args: []"),
            Lines{"2:53: 'jvm_args' is for runtime jvm, and function 'f' has runtime native; "
                  "remove it"});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], script: app.js"),
            Lines{"2:53: 'script' is for runtime node and python, and function 'f' has runtime "
                  "native; remove it"});
  EXPECT_EQ(
      function_errors("name: f, runtime: native, command: [./program], contract: exec, port: 1"),
      Lines{"2:69: 'port' is for contract http, and function 'f' has contract exec; "
            "remove it"});
}

}  // namespace
}  // namespace coldstart::harness
