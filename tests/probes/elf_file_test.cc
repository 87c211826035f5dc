#include "probes/elf_file.h"

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
