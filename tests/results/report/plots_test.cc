#include "results/report/plots.h"

#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "results/report/load_pictures.h"
#include "results/report/plot_frame.h"
#include "tests/results/sample_load.h"
#include "tests/results/sample_run.h"
#include "tests/results/support.h"

namespace coldstart::results {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::in_child;
using testing::plain_run;
using testing::read_file;
using testing::realistic_run;
using testing::TempFolder;
using testing::write_file;

std::vector<Picture> plots(const Run& run, const fs::path& folder) {
  return write_plots(digest(run), folder);
}

void expect_picture(const Picture& picture) {
  const std::string png = read_file(picture.png);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n") << picture.png;
  EXPECT_EQ(png.substr(png.size() - 8, 4), "IEND") << picture.png;
  const std::string svg = read_file(picture.svg);
  EXPECT_TRUE(contains(svg, "<svg")) << picture.svg;
  EXPECT_TRUE(contains(svg, "</svg>")) << picture.svg;
  EXPECT_FALSE(picture.alt.empty());
}

TEST(Plots, NameEveryFunctionAndTheUnits) {
  const TempFolder folder;
  const auto pictures = plots(realistic_run(30), folder.path() / "new" / "plots");
  ASSERT_EQ(pictures.size(), 3U);
  EXPECT_EQ(pictures[0].svg.filename(), "phases.svg");
  EXPECT_EQ(pictures[1].png.filename(), "ecdf.png");
  EXPECT_EQ(pictures[2].png.filename(), "density.png");
  for (const Picture& picture : pictures) {
    expect_picture(picture);
    const std::string svg = read_file(picture.svg);
    for (const char* name :
         {"cpp", "cpp-static", "cpp-crun", "cpp-runc", "java", "node", "python"}) {
      EXPECT_TRUE(contains(svg, name)) << name;
      EXPECT_TRUE(contains(picture.alt, name)) << name;
    }
    EXPECT_TRUE(contains(svg, "(ms"));
  }
  const std::string phases = read_file(pictures[0].svg);
  EXPECT_TRUE(contains(phases, "runtime+app"));
  EXPECT_TRUE(contains(phases, "share of the summed medians (%)"));
  EXPECT_TRUE(contains(phases, "160 ms"));
  EXPECT_TRUE(contains(read_file(pictures[1].svg), "cpp (n = 29)"));
}

TEST(Plots, LeaveNothingElseBehind) {
  const TempFolder folder;
  plots(plain_run({"f"}, 3), folder.path());
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"density.png", "density.svg", "ecdf.png",
                                                      "ecdf.svg", "phases.png", "phases.svg"}));
}

TEST(Plots, OneStartIsEnough) {
  const TempFolder folder;
  for (const Picture& picture : plots(plain_run({"f"}, 1), folder.path())) expect_picture(picture);
}

TEST(Plots, TwentyFunctionsWithLongNamesHaveRoom) {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i)
    names.push_back("a-function-with-a-name-of-forty-letters-" + std::to_string(i));
  const TempFolder folder;
  for (const Picture& picture : plots(plain_run(names, 3), folder.path())) {
    expect_picture(picture);
    for (const std::string& name : names)
      EXPECT_TRUE(contains(read_file(picture.svg), name)) << name;
  }
}

// As many as a trace has: at two pixels for each of the script's, Cairo refuses the image.
TEST(Plots, FourHundredFunctionsAreDrawnToo) {
  std::vector<std::string> names;
  for (int i = 0; i < 420; ++i) names.push_back("cpp:" + std::to_string(i));
  const TempFolder folder;
  const auto pictures = plots(plain_run(names, 1), folder.path());
  ASSERT_FALSE(pictures.empty());
  for (const Picture& picture : pictures) {
    EXPECT_GT(std::filesystem::file_size(picture.png), 0U) << picture.png;
  }
}

