// Names of functions by address: ELF files, separate debug files, perf maps.
#include "probes/function_names.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

namespace coldstart::probes {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = COLDSTART_BINARY_DIR "/tests/functions/spins-and-sleeps";

std::uint64_t address_of(const ElfFile& file, const std::string& symbol) {
  std::uint64_t found = 0;
  file.each_function([&](std::uint64_t address, std::uint64_t, const char* name) {
    if (name == symbol) found = address;
  });
  return found;
}

TEST(FunctionNamesTest, AnAddressInsideAFunctionHasItsName) {
  const auto file = ElfFile::open(kProgram);
  ASSERT_TRUE(file);
  const FunctionNames names(*file, "/no/debug/files");
  const std::uint64_t at = address_of(*file, "_Z10spins_longv");
  ASSERT_NE(at, 0U);
  EXPECT_EQ(names.find(at), "spins_long");
  EXPECT_EQ(names.find(at + 4), "spins_long");
  EXPECT_EQ(names.find(address_of(*file, "main")), "main");
  EXPECT_EQ(names.find(0), "");
  EXPECT_EQ(names.find(UINT64_MAX), "");
}

TEST(FunctionNamesTest, AStrippedFileGetsThemFromTheDebugFileWithItsBuildId) {
  std::string pattern = (fs::temp_directory_path() / "names-XXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  const fs::path stripped = folder / "program";
  const auto file = ElfFile::open(kProgram);
  ASSERT_TRUE(file);
  const auto id = file->build_id();
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 40U);
  const fs::path debug = folder / ".build-id" / id->substr(0, 2) / (id->substr(2) + ".debug");
  fs::create_directories(debug.parent_path());
  const std::string strip = "strip -o " + stripped.string() + " " + kProgram;
  const std::string keep = "objcopy --only-keep-debug " + kProgram + " " + debug.string();
  ASSERT_EQ(std::system(strip.c_str()), 0);
  ASSERT_EQ(std::system(keep.c_str()), 0);
  const std::uint64_t at = address_of(*file, "_Z10spins_longv");
  const auto bare = ElfFile::open(stripped);
  ASSERT_TRUE(bare);
  EXPECT_EQ(FunctionNames(*bare, "/no/debug/files").find(at), "");
  EXPECT_EQ(FunctionNames(*bare, folder.string()).find(at), "spins_long");
  fs::remove_all(folder);
}

TEST(FunctionNamesTest, NamesCannotBreakAFoldedLine) {
  EXPECT_EQ(readable_name("_ZN3foo3barEi"), "foo::bar");
  EXPECT_EQ(readable_name("_ZNK3fooclEi"), "foo::operator()");
  EXPECT_EQ(readable_name("_ZN12_GLOBAL__N_14spinEx"), "(anonymous namespace)::spin");
  EXPECT_EQ(readable_name("_ZN12_GLOBAL__N_14sinkE"), "(anonymous namespace)::sink");
  EXPECT_EQ(readable_name("plain"), "plain");
  EXPECT_EQ(readable_name("_Zbroken"), "_Zbroken");
  EXPECT_EQ(readable_name("a;b\nc"), "a:b c");
  EXPECT_LE(readable_name(std::string(5000, 'x').c_str()).size(), 240U);
}

TEST(PerfMapTest, AnAddressHasTheNameOfItsLine) {
  const PerfMap map = PerfMap::parse(
      "7f0000001000 20 Interpreter\n"
      "0x00007f0000002000 0x100 long Busy.fib(int)\n"  // as a JVM writes them
      "garbage\n\n7f00 0 empty\n"
      "7f0000003000 10 LazyCompile:*run /app;x.js:1:2");
  EXPECT_EQ(map.size(), 3U);
  EXPECT_EQ(map.find(0x7f0000001000), "Interpreter");
  EXPECT_EQ(map.find(0x7f000000101f), "Interpreter");
  EXPECT_EQ(map.find(0x7f0000001020), "");
  EXPECT_EQ(map.find(0x7f00000020ff), "long Busy.fib(int)");
  EXPECT_EQ(map.find(0x7f0000003000), "LazyCompile:*run /app:x.js:1:2");
  EXPECT_EQ(map.find(1), "");
}

TEST(PerfMapTest, OfTwoAtOnePlaceTheLaterOneHolds) {
  const PerfMap map = PerfMap::parse("1000 20 old\n1000 10 new\n");
  EXPECT_EQ(map.find(0x1008), "new");
}

}  // namespace
}  // namespace coldstart::probes
