// From bytes to the one YAML document of a suite file.
#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "harness/suite/problems.h"
#include "harness/suite/yaml_reader.h"

namespace coldstart::harness {
namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// Bytes of the UTF-8 character that starts with `lead`; 0: no character starts so.
std::size_t utf8_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

// yaml-cpp takes some control characters for the end of the file and replaces what is not UTF-8 in
// silence: a suite that it would misread is refused here.
void check_is_text(const std::string& yaml, Problems& problems) {
  Position at;
  for (std::size_t i = 0; i < yaml.size();) {
    const auto lead = static_cast<unsigned char>(yaml[i]);
    const std::size_t length = utf8_length(lead);
    bool is_text = length > 0 && i + length <= yaml.size() && !is_control(lead);
    for (std::size_t k = 1; is_text && k < length; ++k) {
      is_text = is_continuation(static_cast<unsigned char>(yaml[i + k]));
    }
    if (!is_text) {
      problems.add(at, "this byte is not UTF-8 text", "save the file as UTF-8");
      return;
    }
    i += length;
    if (lead == '\n') {
      at = {at.line + 1, 1};
    } else {
      at.column += static_cast<int>(length);
    }
  }
}

Position position_of(const YAML::Mark& mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

// Where the documents of a stream start.
class DocumentStarts : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> marks;

  void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// YAML::Load ignores what follows the first document, and YAML::LoadAll goes on for ever where a
// document starts with a token that none can start with (","), so the documents are counted here.
void check_is_one_document(const std::string& yaml, Problems& problems) {
  std::istringstream stream(yaml);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  while (starts.marks.size() < 2 && parser.HandleNextDocument(starts)) {
  }
  if (starts.marks.empty()) {
    problems.add({}, "the file is empty", "write a suite with at least one function");
  }
  if (starts.marks.size() < 2) return;
  const Position second = position_of(starts.marks[1]);
  std::istringstream lines(yaml);
  std::string line;
  for (int i = 0; i < second.line; ++i) std::getline(lines, line);
  if (second > position_of(starts.marks[0]) && line.starts_with("---")) {
    problems.add(second, "a second YAML document starts here", "write one suite a file");
  } else {
    problems.add(second, "not YAML: nothing can start here", "correct the syntax");
  }
}

// The first tab that indents a line, which YAML forbids and yaml-cpp complains of in riddles.
std::optional<Position> indenting_tab(const std::string& yaml) {
  std::istringstream lines(yaml);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
    const std::size_t tab = line.find('\t');
    if (tab < indent && indent < line.size()) return Position{number, static_cast<int>(tab) + 1};
  }
  return std::nullopt;
}

}  // namespace

YAML::Node load_yaml(const std::string& yaml, const std::string& file) {
  Problems problems(file);
  check_is_text(yaml, problems);
  problems.throw_if_any();

  YAML::Node document;
  try {
    check_is_one_document(yaml, problems);
    if (problems.empty()) document = YAML::Load(yaml);
  } catch (const YAML::Exception& e) {
    const auto tab = indenting_tab(yaml);
    if (tab && *tab <= position_of(e.mark)) {
      problems.add(*tab, "a tab indents this line, which YAML does not allow", "use spaces");
    } else {
      problems.add(position_of(e.mark), "not YAML: " + e.msg, "correct the syntax");
    }
  }
  problems.throw_if_any();
  if (document.IsNull()) {
    problems.add({}, "the file is empty", "write a suite with at least one function");
  }
  problems.throw_if_any();
  return document;
}

}  // namespace coldstart::harness
