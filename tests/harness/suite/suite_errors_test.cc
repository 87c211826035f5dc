// Each kind of error of a suite: where it is, what it is, what to do about it.
#include <filesystem>

#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

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
                "10:18: unknown pattern 'poisson'; only cold is there in this version",
            }));
}

TEST_F(SuiteErrors, NotYaml) {
  EXPECT_EQ(errors("name: x\nfunctions: [\n"),
            Lines{"3:1: not YAML: end of sequence flow not found; correct the syntax"});
  EXPECT_EQ(errors("a: b: c\n"), Lines{"1:5: not YAML: illegal map value; correct the syntax"});
  EXPECT_EQ(errors("a: *x\n"),
            Lines{"1:4: not YAML: the referenced anchor is not defined: x; correct the syntax"});
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
            Lines{"3:1: a second YAML document starts here; write one suite a file"});
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
            Lines{"2:30: unknown key 'comand' in a function; did you mean 'command'?"});
  EXPECT_EQ(errors(good_ + "loads: [{pattern: cold, rate: 5}]"),
            Lines{"2:25: unknown key 'rate' in a load; known are: name, pattern"});
  EXPECT_EQ(errors("x: 1\n" + good_), Lines{"1:1: unknown key 'x' in the suite; "
                                            "known are: name, root, defaults, functions, loads"});
}

TEST_F(SuiteErrors, KeyOfAnotherSection) {
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], cache: page-cache"),
            Lines{"2:52: unknown key 'cache' in a function; it belongs into 'defaults'"});
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

TEST_F(SuiteErrors, ImpossibleName) {
  const std::string rest = ", runtime: native, command: [./program]";
  for (const std::string name : {"a b", "a/b", "ä", std::string(65, 'x').c_str()}) {
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
            Lines{"2:9: this load lacks 'pattern'; add `pattern: cold`"});
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
            Lines{"2:36: both 'main' and 'jar' are given; remove one of them"});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, jar: app.jar, classpath: classes"),
            Lines{"2:41: java ignores 'classpath' where 'jar' is given; "
                  "remove it, or give 'main' instead of 'jar'"});
  EXPECT_EQ(function_errors("name: f, runtime: python, module: m, script: app.py"),
            Lines{"2:41: both 'script' and 'module' are given; remove one of them"});
}

TEST_F(SuiteErrors, KeyOfAnotherRuntimeOrContract) {
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], jvm_args: []"),
            Lines{"2:52: 'jvm_args' is for runtime jvm, and function 'f' has runtime native; "
                  "remove it"});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], script: app.js"),
            Lines{"2:52: 'script' is for runtime node and python, and function 'f' has runtime "
                  "native; remove it"});
  EXPECT_EQ(
      function_errors("name: f, runtime: native, command: [./program], contract: exec, port: 1"),
      Lines{"2:68: 'port' is for contract http, and function 'f' has contract exec; "
            "remove it"});
}

TEST_F(SuiteErrors, UnknownValue) {
  EXPECT_EQ(function_errors("name: f, runtime: container, engine: podman, rootfs: rootfs, "
                            "command: [/bin/hello]"),
            Lines{"2:41: unknown engine 'podman'; known are: crun, runc"});
  EXPECT_EQ(errors("defaults: {contract: lambda, cache: disk}\n" + good_),
            (Lines{"1:22: unknown contract 'lambda'; known are: http, exec",
                   "1:37: unknown cache 'disk'; only page-cache is there in this version"}));
}

