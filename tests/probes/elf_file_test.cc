#include "probes/elf_file.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>

namespace coldstart::probes {
namespace {

const std::string kFunctions = COLDSTART_BINARY_DIR "/bench/functions/";

TEST(ElfFileTest, ADynamicProgramNamesItsLoaderAndAStaticOneDoesNot) {
  const auto dynamic = ElfFile::open(kFunctions + "hello");
  ASSERT_TRUE(dynamic);
  EXPECT_NE(dynamic->interpreter().value_or("").find("ld-linux"), std::string::npos);
  const auto fixed = ElfFile::open(kFunctions + "hello-static");
  ASSERT_TRUE(fixed);
  EXPECT_FALSE(fixed->interpreter());
}

TEST(ElfFileTest, TheLoaderHasTheHookOfTheLinkMap) {
  const auto program = ElfFile::open(kFunctions + "hello");
  ASSERT_TRUE(program && program->interpreter());
  const auto loader = ElfFile::open(*program->interpreter());
  ASSERT_TRUE(loader);
  EXPECT_GT(loader->function_offset("_dl_debug_state").value_or(0), 0U);
  EXPECT_FALSE(loader->function_offset("no_such_function"));
}

std::string bytes_at(const std::string& path, std::uint64_t offset, std::size_t count) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  std::string bytes(count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  return bytes;
}

TEST(ElfFileTest, EachCallOfAFunctionIsACallInstructionThatLeadsToIt) {
#ifndef __x86_64__
  GTEST_SKIP() << "skipped: calls are told on x86-64 only";
#endif
  const std::string path = *ElfFile::open(kFunctions + "hello")->interpreter();
  const auto loader = ElfFile::open(path);
  ASSERT_TRUE(loader);
  const std::uint64_t function = loader->function_offset("_dl_debug_state").value();
  const auto calls = loader->call_offsets(function, "no_such_function");
  // At the start and at its end, and at the start and end of dlopen and of dlclose.
  EXPECT_GE(calls.size(), 4U);
  for (const std::uint64_t call : calls) {
    const std::string code = bytes_at(path, call, 5);
    EXPECT_EQ(code[0], '\xE8');
    std::int32_t distance = 0;
    std::memcpy(&distance, code.data() + 1, sizeof(distance));
    EXPECT_EQ(static_cast<std::int64_t>(call) + 5 + distance, static_cast<std::int64_t>(function));
  }
  // glibc's dl_main calls it twice; a loader without .symtab does not tell where dl_main is.
  const auto at_start = loader->call_offsets(function, "dl_main");
  EXPECT_TRUE(at_start.size() == 2 || at_start == calls) << at_start.size();
}

TEST(ElfFileTest, AFunctionThatNobodyCallsHasNoCalls) {
  const auto fixed = ElfFile::open(kFunctions + "hello-static");
  ASSERT_TRUE(fixed);
  EXPECT_TRUE(fixed->call_offsets(fixed->function_offset("_start").value(), "main").empty());
}

TEST(ElfFileTest, AStaticProgramHasItsOwnStartMain) {
  const auto fixed = ElfFile::open(kFunctions + "hello-static");
  ASSERT_TRUE(fixed);
  EXPECT_TRUE(fixed->function_offset("__libc_start_main"));
}

TEST(ElfFileTest, AScriptAndAMissingFileAreNoElfFiles) {
  EXPECT_FALSE(ElfFile::open(kFunctions + "hello.py"));
  EXPECT_FALSE(ElfFile::open("/no/such/file"));
}

}  // namespace
}  // namespace coldstart::probes
