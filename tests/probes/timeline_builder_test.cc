#include "probes/timeline_builder.h"

#include <gtest/gtest.h>
#include <map>

namespace coldstart::probes {
namespace {

constexpr std::uint32_t kFirst = 100;
constexpr std::uint16_t kPort = 8080;
constexpr std::uint16_t kClient = 50000;

Event event(cs_event_kind kind, std::uint64_t time, std::uint32_t pid, std::uint32_t value = 0) {
  Event e;
  e.raw.kind = kind;
  e.raw.time_ns = time;
  e.raw.pid = pid;
  e.raw.value = value;
  return e;
}

Event exec(std::uint64_t time, std::uint32_t pid, const std::string& filename) {
  Event e = event(CS_EXEC, time, pid);
  e.name = filename;
  return e;
}

Event socket(cs_event_kind kind, std::uint64_t time, std::uint32_t pid, std::uint16_t port = kPort,
             std::uint16_t client = kClient) {
  Event e = event(kind, time, pid);
  e.raw.socket.local_port = port;
  e.raw.socket.remote_port = client;
  return e;
}

class TimelineBuilderTest : public testing::Test {
 protected:
  TimelineBuilderTest() {
    view.due_ns = 1000;
    view.requested_ns = 1010;
    view.responded_ns = 2000;
    view.completed_ns = 2100;
    view.server_port = kPort;
    view.client_port = kClient;
    for (TierId tier : kAllTiers) tiers.push_back({tier, true, "", ""});
    Program dynamic;
    dynamic.dynamic = true;
    dynamic.has_entry = true;
    programs["/server"] = dynamic;
    programs["/static"] = Program{};
  }

  Timeline build(std::vector<Event> events) {
    const auto find = [this](const ProgramKey& key) -> const Program* {
      const auto found = programs.find(key.filename);
      return found == programs.end() ? nullptr : &found->second;
    };
    const BuiltTimeline built = build_timeline(std::move(events), view, find, tiers);
    serving_pid = built.serving_pid;
    return built.timeline;
  }

  static std::int64_t at(const Timeline& t, Boundary b) { return t[b].at_ns.value_or(-1); }

  std::vector<Event> plain_start() {
    return {event(CS_FORK, 1100, 1, kFirst),
            exec(1200, kFirst, "/server"),
            event(CS_LINKED, 1300, kFirst),
            event(CS_ENTERED, 1400, kFirst),
            socket(CS_LISTEN, 1500, kFirst, kPort, 0),
            socket(CS_RECEIVED, 1600, kFirst),
            socket(CS_REPLIED, 1700, kFirst)};
  }

