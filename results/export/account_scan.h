// The few parts of an account that are needed of every start, read without the rest: a report of a
// million starts has gigabytes of accounts to go through.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "results/model/account.h"

namespace coldstart::results {

class AccountScanner {
 public:
  AccountScanner();
  ~AccountScanner();
  AccountScanner(const AccountScanner&) = delete;
  AccountScanner& operator=(const AccountScanner&) = delete;

  /// Of an account as account_text() wrote it: causes, cache proof (its reason only where it is
  /// not proven) and what is absent. What stands in the other parts is not looked at. Throws Error
  /// where account_from_text() would, for what it reads; `source` names the text then.
  Account scan(std::string_view text, const std::function<std::string()>& source);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coldstart::results
