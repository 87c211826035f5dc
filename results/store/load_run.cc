#include "results/store/load_run.h"

#include "results/export/json.h"
#include "results/store/store.h"

namespace coldstart::results {
namespace {

bool is_file(const std::string& selector) {
  std::error_code error;
  const bool is_path =
      selector.find('/') != std::string::npos && std::filesystem::is_regular_file(selector, error);
  return is_path || selector.ends_with(".json");
}

}  // namespace

Run load_run(const std::string& selector, const std::filesystem::path& store_file) {
  if (is_file(selector)) return import_json_file(selector);
  const Store store(store_file, Store::Mode::kRead);
  return store.load(store.resolve(selector));
}

Digest load_digest(const std::string& selector, const std::filesystem::path& store_file) {
  if (is_file(selector)) return digest(import_json_file(selector));
  const Store store(store_file, Store::Mode::kRead);
  return store.load_digest(store.resolve(selector));
}

}  // namespace coldstart::results
