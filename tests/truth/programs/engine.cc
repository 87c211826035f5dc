// The container runtime that $TRUTH_ENGINE names, which finds in its bundle
//   a hook that delays ("sandbox"): pause
//   a hook inside the container, just before the program: /pause, which only logs that moment
//   the folder of the log, mounted where it is outside
//
//   engine --root STATE run --bundle BUNDLE ID
#include <fstream>
#include <iterator>
#include <string>

#include "tests/truth/programs/delay.h"

namespace {

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string hook(const std::string& path, bool delays) {
  std::string environment;
  for (const char* name : {"TRUTH_LOG", "TRUTH_AT", "TRUTH_KIND", "TRUTH_DELAY_MS"}) {
    environment +=
        (environment.empty() ? "" : ",") + quoted(std::string(name) + '=' + truth::setting(name));
    if (!delays) break;
  }
  return "[{\"path\":" + quoted(path) + R"(,"args":["pause"],"env":[)" + environment + "]}]";
}

// config.json is one line of JSON whose keys are sorted.
void change(const std::string& config, const std::string& programs) {
  std::ifstream in(config);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string log = truth::setting("TRUTH_LOG");
  const std::string folder = quoted(log.substr(0, log.rfind('/')));
  const std::string after_mounts = R"(],"ociVersion")";
  text.insert(text.find(after_mounts), R"(,{"type":"bind","options":["bind","rw"],"source":)" +
                                           folder + R"(,"destination":)" + folder + "}");
  text.insert(1, R"("hooks":{"createRuntime":)" + hook(programs + "/pause", true) +
                     R"(,"startContainer":)" + hook("/pause", false) + "},");
  std::ofstream(config, std::ios::trunc) << text;
}

}  // namespace

int main(int count, char** arguments) {
  truth::mark("main");
  if (count > 5 && std::string_view(arguments[3]) == "run") {
    char self[4096];
    const ssize_t length = ::readlink("/proc/self/exe", self, sizeof self);
    const std::string path(self, length > 0 ? static_cast<std::size_t>(length) : 0);
    change(std::string(arguments[5]) + "/config.json", path.substr(0, path.rfind('/')));
  }
  arguments[0] = std::getenv("TRUTH_ENGINE");
  truth::mark("exec");
  ::execvp(arguments[0], arguments);
  std::perror("TRUTH_ENGINE");
  return 1;
}
