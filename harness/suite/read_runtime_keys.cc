// What each runtime demands of a function in a suite.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/suite/files.h"
#include "harness/suite/function_reading.h"
#include "harness/suite/keys.h"

namespace coldstart::harness {
namespace {

namespace fs = std::filesystem;

// The command of a container is a file of its root filesystem.
void check_container_program(const Reading& r, Position at) {
  const std::string& program = r.spec.command.front();
  if (!program.starts_with('/')) {
    r.problems.add(at, "the program of a container must be an absolute path, not '" + program + "'",
                   "write its path inside the root filesystem");
    return;
  }
  if (r.spec.rootfs.empty() || check_folder(r.spec.rootfs)) return;  // told already
  const auto found = find_in_root(r.spec.rootfs, program);
  if (!found) {
    return r.complain(at, Complaint{"no such program in " + r.spec.rootfs.string() + ": " + program,
                                    "build it into the root filesystem, or correct the path"});
  }
  r.complain(at, check_program(*found));
}

void read_command(const Reading& r) {
  const Entry* entry = r.find("command");
  if (entry == nullptr) return r.missing("'command'", "add `command: [program, argument]`");
  const auto texts = read_texts(*entry, r.problems);
  if (!texts) return;
  if (texts->empty() || texts->front().value.empty()) {
    r.problems.add(entry->at, "'command' names no program", "write `command: [program, argument]`");
    return;
  }
  for (const Text& text : *texts) r.spec.command.push_back(text.value);
  const Position at = texts->front().at;
  std::string& program = r.spec.command.front();
  if (r.spec.runtime == RuntimeKind::kContainer) {
    check_container_program(r, at);
  } else if (program.find('/') != std::string::npos) {
    program = r.path(program, at, check_program).string();
  }
}

void read_container(const Reading& r) {
  if (const Entry* entry = r.find("engine")) {
    if (read_choice(*entry, Section::kFunction, r.problems)) r.spec.engine = entry->value.Scalar();
  } else {
    r.missing("'engine'", "add `engine: crun` or `engine: runc`");
  }
  if (r.find("rootfs") == nullptr) {
    r.missing("'rootfs'", "add `rootfs: …`, the folder that becomes the root of the container");
  }
  r.file("rootfs", check_folder, r.spec.rootfs);
}

// As java reads it: entries separated by ':'; an entry may end in '/*' for all jars of a folder.
void read_classpath(const Reading& r, const std::string& text, Position at) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    const std::string entry = text.substr(begin, end - begin);
    begin = end + 1;
    if (entry.empty()) {
      r.problems.add(at, "'classpath' has an empty entry", "write '.' for the root folder");
    } else if (entry.ends_with("/*")) {
      r.spec.classpath.push_back(r.path(entry.substr(0, entry.size() - 2), at, check_folder) / "*");
    } else {
      const Check check = [](const fs::path& path) {
        return fs::is_directory(path) ? check_folder(path) : check_file(path);
      };
      r.spec.classpath.push_back(r.path(entry, at, check));
    }
  }
}

void read_jvm(const Reading& r) {
  r.runtime_program("java", r.spec.java);
  r.text("main", r.spec.main);
  r.file("jar", check_file, r.spec.jar);
  if (const Entry* entry = r.find("classpath")) {
    if (entry->value.IsSequence()) {
      const auto texts = read_texts(*entry, r.problems);
      for (const Text& text : texts.value_or(std::vector<Text>{})) {
        read_classpath(r, text.value, text.at);
      }
    } else if (const auto text = read_text(*entry, r.problems)) {
      read_classpath(r, *text, entry->at);
    }
  }
  r.texts("jvm_args", r.spec.jvm_args);
  const Entry* jar = r.find("jar");
  const Entry* main = r.find("main");
  if (jar == nullptr && main == nullptr) {
    r.missing("'main' or 'jar'", "add `main: Class` with a classpath, or `jar: file.jar`");
  } else if (main != nullptr && jar != nullptr) {
    r.problems.add(std::max(main->key_at, jar->key_at), "both 'main' and 'jar' are given",
                   "remove one of them");
  } else if (main != nullptr && r.find("classpath") == nullptr) {
    r.missing("'classpath'", "add `classpath: …`, the folder or jar that has the main class");
  } else if (jar != nullptr && r.find("classpath") != nullptr) {
    r.problems.add(r.find("classpath")->key_at, "java ignores 'classpath' where 'jar' is given",
                   "remove it, or give 'main' instead of 'jar'");
  }
}

void read_scripted(const Reading& r) {
  const bool is_node = r.spec.runtime == RuntimeKind::kNode;
  r.spec.interpreter = is_node ? "node" : "python3";
  r.runtime_program("interpreter", r.spec.interpreter);
  r.texts(is_node ? "node_args" : "python_args", r.spec.interpreter_args);
  r.file("script", check_file, r.spec.script);
  const Entry* script = r.find("script");
  if (is_node) {
    if (script == nullptr) r.missing("'script'", "add `script: file.js`");
    return;
  }
  r.text("module", r.spec.module);
  const Entry* module = r.find("module");
  if (script == nullptr && module == nullptr) {
    r.missing("'script' or 'module'", "add `script: file.py` or `module: name`");
  } else if (script != nullptr && module != nullptr) {
    r.problems.add(std::max(script->key_at, module->key_at), "both 'script' and 'module' are given",
                   "remove one of them");
  }
}

// Of a container: a folder inside its root filesystem.
void read_directory(const Reading& r) {
  const bool in_container = r.spec.runtime == RuntimeKind::kContainer;
  r.spec.directory = in_container ? fs::path("/") : r.context.root;
  const Entry* entry = r.find("directory");
  if (entry == nullptr) return;
  if (!in_container) return r.file("directory", check_folder, r.spec.directory);
  const auto text = read_text(*entry, r.problems);
  if (!text) return;
  r.spec.directory = *text;
  if (!text->starts_with('/')) {
    r.problems.add(entry->at, "the directory of a container must be absolute, not '" + *text + "'",
                   "write its path inside the root filesystem");
  } else if (!r.spec.rootfs.empty() && !check_folder(r.spec.rootfs)) {
    const auto found = find_in_root(r.spec.rootfs, *text);
    r.complain(entry->at, check_folder(found.value_or(r.spec.rootfs / text->substr(1))));
  }
}

}  // namespace

void read_runtime_keys(const Reading& r) {
  switch (r.spec.runtime) {
    case RuntimeKind::kContainer:
      read_container(r);
      read_command(r);
      break;
    case RuntimeKind::kNative:
    case RuntimeKind::kCommand:
      read_command(r);
      break;
    case RuntimeKind::kJvm:
      read_jvm(r);
      break;
    case RuntimeKind::kNode:
    case RuntimeKind::kPython:
      read_scripted(r);
      break;
  }
  r.texts("args", r.spec.args);
  read_directory(r);
}

}  // namespace coldstart::harness
