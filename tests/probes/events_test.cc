#include "probes/events.h"

#include <cstring>
#include <gtest/gtest.h>

namespace coldstart::probes {
namespace {

TEST(EventsTest, ARecordThatIsTooShortIsRefused) {
  cs_event raw{};
  raw.kind = CS_FORK;
  EXPECT_FALSE(decode(&raw, sizeof(raw) - 1));
  EXPECT_FALSE(decode(&raw, sizeof(cs_header) - 1));
  EXPECT_TRUE(decode(&raw, sizeof(raw)));
}

TEST(EventsTest, AnUnknownKindIsRefused) {
  cs_event raw{};
  EXPECT_FALSE(decode(&raw, sizeof(raw)));
  raw.kind = CS_KIND_END;
  EXPECT_FALSE(decode(&raw, sizeof(raw)));
}

TEST(EventsTest, AnExecRecordCarriesItsFileName) {
  cs_named_event raw{};
  raw.event.kind = CS_EXEC;
  std::strcpy(raw.name, "/bin/true");
  const auto event = decode(&raw, sizeof(raw));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->name, "/bin/true");
}

TEST(EventsTest, AShortRecordIsItsHeader) {
  cs_header raw{};
  raw.kind = CS_WAKE;
  raw.tid = 7;
  const auto event = decode(&raw, sizeof(raw));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->raw.tid, 7U);
  EXPECT_FALSE(decode(&raw, sizeof(raw) - 1));
}

TEST(EventsTest, AFileNameThatFillsTheRecordNeedsNoTerminator) {
  cs_named_event raw{};
  raw.event.kind = CS_EXEC;
  std::memset(raw.name, 'x', sizeof(raw.name));
  EXPECT_EQ(decode(&raw, sizeof(raw))->name.size(), sizeof(raw.name));
}

TEST(EventsTest, RecordsAreSmall) {
  EXPECT_EQ(sizeof(cs_header), 32U);
  EXPECT_EQ(sizeof(cs_event), 80U);
}

}  // namespace
}  // namespace coldstart::probes