TEST(Plots, AFunctionWithoutAUsableStartKeepsItsLineAndSaysSo) {
  coldstart::Run run = plain_run({"good", "bad"}, 3);
  for (Start& start : run.starts) {
    if (start.function == "bad") start.outcome = Outcome::kTimeout;
  }
  const TempFolder folder;
  const auto pictures = plots(run, folder.path());
  EXPECT_TRUE(contains(read_file(pictures.at(0).svg), "no usable start"));
  EXPECT_FALSE(contains(read_file(pictures.at(1).svg), "bad"));
}

TEST(Plots, ARunWithoutAUsableStartHasNone) {
  coldstart::Run run = plain_run({"f"}, 2);
  for (Start& start : run.starts) start.lost_events = 1;
  const TempFolder folder;
  EXPECT_TRUE(plots(run, folder.path()).empty());
  EXPECT_TRUE(folder.names().empty());
}

TEST(Plots, EveryCacheStateHasItsOwnPictures) {
  coldstart::Run run = plain_run({"f"}, 4);
  run.starts[0].cache = "disk";
  run.starts[1].cache = "../../etc";
  const TempFolder folder;
  EXPECT_EQ(plots(run, folder.path()).size(), 3U * 3 + 1);
  EXPECT_TRUE(fs::exists(folder / "phases-cold-disk.svg"));
  EXPECT_TRUE(fs::exists(folder / "ecdf-cold-..-..-etc.png"));
  EXPECT_TRUE(fs::exists(folder / "ladder.svg"));
}

TEST(Plots, FormatsAndSizeAreThoseThatWereAskedFor) {
  const TempFolder folder;
  const coldstart::Run run = realistic_run(10);
  const PlotOptions options{{PictureFormat::kPdf, PictureFormat::kSvg}, PictureSize{500, 700}};
  const auto pictures = write_plots(digest(run), folder.path(), options);
  ASSERT_EQ(pictures.size(), 3U);
  for (const Picture& picture : pictures) {
    EXPECT_TRUE(picture.png.empty());
    EXPECT_EQ(read_file(picture.pdf).substr(0, 5), "%PDF-");
    EXPECT_TRUE(contains(read_file(picture.svg), "viewBox=\"0 0 500 700\"")) << picture.svg;
  }
  EXPECT_EQ(folder.names().size(), 6U);
}

TEST(Plots, AnySizeCanBeDrawn) {
  const coldstart::Run run = testing::accounted_run(8);
  for (const PictureSize size :
       {PictureSize{300, 200}, PictureSize{700, 200}, PictureSize{3000, 300}}) {
    const TempFolder folder;
    const PlotOptions options{{PictureFormat::kPng}, size, true};
    for (const Picture& picture : write_plots(digest(run), folder.path(), options)) {
      EXPECT_GT(fs::file_size(picture.png), 1000U) << picture.png;
    }
  }
}

TEST(Plots, CacheStatesCausesAndWaterfallsAreDrawnWhereThereAreAny) {
  const TempFolder folder;
  const coldstart::Run run = testing::accounted_run(8);
  write_plots(digest(run), folder.path(), {{PictureFormat::kSvg}, {}, true});
  for (const char* file :
       {"ladder.svg", "causes-cold-disk.svg", "causes-cold-page-cache.svg", "density-cold-disk.svg",
        "waterfall-java-cold-disk.svg", "waterfall-tool-cold-page-cache.svg"}) {
    EXPECT_TRUE(fs::exists(folder / file)) << file;
  }
  EXPECT_TRUE(contains(read_file(folder / "ladder.svg"), "page-cache"));
  EXPECT_TRUE(contains(read_file(folder / "causes-cold-disk.svg"), "waiting for the disk"));
  EXPECT_TRUE(contains(read_file(folder / "waterfall-java-cold-disk.svg"), "runtime"));
}

