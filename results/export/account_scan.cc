#include "results/export/account_scan.h"

#include <cstdint>
#include <simdjson.h>
#include <utility>

#include "results/export/account_json.h"

namespace coldstart::results {
namespace {

namespace ondemand = simdjson::ondemand;

/// Something is not as account_text() writes it: the reader that can say what has to look at it.
struct Unusual {};

std::int64_t amount(ondemand::value value) {
  const std::int64_t number = value.get_int64();
  if (number < 0) throw Unusual();
  return number;
}

PhaseCauses causes_of(std::string_view phase, ondemand::object object) {
  PhaseCauses causes;
  causes.phase = phase;
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    ondemand::value value = field.value();
    if (key == "cpu") {
      causes.time.cpu_ns = amount(value);
    } else if (key == "runnable") {
      causes.time.runnable_ns = amount(value);
    } else if (key == "disk") {
      causes.time.disk_ns = amount(value);
    } else if (key == "wait") {
      causes.time.wait_ns = amount(value);
    } else if (key == "waits") {
      for (auto wait : value.get_object()) {
        const std::string_view reason = wait.unescaped_key();
        causes.time.waits[std::string(reason)] = amount(wait.value());
      }
    } else if (key == "cpu_time") {
      causes.cpu_time_ns = amount(value);
    } else if (key == "context_switches") {
      causes.context_switches = amount(value);
    } else if (key == "minor_faults") {
      causes.minor_faults = amount(value);
    } else if (key == "major_faults") {
      causes.major_faults = amount(value);
    } else if (key == "read_bytes") {
      causes.read_bytes = amount(value);
    }
  }
  return causes;
}

CacheProof proof_of(ondemand::object object) {
  CacheProof proof;
  bool told = false;
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    ondemand::value value = field.value();
    if (key == "files") {
      proof.files = amount(value);
    } else if (key == "bytes") {
      proof.bytes = amount(value);
    } else if (key == "cached_bytes") {
      proof.cached_bytes = amount(value);
    } else if (key == "proven") {
      proof.proven = value.get_bool();
      told = true;
    } else if (key == "reason") {
      proof.reason = std::string_view(value.get_string());
    } else if (key == "pinned_files") {
      proof.pinned_files = amount(value);
    } else if (key == "pinned_bytes") {
      proof.pinned_bytes = amount(value);
    }
  }
  if (!told) throw Unusual();
  return proof;
}

}  // namespace

struct AccountScanner::Impl {
  ondemand::parser parser;
  std::string padded;  ///< the parser reads beyond the end

  Account scan(std::string_view text) {
    padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(text);
    ondemand::document document = parser.iterate(
        simdjson::padded_string_view(padded.data(), padded.size(), padded.capacity()));
    Account account;
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      if (key == "causes") {
        for (auto phase : field.value().get_object()) {
          const std::string name(std::string_view(phase.unescaped_key()));
          account.causes.push_back(causes_of(name, phase.value().get_object()));
        }
      } else if (key == "cache_proof") {
        account.cache = proof_of(field.value().get_object());
      } else if (key == "account_absent") {
        for (auto part : field.value().get_object()) {
          const std::string name(std::string_view(part.unescaped_key()));
          account.absent[name] = std::string_view(part.value().get_string());
        }
      }
    }
    return account;
  }
};

AccountScanner::AccountScanner() : impl_(std::make_unique<Impl>()) {}
AccountScanner::~AccountScanner() = default;

Account AccountScanner::scan(std::string_view text, const std::function<std::string()>& source) {
  Account account;
  try {
    account = impl_->scan(text);
  } catch (const simdjson::simdjson_error&) {
    account = account_from_text(std::string(text), source());
  } catch (const Unusual&) {
    account = account_from_text(std::string(text), source());
  }
  if (account.cache && account.cache->proven) account.cache->reason.clear();
  Account kept;
  kept.causes = std::move(account.causes);
  kept.cache = std::move(account.cache);
  kept.absent = std::move(account.absent);
  return kept;
}

}  // namespace coldstart::results
