#include "tests/results/json_schema.h"

#include "tests/results/support.h"

#ifdef COLDSTART_HAVE_VALIJSON
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#endif

namespace coldstart::results::testing {

#ifdef COLDSTART_HAVE_VALIJSON

bool have_validator() { return true; }

std::string complaint(const nlohmann::json& document, const std::string& schema_file) {
  const auto schema_document =
      nlohmann::json::parse(read_file(std::string(COLDSTART_SOURCE_DIR "/") + schema_file));
  valijson::Schema schema;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_document);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter adapter(document);
  if (validator.validate(schema, adapter, &results)) return "";
  valijson::ValidationResults::Error error;
  results.popError(error);
  std::string text = "invalid:";
  for (const std::string& step : error.context) text += ' ' + step;
  return text + ": " + error.description;
}

#else

bool have_validator() { return false; }

std::string complaint(const nlohmann::json&, const std::string&) { return "no validator"; }

#endif

}  // namespace coldstart::results::testing
