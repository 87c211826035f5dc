// Errors of a suite: values that are of the wrong type or impossible, files that are not there.
#include <filesystem>

#include "tests/harness/suite/suite_folder.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

class SuiteValueErrors : public SuiteFolder {
 protected:
  const std::string good_ = "functions: [{name: f, runtime: native, command: [./program]}]\n";
};

TEST_F(SuiteValueErrors, UnknownValue) {
  EXPECT_EQ(function_errors("name: f, runtime: container, engine: podman, rootfs: rootfs, "
                            "command: [/bin/hello]"),
            Lines{"2:42: unknown engine 'podman'; known are: crun, runc"});
  EXPECT_EQ(errors("defaults: {contract: lambda, cache: dsk}\n" + good_),
            (Lines{"1:22: unknown contract 'lambda'; known are: http, exec",
                   "1:37: unknown cache 'dsk'; did you mean 'disk'?"}));
  EXPECT_EQ(errors(good_ + "loads: [{pattern: poisson}]"),
            Lines{"2:19: unknown pattern 'poisson'; known are: cold, closed, constant, stages, "
                  "burst, onoff, sine, cron, list, trace"});
}

TEST_F(SuiteValueErrors, CacheStates) {
  EXPECT_EQ(errors("defaults: {cache: [disk, ram]}\n" + good_),
            Lines{"1:26: unknown cache 'ram'; known are: disk, page-cache, warm"});
  EXPECT_EQ(errors("defaults: {cache: [disk, page-cache, disk]}\n" + good_),
            Lines{"1:38: 'cache' has 'disk' twice; remove one of them"});
  EXPECT_EQ(errors("defaults: {cache: []}\n" + good_),
            Lines{"1:19: 'cache' is empty; write a value, or remove the key"});
  EXPECT_EQ(errors("defaults: {cache: [disk, [warm]]}\n" + good_),
            Lines{"1:26: 'cache' must be text, not a list; write one value"});
  EXPECT_EQ(errors("defaults: {cache: {disk: 1}}\n" + good_),
            Lines{"1:19: 'cache' must be text, not a mapping; write one value"});
}

TEST_F(SuiteValueErrors, AProgramThatRunsToItsEndIsNeverWarm) {
  const std::string what =
      "function 'f' has contract exec and cannot be warm: it ends with its answer";
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], contract: exec, "
                            "cache: [disk, warm]"),
            Lines{"2:76: " + what + "; remove warm from its 'cache'"});
  EXPECT_EQ(errors("defaults: {contract: exec, cache: warm}\n" + good_),
            Lines{"2:13: " + what + "; give it a `cache` of its own: disk, page-cache, or both"});
  EXPECT_EQ(errors("defaults: {contract: exec, cache: warm}\n"
                   "functions: [{name: f, runtime: native, command: [./program], cache: disk}]"),
            Lines{});
}

TEST_F(SuiteValueErrors, WrongType) {
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
            Lines{"2:40: 'command' must be a list, not './program -v'; "
                  "write it as `command: [first, second]`"});
  EXPECT_EQ(function_errors("name: f, runtime: node, script: app.js, args: [a, [b]]"),
            Lines{"2:55: 'args' must be text, not a list; write one value"});
  EXPECT_EQ(errors("defaults: {env: [A]}\n" + good_),
            Lines{"1:17: 'env' must be a mapping, not a list; write it as `env: {NAME: value}`"});
  EXPECT_EQ(errors("defaults: {env: {A: [1], B: }}\n" + good_),
            (Lines{"1:21: 'A' must be text, not a list; write one value",
                   "1:26: 'B' must be text, not nothing; write a value, or remove the key"}));
}

TEST_F(SuiteValueErrors, ImpossibleNumber) {
  for (const std::string value : {"0", "-1", "1000001", "99999999999999999999"}) {
    EXPECT_EQ(errors("defaults: {trials: " + value + "}\n" + good_),
              Lines{"1:20: 'trials' cannot be " + value + "; write a number from 1 to 1000000"});
  }
  const std::string keys = "name: f, runtime: native, command: [./program], ";
  for (const std::string value : {"0", "65536"}) {
    EXPECT_EQ(function_errors(keys + "port: " + value),
              Lines{"2:59: 'port' cannot be " + value + "; write a number from 1 to 65535"});
  }
  for (const std::string value : {"99", "600"}) {
    EXPECT_EQ(
        function_errors(keys + "expect_status: " + value),
        Lines{"2:68: 'expect_status' cannot be " + value + "; write a number from 100 to 599"});
  }
}

TEST_F(SuiteValueErrors, ImpossibleDuration) {
  for (const std::string value : {"30", "-5s", "5 s", "s", "1.s", ".5s", "5sec", "forever"}) {
    EXPECT_EQ(errors("defaults: {timeout: " + value + "}\n" + good_),
              Lines{"1:21: 'timeout' must be a duration, not '" + value +
                    "'; write a number and a unit, such as 30s or 250ms"});
  }
  EXPECT_EQ(errors("defaults: {timeout: 0s, stop_timeout: 25h}\n" + good_),
            (Lines{"1:21: 'timeout' cannot be 0s; write more than 0s and at most 24h",
                   "1:39: 'stop_timeout' cannot be 25h; write at most 24h"}));
}

