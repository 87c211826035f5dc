#include "probes/events.h"

#include <cstring>
#include <gtest/gtest.h>

namespace coldstart::probes {
namespace {

TEST(EventsTest, ARecordThatIsTooShortIsRefused) {
  cs_event raw{};
  raw.kind = CS_FORK;
  EXPECT_FALSE(decode(&raw, sizeof(raw) - 1));
  EXPECT_TRUE(decode(&raw, sizeof(raw)));
}

TEST(EventsTest, AnUnknownKindIsRefused) {
  cs_event raw{};
  EXPECT_FALSE(decode(&raw, sizeof(raw)));
  raw.kind = CS_RUNTIME_READY + 1;
  EXPECT_FALSE(decode(&raw, sizeof(raw)));
}

TEST(EventsTest, AnExecRecordCarriesItsFileName) {
  cs_exec_event raw{};
  raw.event.kind = CS_EXEC;
  std::strcpy(raw.filename, "/bin/true");
  const auto event = decode(&raw, sizeof(raw));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->filename, "/bin/true");
  EXPECT_FALSE(decode(&raw, sizeof(raw.event)));
}

TEST(EventsTest, AFileNameThatFillsTheRecordNeedsNoTerminator) {
  cs_exec_event raw{};
  raw.event.kind = CS_EXEC;
  std::memset(raw.filename, 'x', sizeof(raw.filename));
  EXPECT_EQ(decode(&raw, sizeof(raw))->filename.size(), sizeof(raw.filename));
}

TEST(EventsTest, ARecordIsSixtyFourBytes) { EXPECT_EQ(sizeof(cs_event), 64U); }

}  // namespace
}  // namespace coldstart::probes