TEST(Plots, NamesThatAreTheSameAsFilesKeepTheirOwnPicture) {
  const TempFolder folder;
  const coldstart::Run run = plain_run({"a/b", "a b"}, 2);
  const auto pictures = write_plots(digest(run), folder.path(), {{PictureFormat::kSvg}, {}, true});
  EXPECT_TRUE(fs::exists(folder / "waterfall-a-b.svg"));
  EXPECT_TRUE(fs::exists(folder / "waterfall-a-b-2.svg"));
}

TEST(Plots, FlameGraphsAreFilesInEveryFormatAndNameTheHottestFunction) {
  const TempFolder folder;
  coldstart::Run run = plain_run({"cpp", "java"}, 2);
  run.starts[0].stacks = testing::full_stacks();  // of cpp
  const auto pictures =
      write_plots(digest(run), folder.path(),
                  {{PictureFormat::kSvg, PictureFormat::kPng, PictureFormat::kPdf}, {}, true});
  std::size_t flames = 0;
  for (const Picture& picture : pictures) {
    if (picture.section != PictureSection::kStacks) continue;
    ++flames;
    expect_picture(picture);
    EXPECT_TRUE(read_file(picture.pdf).starts_with("%PDF-")) << picture.pdf;
  }
  EXPECT_EQ(flames, 2U);
  EXPECT_FALSE(fs::exists(folder / "flame-on-cpu-java.svg"));
  const std::string ran = read_file(folder / "flame-on-cpu-cpp.svg");
  EXPECT_TRUE(contains(ran, ">spin(int, char)<"));
  EXPECT_TRUE(contains(ran, "Where threads ran: cpp (cold, page-cache), 9.00 ms over 1 start"));
  EXPECT_FALSE(contains(ran, "sleeps"));
  EXPECT_TRUE(contains(read_file(folder / "flame-off-cpu-cpp.svg"), ">sleeps<"));
}

TEST(Plots, AFlameGraphThatIsMadeSmallKeepsItsBoxesAndLeavesOutNames) {
  const TempFolder folder;
  coldstart::Run run = plain_run({"cpp"}, 1);
  run.starts[0].stacks = testing::full_stacks();
  write_plots(digest(run), folder.path(), {{PictureFormat::kSvg}, PictureSize{300, 150}, true});
  const std::string svg = read_file(folder / "flame-on-cpu-cpp.svg");
  EXPECT_TRUE(contains(svg, "viewBox=\"0 0 300 150\""));
  EXPECT_FALSE(contains(svg, ">spin"));
}

TEST(Plots, PagesGetAWideAndANarrowPictureWithoutTitle) {
  const coldstart::Run run = realistic_run(10);
  const auto pictures = inline_pictures(digest(run));
  ASSERT_EQ(pictures.size(), 3U);
  for (const InlinePicture& picture : pictures) {
    EXPECT_TRUE(contains(picture.wide, "viewBox=\"0 0 1040 ")) << picture.title;
    EXPECT_TRUE(contains(picture.narrow, "viewBox=\"0 0 360 ")) << picture.title;
    EXPECT_FALSE(contains(picture.wide, "hello-world"));
    EXPECT_EQ(picture.block, "cold, page-cache");
  }
}

TEST(Plots, ManySamplesAreThinnedAndTheTitleSaysSo) {
  const coldstart::Run few = plain_run({"f"}, 300);
  const coldstart::Run many = plain_run({"f"}, 3000);
  EXPECT_TRUE(contains(inline_pictures(digest(few)).at(2).alt, "each tick is one start."));
  const InlinePicture thinned = inline_pictures(digest(many)).at(2);
  EXPECT_TRUE(contains(thinned.title, "Single starts (500 of each), density"));
  EXPECT_TRUE(contains(thinned.alt,
                       "each tick is one start; of more than 500, 500 are drawn, evenly by rank"));
}