TEST_F(SuiteErrors, WrongType) {
  const std::string remedy = "; write a number from 1 to 1000000";
  for (const std::string value : {"30x", "3.5", "1e3", "0x10", "+3", "many"}) {
    EXPECT_EQ(errors("defaults: {trials: " + value + "}\n" + good_),
              Lines{"1:20: 'trials' must be a whole number, not '" + value + "'" + remedy});
  }
  EXPECT_EQ(errors("defaults: {trials: '30'}\n" + good_),
            Lines{"1:20: 'trials' must be a whole number, not '30'" + remedy + ", without quotes"});
  EXPECT_EQ(
      errors("defaults: {trials: [30]}\n" + good_),
      Lines{"1:20: 'trials' must be a whole number, not a list" + remedy + ", without quotes"});
  EXPECT_EQ(errors("name: {a: b}\n" + good_),
            Lines{"1:7: 'name' must be text, not a mapping; write one value"});
  EXPECT_EQ(errors("root:\n" + good_),
            Lines{"1:1: 'root' must be text, not nothing; write a value, or remove the key"});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: ./program -v"),
            Lines{"2:39: 'command' must be a list, not './program -v'; "
                  "write it as `command: [first, second]`"});
  EXPECT_EQ(function_errors("name: f, runtime: node, script: app.js, args: [a, [b]]"),
            Lines{"2:54: 'args' must be text, not a list; write one value"});
  EXPECT_EQ(errors("defaults: {env: [A]}\n" + good_),
            Lines{"1:17: 'env' must be a mapping, not a list; write it as `env: {NAME: value}`"});
  EXPECT_EQ(errors("defaults: {env: {A: [1], B: }}\n" + good_),
            (Lines{"1:21: 'A' must be text, not a list; write one value",
                   "1:26: 'B' must be text, not nothing; write a value, or remove the key"}));
}

TEST_F(SuiteErrors, ImpossibleNumber) {
  for (const std::string value : {"0", "-1", "1000001", "99999999999999999999"}) {
    EXPECT_EQ(errors("defaults: {trials: " + value + "}\n" + good_),
              Lines{"1:20: 'trials' cannot be " + value + "; write a number from 1 to 1000000"});
  }
  const std::string keys = "name: f, runtime: native, command: [./program], ";
  for (const std::string value : {"0", "65536"}) {
    EXPECT_EQ(function_errors(keys + "port: " + value),
              Lines{"2:58: 'port' cannot be " + value + "; write a number from 1 to 65535"});
  }
  for (const std::string value : {"99", "600"}) {
    EXPECT_EQ(
        function_errors(keys + "expect_status: " + value),
        Lines{"2:67: 'expect_status' cannot be " + value + "; write a number from 100 to 599"});
  }
}

TEST_F(SuiteErrors, ImpossibleDuration) {
  for (const std::string value : {"30", "-5s", "5 s", "s", "1.s", ".5s", "5sec", "forever"}) {
    EXPECT_EQ(errors("defaults: {timeout: " + value + "}\n" + good_),
              Lines{"1:21: 'timeout' must be a duration, not '" + value +
                    "'; write a number and a unit, such as 30s or 250ms"});
  }
  EXPECT_EQ(errors("defaults: {timeout: 0s, stop_timeout: 25h}\n" + good_),
            (Lines{"1:21: 'timeout' cannot be 0s; write more than 0s and at most 24h",
                   "1:39: 'stop_timeout' cannot be 25h; write at most 24h"}));
}

TEST_F(SuiteErrors, ImpossiblePath) {
  const std::string keys = "name: f, runtime: native, command: [./program], path: ";
  const std::string remedy = "; start it with '/', and percent-encode spaces and what is not ASCII";
  EXPECT_EQ(function_errors(keys + "health"), Lines{"2:58: 'path' cannot be 'health'" + remedy});
  EXPECT_EQ(function_errors(keys + "/a b"), Lines{"2:58: 'path' cannot be '/a b'" + remedy});
  EXPECT_EQ(function_errors(keys + "\"/a\\r\\nX: y\""),
            Lines{"2:58: 'path' cannot be '/a??X: y'" + remedy});
}

TEST_F(SuiteErrors, ImpossibleVariable) {
  EXPECT_EQ(errors("defaults: {env: {A=B: 1, '': 2}}\n" + good_),
            (Lines{"1:18: 'A=B' cannot be the name of a variable; "
                   "write a name that is not empty and has no '=' in it",
                   "1:26: '' cannot be the name of a variable; "
                   "write a name that is not empty and has no '=' in it"}));
  EXPECT_EQ(errors("defaults: {env: {A: \"x\\0y\"}}\n" + good_),
            Lines{"1:21: 'A' contains a NUL byte; remove it"});
}

