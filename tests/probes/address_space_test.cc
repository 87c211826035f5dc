// What was mapped where, at which moment.
#include "probes/address_space.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace coldstart::probes {
namespace {

MapRecord mapped(std::int64_t time_ns, std::uint32_t pid, std::uint64_t begin, std::uint64_t length,
                 const std::string& path, std::uint64_t file_offset = 0) {
  return {MapRecord::Kind::kMapped, time_ns, pid, 0, begin, length, file_offset, 1, path};
}
MapRecord forked(std::int64_t time_ns, std::uint32_t pid, std::uint32_t parent) {
  return {MapRecord::Kind::kFork, time_ns, pid, parent, 0, 0, 0, 0, {}};
}
MapRecord execed(std::int64_t time_ns, std::uint32_t pid) {
  return {MapRecord::Kind::kExec, time_ns, pid, 0, 0, 0, 0, 0, {}};
}

// No process has such an id: none is read from /proc.
constexpr std::uint32_t kFirst = 4'000'000'001;
constexpr std::uint32_t kSecond = 4'000'000'002;
constexpr std::uint32_t kStranger = 4'000'000'003;

std::string path_at(AddressSpaces& spaces, std::uint32_t pid, std::uint64_t address) {
  const Mapping* mapping = spaces.of(pid).find(address);
  return mapping == nullptr ? "" : mapping->path;
}

TEST(AddressSpacesTest, AMappingHoldsFromItsMomentOn) {
  const std::vector<MapRecord> records = {mapped(10, kFirst, 0x1000, 0x1000, "/a"),
                                          mapped(20, kFirst, 0x3000, 0x1000, "/b")};
  AddressSpaces spaces(records, {kFirst});
  spaces.advance_to(15);
  EXPECT_EQ(path_at(spaces, kFirst, 0x1000), "/a");
  EXPECT_EQ(path_at(spaces, kFirst, 0x1fff), "/a");
  EXPECT_EQ(path_at(spaces, kFirst, 0x2000), "");
  EXPECT_EQ(path_at(spaces, kFirst, 0x3000), "");
  spaces.advance_to(20);
  EXPECT_EQ(path_at(spaces, kFirst, 0x3000), "/b");
}

TEST(AddressSpacesTest, AChildHasWhatItsParentHadUntilItExecs) {
  const std::vector<MapRecord> records = {
      mapped(10, kFirst, 0x1000, 0x1000, "/parent"), forked(20, kSecond, kFirst),
      mapped(25, kFirst, 0x5000, 0x1000, "/later"), execed(30, kSecond),
      mapped(31, kSecond, 0x8000, 0x1000, "/child")};
  AddressSpaces spaces(records, {kSecond});
  spaces.advance_to(25);
  EXPECT_EQ(path_at(spaces, kSecond, 0x1000), "/parent");
  EXPECT_EQ(path_at(spaces, kSecond, 0x5000), "");
  spaces.advance_to(31);
  EXPECT_EQ(path_at(spaces, kSecond, 0x1000), "");
  EXPECT_EQ(path_at(spaces, kSecond, 0x8000), "/child");
}

TEST(AddressSpacesTest, ProcessesThatNobodyAsksForAreNotFollowed) {
  const std::vector<MapRecord> records = {mapped(10, kStranger, 0x1000, 0x1000, "/x")};
  AddressSpaces spaces(records, {kFirst});
  spaces.advance_to(10);
  EXPECT_EQ(path_at(spaces, kStranger, 0x1000), "");
}

TEST(AddressSpacesTest, OneThatWasThereBeforeIsReadAsItIs) {
  const std::vector<MapRecord> records;
  const auto self = static_cast<std::uint32_t>(::getpid());
  AddressSpaces spaces(records, {self});
  const auto here = reinterpret_cast<std::uint64_t>(&path_at);
  EXPECT_NE(path_at(spaces, self, here).find("probes_test"), std::string::npos);
}

TEST(AddressSpaceTest, ALaterMappingCutsWhatItCovers) {
  AddressSpace space;
  space.add({0x1000, 0x9000, 0x100000, 1, "/whole"});
  space.add({0x3000, 0x5000, 0, 2, "/hole"});
  EXPECT_EQ(space.find(0x2fff)->path, "/whole");
  EXPECT_EQ(space.find(0x3000)->path, "/hole");
  EXPECT_EQ(space.find(0x5000)->path, "/whole");
  EXPECT_EQ(space.find(0x5000)->file_offset, 0x104000U);  // still the same place in the file
  space.add({0x2000, 0xa000, 0, 3, "/over"});
  EXPECT_EQ(space.mappings().size(), 2U);
  EXPECT_EQ(space.find(0x1fff)->path, "/whole");
  EXPECT_EQ(space.find(0x9fff)->path, "/over");
}

TEST(AddressSpaceTest, ItsGenerationTellsThatItChanged) {
  AddressSpace space;
  space.add({0x1000, 0x2000, 0, 1, "/a"});
  const AddressSpace copy = space;
  EXPECT_EQ(copy.generation(), space.generation());
  space.add({0x3000, 0x4000, 0, 1, "/b"});
  EXPECT_NE(copy.generation(), space.generation());
}

}  // namespace
}  // namespace coldstart::probes
