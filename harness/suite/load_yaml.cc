// From bytes to the one YAML document of a suite file.
#include <string>
#include <vector>

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

}  // namespace

YAML::Node load_yaml(const std::string& yaml, const std::string& file) {
  Problems problems(file);
  check_is_text(yaml, problems);
  problems.throw_if_any();

  std::vector<YAML::Node> documents;
  try {
    documents = YAML::LoadAll(yaml);
  } catch (const YAML::Exception& e) {
    problems.add(position_of(e.mark), "not YAML: " + e.msg, "correct the syntax");
  }
  problems.throw_if_any();
  if (documents.empty() || (documents.size() == 1 && documents.front().IsNull())) {
    problems.add({}, "the file is empty", "write a suite with at least one function");
  } else if (documents.size() > 1) {
    problems.add(harness::position_of(documents[1]), "a second YAML document starts here",
                 "write one suite a file");
  }
  problems.throw_if_any();
  return documents.front();
}

}  // namespace coldstart::harness
