// Where a function is called: at its own listener, on the port that is meant, and nowhere else.
#include <arpa/inet.h>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "harness/platform/cold_start.h"
#include "tests/harness/platform/rig.h"

namespace coldstart::harness {
namespace {

#define NEEDS_PROBES(rig)                                                 \
  if (!(rig).live()) {                                                    \
    GTEST_SKIP() << "skipped: " << (rig).session->tiers().front().reason; \
  }

// A listener that belongs to this test and not to any instance.
Fd listen_at(int port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return {};
  ::listen(socket.get(), 8);
  return socket;
}

FunctionSpec shell(const std::string& script) {
  FunctionSpec function = native("/bin/sh", {"-c", script});
  function.timeout = std::chrono::seconds(10);
  return function;
}

TEST(PortsTest, APortThatIsTakenIsSaidBeforeAnythingIsStarted) {
  for (const auto& tiers : {probes::TierSet::none(), probes::TierSet::all()}) {
    Rig rig(tiers);
    FunctionSpec function = native(misbehaving("never-listens"));
    function.port = free_port();
    const Fd other = listen_at(*function.port);
    const Start start = rig.once(function);
    EXPECT_EQ(name(start.outcome), "not-started");
    EXPECT_NE(start.message.find("is taken by"), std::string::npos) << start.message;
    EXPECT_NE(start.message.find(std::to_string(::getpid())), std::string::npos) << start.message;
  }
}

// FIFOs by which a function and its test wait for each other. Opening one waits for the other end.
class Fifos {
 public:
  Fifos() {
    std::string pattern = testing::TempDir() + "coldstart-fifos-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Fifos() { std::filesystem::remove_all(folder_); }
  Fifos(const Fifos&) = delete;
  Fifos& operator=(const Fifos&) = delete;

  std::string make(const std::string& name) const {
    std::string path = folder_ / name;
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    return path;
  }

 private:
  std::filesystem::path folder_;
};

void wait_for_word(const std::string& fifo) {
  std::string word;
  std::ifstream(fifo) >> word;
}

TEST(PortsTest, TheAnswerOfAnotherServerIsNotTheFunctions) {
  Rig rig(probes::TierSet::none());
  const Fifos fifos;
  const std::string started = fifos.make("started");
  FunctionSpec function = shell("echo started >" + started + "; exec sleep 100");
  function.port = free_port();
  Fd other;
  std::thread server([&] {
    wait_for_word(started);
    other = listen_at(*function.port);
    const Fd connection(::accept4(other.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::string answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    char buffer[1024];
    ::recv(connection.get(), buffer, sizeof(buffer), 0);
    ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  });
  const Start start = rig.once(function);
  server.join();
  EXPECT_EQ(name(start.outcome), "bad-response");
  EXPECT_NE(start.message.find("not from this function"), std::string::npos) << start.message;
  EXPECT_FALSE(latency_ns(start.timeline));
}

TEST(PortsTest, AFunctionWhosePortIsTakenWhileItStartsSaysSo) {
  Rig rig;
  const Fifos fifos;
  const std::string started = fifos.make("started"), taken = fifos.make("taken");
  FunctionSpec function =
      shell("echo started >" + started + "; read _ <" + taken + "; exec " + sample("hello-static"));
  function.port = free_port();
  Fd other;
  std::thread thief([&] {
    wait_for_word(started);
    other = listen_at(*function.port);
    std::ofstream(taken) << "taken\n";
  });
  function.timeout = std::chrono::seconds(3);
  const Start start = rig.once(function);
  thief.join();
  EXPECT_NE(start.outcome, Outcome::kOk);
  const bool said = start.message.find("was taken by") != std::string::npos ||
                    start.message.find("not from this function") != std::string::npos;
  EXPECT_TRUE(said) << start.message;
}

TEST(PortsTest, AFunctionWithAnotherPortAtEachStartIsMeasured) {
  Rig rig;
  NEEDS_PROBES(rig);
  MeasurePlan plan;
  plan.functions = {native("/usr/bin/env", {"PORT=0", misbehaving("ipv6-only")})};
  plan.functions.front().trials = 2;
  std::vector<Start> starts;
  MeasureSink sink;
  sink.begin = [](const std::vector<Function>&) {};
  sink.started = [&](const Start& start) { starts.push_back(start); };
  sink.progress = [](const std::string&, int, int) {};
  measure(rig.platform, plan, sink);
  ASSERT_EQ(starts.size(), 2U);
  for (const Start& start : starts) EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
}

// A shell that starts `first` on a port of its own and, when that listens, becomes `second`.
FunctionSpec one_after_the_other(const Fifos& fifos, const std::string& first,
                                 const std::string& second) {
  const std::string listening = fifos.make("listening");
  return shell("PORT=0 TELL_LISTENING=" + listening + " " + first + " & read _ <" + listening +
               "; exec " + second);
}

TEST(PortsTest, TheOfferedPortIsPreferredToOneThatListenedBefore) {
  Rig rig;
  NEEDS_PROBES(rig);
  const Fifos fifos;
  const Start start =
      rig.once(one_after_the_other(fifos, misbehaving("never-answers"), sample("hello-static")),
               {.any_port = true, .rehearsal = true});
  EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
  EXPECT_EQ(start.port, start.offered_port);
}

TEST(PortsTest, WhereOnlyOthersListenTheFirstThatAnswersIsCalled) {
  Rig rig;
  NEEDS_PROBES(rig);
  const Fifos fifos;
  const Start start = rig.once(one_after_the_other(fifos, misbehaving("listens-and-closes"),
                                                   "env PORT=0 " + misbehaving("ipv6-only")),
                               {.any_port = true, .rehearsal = true});
  EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
  EXPECT_NE(start.port, start.offered_port);
}

TEST(PortsTest, AMessageNamesAllPortsThatListen) {
  Rig rig;
  NEEDS_PROBES(rig);
  const std::string first = std::to_string(free_port()), second = std::to_string(free_port());
  FunctionSpec function = shell("PORT=" + first + " " + misbehaving("never-answers") +
                                " & PORT=" + second + " exec " + misbehaving("ipv6-only"));
  function.timeout = std::chrono::seconds(2);  // in which both must have come to listen
  const Start start = rig.once(function);
  EXPECT_EQ(name(start.outcome), "timeout");
  for (const std::string& part : {first, second, std::string("not on $PORT")}) {
    EXPECT_NE(start.message.find(part), std::string::npos) << start.message;
  }
}

TEST(PortsTest, PortInTheEnvironmentIsWhereTheFunctionIsCalled) {
  for (const auto& tiers : {probes::TierSet::none(), probes::TierSet::all()}) {
    Rig rig(tiers);
    FunctionSpec function = native(sample("hello-static"));
    const int port = free_port();
    function.env["PORT"] = std::to_string(port);
    function.timeout = std::chrono::seconds(3);
    const Start start = rig.once(function);
    EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
    EXPECT_EQ(start.port, port);
  }
}

TEST(PortsTest, AListenerInAnotherNetworkNamespaceIsNamedAsSuch) {
  Rig rig;
  NEEDS_PROBES(rig);
  if (::geteuid() != 0) GTEST_SKIP() << "skipped: a network namespace needs root";
  const auto begin = std::chrono::steady_clock::now();
  FunctionSpec function = native("/usr/bin/unshare", {"-n", sample("hello-static")});
  function.env["HOST"] = "0.0.0.0";  // loopback is down in there
  const Start start = rig.once(function);
  if (start.outcome == Outcome::kExited) GTEST_SKIP() << "skipped: " << start.message;
  EXPECT_NE(start.message.find("network namespace"), std::string::npos) << start.message;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(PortsTest, AServerThatItsParentLeavesBehindIsMeasured) {
  for (const auto& tiers : {probes::TierSet::none(), probes::TierSet::all()}) {
    Rig rig(tiers);
    const Start start =
        rig.once(shell("parent=$$; (while kill -0 $parent 2>/dev/null; do sleep 0.01; done; exec " +
                       sample("hello-static") + ") & exit 0"));
    EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
    EXPECT_EQ(leftovers(rig.launcher.pid()), std::vector<std::string>());
  }
}

TEST(PortsTest, AProgramThatEndsWellAndLeavesNobodyIsNotWaitedFor) {
  Rig rig;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(name(rig.once(shell("exit 0")).outcome), "exited");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST(PortsTest, ARehearsalHoldsOneImageAProgramHoweverOftenItRuns) {
  Rig rig;
  NEEDS_PROBES(rig);
  rig.once(native(sample("hello-static")), {.rehearsal = true});
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const Fd next(::dup(0));
  const rlimit tight{static_cast<rlim_t>(next.get()) + 100, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &tight);
  const Start start =
      rig.once(shell("for i in $(seq 150); do /bin/true; done; exec " + sample("hello-static")),
               {.rehearsal = true});
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(start.outcome, Outcome::kOk) << start.message;
}

TEST(ExecTest, ATimeoutAfterTheFirstByteSaysThatItCame) {
  Rig rig;
  FunctionSpec function = shell("echo hi; exec sleep 100");
  function.contract = ContractKind::kExec;
  function.timeout = std::chrono::seconds(1);  // in which the byte must have come
  const Start start = rig.once(function);
  EXPECT_EQ(name(start.outcome), "timeout");
  EXPECT_NE(start.message.find("first byte came after"), std::string::npos) << start.message;
}

TEST(LatencyTest, AStartWithoutOneIsNotOk) {
  Start start;
  refuse_without_latency(start);
  EXPECT_NE(start.outcome, Outcome::kOk);
  EXPECT_FALSE(start.message.empty());
}

}  // namespace
}  // namespace coldstart::harness