TEST(Plots, NamesAreNeverCommands) {
  const TempFolder folder;
  const std::string evil = "`touch " + (folder / "pwned").string() + "`'\"\\ {x}_y ^z %d $HOME @a";
  const auto pictures =
      plots(plain_run({evil, "x'; system('touch " + (folder / "pwned").string() + "')#"}, 2),
            folder.path() / "plots");
  EXPECT_FALSE(fs::exists(folder / "pwned"));
  for (const Picture& picture : pictures) {
    expect_picture(picture);
    EXPECT_TRUE(contains(read_file(picture.svg), "%d")) << picture.svg;
  }
}

TEST(Plots, FoldersWithOddNamesWork) {
  const TempFolder folder;
  for (const Picture& picture :
       plots(plain_run({"f"}, 2), folder.path() / "it's a \"$HOME\" `x` ü")) {
    expect_picture(picture);
  }
}

TEST(Plots, ManyStartsMakeASmallPicture) {
  const TempFolder folder;
  const auto pictures = plots(plain_run({"f"}, 20'000), folder.path());
  EXPECT_LT(fs::file_size(pictures.at(1).svg), 200'000U);
}

TEST(Plots, ALoadHasATimelineAFunctionAndPhasesByStartsInFlight) {
  const TempFolder folder;
  const auto pictures = plots(testing::loaded_run(), folder.path());
  for (const Picture& picture : pictures) expect_picture(picture);
  for (const char* name : {"timeline-steady-cpp", "timeline-steady-java", "timeline-spikes-java",
                           "in-flight-spikes-java"}) {
    EXPECT_TRUE(fs::exists(folder / (std::string(name) + ".svg"))) << name;
    EXPECT_TRUE(fs::exists(folder / (std::string(name) + ".png"))) << name;
  }
  const std::string spikes = read_file(folder / "timeline-spikes-java.svg");
  EXPECT_GE(testing::count_of(spikes, "(time ×60)"), 2U);  // title and axis
  EXPECT_TRUE(contains(spikes, "not answered ("));
  EXPECT_TRUE(contains(spikes, "starting"));
  EXPECT_FALSE(contains(read_file(folder / "timeline-steady-java.svg"), "time ×"));
}

TEST(Plots, APeakOfInstancesDoesNotOutliveItself) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.loads = {{"l", "burst", "", 1, 0, 10'000'000'000}};
  run.invocations = {{0, 0, 1, true, Outcome::kOk, 0, 1, 2, 9'000'000'000, ""}};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    run.instances.push_back({0, 0, i, 1'000'000'000, 1'000'001'000, 8'000'000'000, "", 1, {}});
  }
  const std::string script = timeline_script(run, summarize_loads(run).at(0), Canvas{}, 100).text;
  const auto begin = script.find("$starting << EOD\n");
  const std::string data = script.substr(begin, script.find("EOD\n", begin + 17) - begin);
  EXPECT_TRUE(contains(data, "\n1 3\n")) << data;
  EXPECT_TRUE(data.ends_with(" 0\n9 0\n")) << data;
}

TEST(Plots, AParallelSweepHasAPictureAFunctionAndNoneForEachK) {
  const TempFolder folder;
  plots(testing::parallel_run(), folder.path());
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"parallel-cpp.png", "parallel-cpp.svg",
                                                      "parallel-java.png", "parallel-java.svg"}));
  EXPECT_TRUE(contains(read_file(folder / "parallel-java.svg"), "8 at once ("));
}

TEST(Plots, AMemorySweepSaysWhatWasKilled) {
  const TempFolder folder;
  plots(testing::memory_sweep_run(), folder.path());
  const std::string picture = read_file(folder / "memory-java-cold-page-cache.svg");
  EXPECT_TRUE(contains(picture, "10× out of memory"));
  EXPECT_TRUE(contains(picture, "256 MiB"));
}