TEST_F(SuiteValueErrors, ImpossiblePath) {
  const std::string keys = "name: f, runtime: native, command: [./program], path: ";
  const std::string remedy = "; start it with '/', and percent-encode spaces and what is not ASCII";
  EXPECT_EQ(function_errors(keys + "health"), Lines{"2:59: 'path' cannot be 'health'" + remedy});
  EXPECT_EQ(function_errors(keys + "/a b"), Lines{"2:59: 'path' cannot be '/a b'" + remedy});
  EXPECT_EQ(function_errors(keys + "\"/a\\r\\nX: y\""),
            Lines{"2:59: 'path' cannot be '/a??X: y'" + remedy});
}

TEST_F(SuiteValueErrors, ImpossibleVariable) {
  EXPECT_EQ(errors("defaults: {env: {COLDSTART_INSTANCE: 1}}\n" + good_),
            Lines{"1:18: 'COLDSTART_INSTANCE' is coldstart's own variable; use another name"});
  EXPECT_EQ(errors("defaults: {env: {A=B: 1, '': 2}}\n" + good_),
            (Lines{"1:18: 'A=B' cannot be the name of a variable; "
                   "write a name that is not empty and has no '=' in it",
                   "1:26: '' cannot be the name of a variable; "
                   "write a name that is not empty and has no '=' in it"}));
  EXPECT_EQ(errors("defaults: {env: {A: \"x\\0y\"}}\n" + good_),
            Lines{"1:21: 'A' contains a NUL byte; remove it"});
}

TEST_F(SuiteValueErrors, EmptyCommand) {
  const std::string remedy = "; write `command: [program, argument]`";
  EXPECT_EQ(function_errors("name: f, runtime: native, command: []"),
            Lines{"2:40: 'command' names no program" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: ['']"),
            Lines{"2:40: 'command' names no program" + remedy});
}

TEST_F(SuiteValueErrors, FileThatIsNotThere) {
  const std::string remedy = "; build it, or correct the path";
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./x/y]"),
            Lines{"2:41: no such program: <folder>/x/y" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./program], directory: d"),
            Lines{"2:64: no such folder: <folder>/d" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: node, script: x.js"),
            Lines{"2:37: no such file: <folder>/x.js" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, jar: x.jar"),
            Lines{"2:33: no such file: <folder>/x.jar" + remedy});
  EXPECT_EQ(function_errors("name: f, runtime: jvm, main: M, classpath: [classes, x, 'y/*']"),
            (Lines{"2:58: no such file: <folder>/x" + remedy,
                   "2:61: no such folder: <folder>/y" + remedy}));
  EXPECT_EQ(function_errors("name: f, runtime: jvm, main: M, classpath: 'classes::app.jar'"),
            Lines{"2:48: 'classpath' has an empty entry; write '.' for the root folder"});
  EXPECT_EQ(function_errors("name: f, runtime: container, engine: crun, rootfs: x, command: [/y]"),
            Lines{"2:56: no such folder: <folder>/x" + remedy});
}

TEST_F(SuiteValueErrors, AMissingRootIsOneErrorAndNotOneForEachFileBelowIt) {
  EXPECT_EQ(errors("root: build\n" + good_),
            Lines{"1:7: no such folder: <folder>/build; build it, or correct the path"});
}

TEST_F(SuiteValueErrors, FileOfTheWrongKind) {
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./classes]"),
            Lines{"2:41: <folder>/classes is not a file; name the program itself"});
  EXPECT_EQ(function_errors("name: f, runtime: native, command: [./not-executable]"),
            Lines{"2:41: <folder>/not-executable is not executable; "
                  "chmod +x it, or name another program"});
  EXPECT_EQ(function_errors("name: f, runtime: node, script: classes"),
            Lines{"2:37: <folder>/classes is a folder; name the file itself"});
  EXPECT_EQ(errors("root: program\n" + good_),
            Lines{"1:7: <folder>/program is not a folder; name a folder"});
}

TEST_F(SuiteValueErrors, ProgramThatIsNotInTheContainer) {
  fs::create_symlink("/bin/sh", folder_ / "rootfs/outside");  // there on this machine, not inside
  fs::create_symlink("loop", folder_ / "rootfs/loop");
  const std::string keys = "name: f, runtime: container, engine: crun, rootfs: rootfs, command: ";
  const std::string remedy = "; build it into the root filesystem, or correct the path";
  for (const std::string program : {"/nothing", "/outside", "/loop", "/bin/hello/x"}) {
    EXPECT_EQ(function_errors(keys + "[" + program + "]"),
              Lines{"2:74: no such program in <folder>/rootfs: " + program + remedy});
  }
  EXPECT_EQ(function_errors(keys + "[hello]"),
            Lines{"2:74: the program of a container must be an absolute path, not 'hello'; "
                  "write its path inside the root filesystem"});
  EXPECT_EQ(function_errors(keys + "[/not-executable]"),
            Lines{"2:74: <folder>/rootfs/not-executable is not executable; "
                  "chmod +x it, or name another program"});
  EXPECT_EQ(function_errors(keys + "[/bin/hello], directory: /none"),
            Lines{"2:98: no such folder: <folder>/rootfs/none; build it, or correct the path"});
  EXPECT_EQ(function_errors(keys + "[/bin/hello], directory: bin"),
            Lines{"2:98: the directory of a container must be absolute, not 'bin'; "
                  "write its path inside the root filesystem"});
}

TEST_F(SuiteValueErrors, SuiteFileThatCannotBeRead) {
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