  HarnessView view;
  std::vector<TierStatus> tiers;
  std::map<std::string, Program> programs;
  std::int64_t serving_pid = 0;
};

TEST_F(TimelineBuilderTest, EveryEventOfAPlainServerBecomesItsBoundary) {
  const Timeline t = build(plain_start());
  EXPECT_EQ(at(t, Boundary::kDue), 0);
  EXPECT_EQ(at(t, Boundary::kRequested), 10);
  EXPECT_EQ(at(t, Boundary::kForked), 100);
  EXPECT_EQ(at(t, Boundary::kLaunched), 200);
  EXPECT_EQ(at(t, Boundary::kExeced), 200);
  EXPECT_EQ(at(t, Boundary::kLinked), 300);
  EXPECT_EQ(at(t, Boundary::kEntered), 400);
  EXPECT_EQ(t[Boundary::kRuntimeReady].absence, Absence::kNotApplicable);
  EXPECT_EQ(at(t, Boundary::kListening), 500);
  EXPECT_EQ(at(t, Boundary::kReceived), 600);
  EXPECT_EQ(at(t, Boundary::kReplied), 700);
  EXPECT_EQ(at(t, Boundary::kResponded), 1000);
  EXPECT_EQ(at(t, Boundary::kCompleted), 1100);
  EXPECT_EQ(serving_pid, kFirst);
}

TEST_F(TimelineBuilderTest, TheOrderInWhichEventsArriveDoesNotMatter) {
  auto events = plain_start();
  std::reverse(events.begin(), events.end());
  EXPECT_EQ(at(build(events), Boundary::kExeced), 200);
}

TEST_F(TimelineBuilderTest, AWrapperScriptIsTheSandboxAndNotTheProgram) {
  auto events = plain_start();
  events.insert(events.begin() + 1, exec(1150, kFirst, "/wrapper.sh"));
  const Timeline t = build(events);
  EXPECT_EQ(at(t, Boundary::kLaunched), 150);
  EXPECT_EQ(at(t, Boundary::kExeced), 200);
}

TEST_F(TimelineBuilderTest, AForkedWorkerServesWithTheExecOfItsParent) {
  auto events = plain_start();
  events.push_back(event(CS_FORK, 1550, kFirst, 101));
  events[5] = socket(CS_RECEIVED, 1600, 101);
  // The parent executes something else after the fork: that is not what serves.
  events.push_back(exec(1560, kFirst, "/other"));
  const Timeline t = build(events);
  EXPECT_EQ(at(t, Boundary::kExeced), 200);
  EXPECT_EQ(serving_pid, 101);
}

TEST_F(TimelineBuilderTest, AnExecAfterListeningIsNotTheServersOwn) {
  auto events = plain_start();
  events.push_back(exec(1550, kFirst, "/helper"));
  EXPECT_EQ(at(build(events), Boundary::kExeced), 200);
}

TEST_F(TimelineBuilderTest, AnotherClientsRequestIsNotOurs) {
  auto events = plain_start();
  events.push_back(socket(CS_RECEIVED, 1510, kFirst, kPort, 40000));
  events.push_back(socket(CS_REPLIED, 1520, kFirst, kPort, 40000));
  const Timeline t = build(events);
  EXPECT_EQ(at(t, Boundary::kReceived), 600);
  EXPECT_EQ(at(t, Boundary::kReplied), 700);
}

TEST_F(TimelineBuilderTest, AnotherPortThatListensIsNotTheOneThatAnswers) {
  auto events = plain_start();
  events.push_back(socket(CS_LISTEN, 1450, kFirst, 9999, 0));
  EXPECT_EQ(at(build(events), Boundary::kListening), 500);
}

TEST_F(TimelineBuilderTest, AStaticProgramIsNeverLinked) {
  auto events = plain_start();
  events[1] = exec(1200, kFirst, "/static");
  events.erase(events.begin() + 2, events.begin() + 4);
  const Timeline t = build(events);
  EXPECT_EQ(t[Boundary::kLinked].absence, Absence::kNotApplicable);
  EXPECT_EQ(t[Boundary::kEntered].absence, Absence::kNotApplicable);
}

TEST_F(TimelineBuilderTest, ALoaderTierThatIsOffLeavesUnseenBoundariesWithItsReason) {
  tiers[1] = {TierId::kLoader, false, "needs CAP_SYS_ADMIN", ""};
  auto events = plain_start();
  events.erase(events.begin() + 2, events.begin() + 4);
  const Timeline t = build(events);
  EXPECT_EQ(t[Boundary::kLinked].absence, Absence::kUnseen);
  EXPECT_NE(t[Boundary::kLinked].reason.text().find("needs CAP_SYS_ADMIN"), std::string::npos);
  EXPECT_FALSE(t[Boundary::kEntered].at_ns.has_value());
}

TEST_F(TimelineBuilderTest, WithoutTheProcessTierOnlyTheHarnessIsHeard) {
  tiers[0] = {TierId::kProcess, false, "needs CAP_BPF", ""};
  const Timeline t = build({});
  EXPECT_EQ(at(t, Boundary::kResponded), 1000);
  for (Boundary b : {Boundary::kForked, Boundary::kLaunched, Boundary::kListening}) {
    EXPECT_EQ(t[b].absence, Absence::kUnseen);
    EXPECT_NE(t[b].reason.text().find("needs CAP_BPF"), std::string::npos);
  }
}

TEST_F(TimelineBuilderTest, WithTheContractExecThereIsNoSocket) {
  view.listens = false;
  auto events = plain_start();
  events.resize(4);
  const Timeline t = build(events);
  EXPECT_EQ(t[Boundary::kListening].absence, Absence::kNotApplicable);
  EXPECT_EQ(at(t, Boundary::kExeced), 200);
  EXPECT_EQ(at(t, Boundary::kEntered), 400);
}

TEST_F(TimelineBuilderTest, WithTheContractExecAContainersProgramIsFoundByItsName) {
  view.listens = false;
  view.program = "/server";
  const Timeline t = build({event(CS_FORK, 1100, 1, kFirst), exec(1150, kFirst, "/usr/bin/crun"),
                            event(CS_FORK, 1160, kFirst, 101), exec(1200, 101, "/server")});
  EXPECT_EQ(at(t, Boundary::kLaunched), 150);
  EXPECT_EQ(at(t, Boundary::kExeced), 200);
}

TEST_F(TimelineBuilderTest, OfAWarmInstanceOnlyTheRequestCounts) {
  auto events = plain_start();
  view.warm = true;
  view.due_ns = 2000;
  view.requested_ns = 2000;
  view.responded_ns = 2300;
  view.completed_ns = 2400;
  events.push_back(socket(CS_RECEIVED, 2100, kFirst));  // from the same port as the first request
  events.push_back(socket(CS_REPLIED, 2200, kFirst));
  const Timeline t = build(events);
  EXPECT_EQ(at(t, Boundary::kReceived), 100);
  EXPECT_EQ(at(t, Boundary::kReplied), 200);
  EXPECT_EQ(at(t, Boundary::kResponded), 300);
  for (const Boundary b :
       {Boundary::kRequested, Boundary::kForked, Boundary::kExeced, Boundary::kListening}) {
    EXPECT_EQ(t[b].absence, Absence::kNotApplicable);
    EXPECT_EQ(t[b].reason, "the instance was warm");
  }
}

TEST_F(TimelineBuilderTest, ABoundaryThatRunsBackwardsIsUnseenAndNotNegative) {
  auto events = plain_start();
  events[6] = socket(CS_REPLIED, 2500, kFirst);  // after the client had the answer
  const Timeline t = build(events);
  EXPECT_EQ(t[Boundary::kReplied].absence, Absence::kUnseen);
  EXPECT_NE(t[Boundary::kReplied].reason.text().find("out of order"), std::string::npos);
  EXPECT_EQ(at(t, Boundary::kReceived), 600);
}

TEST_F(TimelineBuilderTest, PhasesOfWhatWasBuiltAddUpToTheLatency) {
  const Timeline t = build(plain_start());
  std::int64_t sum = 0;
  for (const PhaseSpan& span : phases_of(t)) sum += span.length_ns();
  EXPECT_EQ(sum, *latency_ns(t));
}

}  // namespace
}  // namespace coldstart::probes
