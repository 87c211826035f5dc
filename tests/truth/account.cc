// What else the construction of a program tells about its account: tiers files and runtime.
#include <algorithm>
#include <iostream>
#include <set>
#include <string>

#include "tests/truth/checks.h"

namespace coldstart::truth {
namespace {

bool files_tier_is_on(const probes::Session& session) {
  const auto tiers = session.tiers();
  return std::any_of(tiers.begin(), tiers.end(), [](const probes::TierStatus& tier) {
    return name(tier.id) == "files" && tier.on;
  });
}

// Whether a part of the account is there to be checked. With the tier files on it must be.
bool present(bool there, const char* part, const probes::Session& session) {
  if (there) return true;
  if (files_tier_is_on(session)) {
    ADD_FAILURE() << "no " << part << " in the account";
  } else {
    static std::set<std::string> said;
    if (said.insert(part).second) {
      std::cout << part << " of the account are not checked: tier off or not in this build\n";
    }
  }
  return false;
}

void expect_libraries(const Trial& trial, const probes::Session& session) {
  const auto& libraries = trial.start.account.libraries;
  if (!present(libraries.has_value(), "libraries", session)) return;
  const auto generated = std::count_if(libraries->begin(), libraries->end(), [](const Library& l) {
    return l.at_startup == true && l.bytes > 0 &&
           l.path.find("libtruth-generated-") != std::string::npos;
  });
  EXPECT_EQ(generated, 200);
}

void expect_cold_file(const Trial& trial, const probes::Session& session) {
  const auto& files = trial.start.account.files;
  if (!present(files.has_value(), "files", session)) return;
  const auto cold = std::find_if(files->top.begin(), files->top.end(),
                                 [](const FileUse& use) { return use.path.ends_with("/cold"); });
  ASSERT_NE(cold, files->top.end()) << "the file that took the longest";
  EXPECT_EQ(cold->bytes, kColdFileBytes);
  EXPECT_EQ(cold, files->top.begin());
}

void expect_import(const Trial& trial, const probes::Session& session) {
  const auto& python = trial.start.account.python;
  const auto delays = trial.named("app");
  if (!present(python.has_value(), "imports", session) || delays.empty()) return;
  const auto slow = std::find_if(python->top.begin(), python->top.end(),
                                 [](const NamedTime& time) { return time.name == "slow_module"; });
  ASSERT_NE(slow, python->top.end()) << "the import that takes the longest";
  EXPECT_GE(slow->total_ns, delays.front().length_ns());
  EXPECT_LE(slow->begin_ns + trial.start.due_ns, delays.front().begin_ns);
}

void expect_classes(const Trials& trials, const probes::Session& session) {
  const auto& delayed = trials.delayed.front().start.account.jvm;
  const auto& control = trials.control.front().start.account.jvm;
  if (!present(delayed && control, "classes", session)) return;
  // Loading them by name takes a few classes more.
  EXPECT_GE(delayed->classes - control->classes, 2000);
  EXPECT_LE(delayed->classes - control->classes, 2100);
}

}  // namespace

void expect_account(const Case& which, const Trials& trials, const probes::Session& session) {
  if (which.name == "relocation_of_200_libraries_sleeps") {
    for (const Trial& trial : trials.delayed) expect_libraries(trial, session);
  } else if (which.kind == DelayKind::kRead) {
    for (const Trial& trial : trials.delayed) expect_cold_file(trial, session);
  } else if (which.name == "python_import_sleeps") {
    for (const Trial& trial : trials.delayed) expect_import(trial, session);
  } else if (which.name == "jvm_loads_2000_classes") {
    expect_classes(trials, session);
  }
}

}  // namespace coldstart::truth