TEST(Plots, ManyRequestsMakeASmallPicture) {
  coldstart::Run run = plain_run({"f"}, 0);
  run.loads = {{"l", "constant", "", 1, 0, 60'000'000'000}};
  for (int i = 0; i < 60'000; ++i) {
    run.invocations.push_back({0, 0, 1, false, Outcome::kOk, i * 1'000'000LL, 10,
                               400'000 + i % 777 * 1000, 2'000'000, ""});
  }
  const TempFolder folder;
  plots(run, folder.path());
  EXPECT_LT(fs::file_size(folder / "timeline-l-f.svg"), 300'000U);
  EXPECT_TRUE(contains(read_file(folder / "timeline-l-f.svg"), "of many points"));
}

// A gnuplot of ours in a folder of its own, and nothing else in PATH but the tools a shell needs.
std::string error_with_path(const std::string& path, const fs::path& folder) {
  return in_child([&] {
    // What gnuplot says must not reach our own standard error.
    const int words = open((folder / "stderr").c_str(), O_CREAT | O_WRONLY, 0600);
    dup2(words, STDERR_FILENO);
    setenv("PATH", path.c_str(), 1);
    return error_of([&] { plots(plain_run({"f"}, 2), folder / "plots"); });
  });
}

TEST(Plots, AMissingGnuplotIsAnErrorWithTheRemedy) {
  const TempFolder folder;
  EXPECT_EQ(error_with_path(folder.path().string(), folder.path()),
            "gnuplot: not found in PATH; apt-get install gnuplot-nox");
  EXPECT_EQ(read_file(folder / "stderr"), "");
}

TEST(Plots, AFailingGnuplotIsAnErrorAndTheOldPicturesStay) {
  const TempFolder folder;
  for (const char* script : {"#!/bin/sh\necho 'no cairo today' >&2\nexit 3\n",
                             "#!/bin/sh\nexit 0\n", "#!/bin/sh\nkill -9 $$\n"}) {
    write_file(folder / "gnuplot", script);
    fs::permissions(folder / "gnuplot", fs::perms::all);
    fs::create_directory(folder / "plots");
    write_file(folder / "plots/phases.svg", "old");
    const std::string error =
        error_with_path(folder.path().string() + ":/bin:/usr/bin", folder.path());
    EXPECT_TRUE(contains(error, "gnuplot: could not draw phases.svg (")) << error;
    EXPECT_EQ(read_file(folder / "stderr"), "");
    EXPECT_EQ(read_file(folder / "plots/phases.svg"), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "plots"), fs::directory_iterator()), 1);
  }
}

TEST(Plots, AGnuplotThatDiesBeforeItReadsDoesNotKillUs) {
  const TempFolder folder;
  write_file(folder / "gnuplot", "#!/bin/sh\nexec 0<&-\nexit 1\n");
  fs::permissions(folder / "gnuplot", fs::perms::all);
  const std::string result = in_child([&] {
    setenv("PATH", (folder.path().string() + ":/bin:/usr/bin").c_str(), 1);
    signal(SIGPIPE, SIG_DFL);
    std::vector<std::string> names(3000, "f");  // far more than a pipe holds
    for (std::size_t i = 0; i < names.size(); ++i) names[i] += std::to_string(i);
    return error_of([&] { plots(plain_run(names, 1), folder / "plots"); });
  });
  EXPECT_TRUE(contains(result, "could not draw")) << result;
}

TEST(Plots, AFolderThatCannotBeWrittenIsAnError) {
  const TempFolder folder;
  write_file(folder / "file", "");
  EXPECT_TRUE(
      contains(error_of([&] { plots(plain_run({"f"}, 2), folder / "file"); }), "is not a folder"));
  fs::permissions(folder.path(), static_cast<fs::perms>(0555));
  const auto error =
      in_child([&] { return error_of([&] { plots(plain_run({"f"}, 2), folder.path()); }); }, true);
  EXPECT_TRUE(contains(error, "cannot be written: Permission denied; choose another")) << error;
}

TEST(PlotScript, StringsAreQuotedSoThatNothingIsExpanded) {
  EXPECT_EQ(plot_quoted("it's"), "'it''s'");
  EXPECT_EQ(plot_quoted("a\nb"), "'a b'");
}

}  // namespace
}  // namespace coldstart::results
