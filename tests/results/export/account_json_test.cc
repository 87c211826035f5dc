#include "results/export/account_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

using nlohmann::ordered_json;
using testing::contains;
using testing::error_of;
using testing::full_account;

ordered_json json_of(const Account& account) {
  ordered_json json = ordered_json::object();
  put_account(json, account);
  return json;
}

TEST(AccountJson, EveryFieldComesBack) {
  const Account account = full_account();
  EXPECT_EQ(account_from_text(account_text(account), "test"), account);
}

TEST(AccountJson, EachPartComesBackAlone) {
  const Account full = full_account();
  std::vector<Account> parts(9);
  parts[0].causes = full.causes;
  parts[1].libraries = full.libraries;
  parts[2].files = full.files;
  parts[3].sandbox = full.sandbox;
  parts[4].jvm = full.jvm;
  parts[5].python = full.python;
  parts[6].node = full.node;
  parts[7].cache = full.cache;
  parts[8].absent = full.absent;
  for (const Account& part : parts) {
    EXPECT_EQ(json_of(part).size(), 1U) << account_text(part);
    EXPECT_EQ(account_from_text(account_text(part), "test"), part);
  }
}

TEST(AccountJson, AnEmptyAccountIsNoText) { EXPECT_EQ(account_text({}), ""); }

TEST(AccountJson, NothingFoundIsNotTheSameAsNotLookedAt) {
  Account account;
  account.libraries.emplace();
  account.sandbox.emplace();
  account.files.emplace();
  const Account back = account_from_text(account_text(account), "test");
  EXPECT_EQ(back, account);
  EXPECT_TRUE(back.libraries.has_value());
  EXPECT_FALSE(back.jvm.has_value());
}

TEST(AccountJson, SaysWhatTheDesignSays) {
  const ordered_json json = json_of(full_account());
  EXPECT_EQ(json["causes"]["spawn"]["cpu"], 11);
  EXPECT_EQ(json["causes"]["spawn"]["runnable"], 12);
  EXPECT_EQ(json["causes"]["spawn"]["disk"], 13);
  EXPECT_EQ(json["causes"]["spawn"]["wait"], 29);
  EXPECT_EQ(json["causes"]["spawn"]["waits"]["rcu"], 9);
  EXPECT_EQ(json["causes"]["spawn"]["cpu_time"], 14);
  EXPECT_EQ(json["causes"]["runtime+app"]["read_bytes"], 28);
  EXPECT_FALSE(json["causes"]["runtime+app"].contains("waits"));
  EXPECT_EQ(json["libraries"][0]["open_ns"], 31);
  EXPECT_EQ(json["libraries"][0]["mapped_ns"], 32);
  EXPECT_FALSE(json["libraries"][1].contains("open_ns"));
  EXPECT_FALSE(json["libraries"][1].contains("cached_bytes"));
  EXPECT_EQ(json["libraries"][2]["cached_bytes"], 0);
  EXPECT_EQ(json["sandbox"][0]["name"], "namespaces");
  EXPECT_EQ(json["sandbox"][0]["wait"], 65);
  EXPECT_EQ(json["cache_proof"]["proven"], false);
  EXPECT_EQ(json["account_absent"]["python"], "no probe in this build");
}

TEST(AccountJson, PhasesKeepTheirOrder) {
  Account account;
  for (const char* phase : {"spawn", "link", "app", "connect"})
    account.causes.push_back({phase, {}});
  EXPECT_EQ(account_from_text(account_text(account), "test"), account);
}

TEST(AccountJson, TextThatIsNotUtf8DoesNotStopIt) {
  Account account;
  account.libraries = std::vector<Library>{{"/lib/\xff.so", 1, {}, {}, {}, true}};
  EXPECT_TRUE(
      contains(account_from_text(account_text(account), "test").libraries->at(0).path, ".so"));
}

TEST(AccountJson, WhatIsWrongIsNamedByItsPlace) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"{\"causes\"", "a.db: its account is not JSON"},
           {"3", "a.db: /: must be an object"},
           {R"({"causes": {"link": {"cpu": "x"}}})", "a.db: /causes/link/cpu: must be a whole"},
           {R"({"causes": {"link": {"waits": {"rcu": -1}}}})",
            "/causes/link/waits/rcu: is negative"},
           {R"({"libraries": [{"bytes": 1}]})", "a.db: /libraries/0: has no key 'path'"},
           {R"({"jvm": {"classes": 1.5}})", "a.db: /jvm/classes: must be a whole number"},
           {R"({"cache_proof": {"files": 1}})", "a.db: /cache_proof: has no key 'proven'"}}) {
    const std::string said = error_of([&, t = text] { account_from_text(t, "a.db"); });
    EXPECT_TRUE(contains(said, error)) << text << " → " << said;
  }
}

}  // namespace
}  // namespace coldstart::results
