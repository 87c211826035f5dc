// The account of a start as JSON: the keys `causes`, `libraries`, `files`, `sandbox`, `jvm`,
// `python`, `node`, `cache_proof` and `account_absent` of an exported start; the store keeps the
// same in one column. A part that is absent has no key; a part that was looked at and is empty has
// an empty one.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "results/export/json_node.h"
#include "results/model/account.h"

namespace coldstart::results {

/// Adds the keys to the object `start`.
void put_account(nlohmann::ordered_json& start, const Account& account);

/// The inverse; keys that it does not know are ignored. Throws Error with the place of what is
/// wrong.
Account read_account(const JsonNode& start);

/// The account as an object on one line; empty where nothing is in it. Text that is not UTF-8 is
/// made so.
std::string account_text(const Account& account);

/// The inverse. `source`: the name for messages. Throws Error.
Account account_from_text(const std::string& text, const std::string& source);

}  // namespace coldstart::results