TEST_F(SuiteErrors, EmptyCommand) {
  const std::string remedy = "; write `command: [program, argument]`";
  EXPECT_EQ(function_errors("name: f, runtime: native, command: []"),
            Lines{"2:39: 'command' names no program" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: ['']"),
            Lines{"2:39: 'command' names no program" + remedy});
}

TEST_F(SuiteErrors, FileThatIsNotThere) {
  const std::string remedy = "; build it, or correct the path";
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./x/y]"),
            Lines{"2:40: no such program: <folder>/x/y" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], directory: d"),
            Lines{"2:63: no such folder: <folder>/d" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: node, script: x.js"),
            Lines{"2:36: no such file: <folder>/x.js" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, jar: x.jar"),
            Lines{"2:32: no such file: <folder>/x.jar" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, main: M, classpath: [classes, x, 'y/*']"),
            (Lines{"2:57: no such file: <folder>/x" + remedy,
                   "2:60: no such folder: <folder>/y" + remedy}));
  EXPECT_EQ(function_errors("name: f, runtime: jvm, main: M, classpath: 'classes::app.jar'"),
            Lines{"2:47: 'classpath' has an empty entry; write '.' for the root folder"});
  EXPECT_EQ(function_errors("name: f, runtime: container, engine: crun, rootfs: x, command: [/y]"),
            Lines{"2:55: no such folder: <folder>/x" + remedy});
}

TEST_F(SuiteErrors, AMissingRootIsOneErrorAndNotOneForEachFileBelowIt) {
  EXPECT_EQ(errors("root: build\n" + good_),
            Lines{"1:7: no such folder: <folder>/build; build it, or correct the path"});
}

TEST_F(SuiteErrors, FileOfTheWrongKind) {
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./classes]"),
            Lines{"2:40: <folder>/classes is not a file; name the program itself"});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./not-executable]"),
            Lines{"2:40: <folder>/not-executable is not executable; "
                  "chmod +x it, or name another program"});
  EXPECT_EQ(function_errors("name: f, runtime: node, script: classes"),
            Lines{"2:36: <folder>/classes is a folder; name the file itself"});
  EXPECT_EQ(errors("root: program\n" + good_),
            Lines{"1:7: <folder>/program is not a folder; name a folder"});
}

TEST_F(SuiteErrors, ProgramThatIsNotInTheContainer) {
  fs::create_symlink("/bin/sh", folder_ / "rootfs/outside");  // there on this machine, not inside
  fs::create_symlink("loop", folder_ / "rootfs/loop");
  const std::string keys = "name: f, runtime: container, engine: crun, rootfs: rootfs, command: ";
  const std::string remedy = "; build it into the root filesystem, or correct the path";
  for (const std::string program : {"/nothing", "/outside", "/loop", "/bin/hello/x"}) {
    EXPECT_EQ(function_errors(keys + "[" + program + "]"),
              Lines{"2:73: no such program in <folder>/rootfs: " + program + remedy});
  }
  EXPECT_EQ(function_errors(keys + "[hello]"),
            Lines{"2:73: the program of a container must be an absolute path, not 'hello'; "
                  "write its path inside the root filesystem"});
  EXPECT_EQ(function_errors(keys + "[/not-executable]"),
            Lines{"2:73: <folder>/rootfs/not-executable is not executable; "
                  "chmod +x it, or name another program"});
  EXPECT_EQ(function_errors(keys + "[/bin/hello], directory: /none"),
            Lines{"2:98: no such folder: <folder>/rootfs/none; build it, or correct the path"});
  EXPECT_EQ(function_errors(keys + "[/bin/hello], directory: bin"),
            Lines{"2:98: the directory of a container must be absolute, not 'bin'; "
                  "write its path inside the root filesystem"});
}

TEST_F(SuiteErrors, SuiteFileThatCannotBeRead) {
  const auto what = [](const fs::path& file) -> std::string {
    try {
      read_suite(file);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const std::string folder = folder_.string();
  EXPECT_EQ(what(folder_ / "none.yaml"),
            folder +
                "/none.yaml: cannot be read: No such file or directory; "
                "check the path and its permissions");
  EXPECT_EQ(what(folder_), folder + ": is a folder, not a suite file; name the YAML file in it");
  std::ofstream(folder_ / "big.yaml") << std::string(2'000'000, '#');
  EXPECT_EQ(what(folder_ / "big.yaml"),
            folder +
                "/big.yaml: is larger than 1 MiB, which is no suite file; "
                "name the YAML file of a suite");
}

}  // namespace
}  // namespace coldstart::harness
