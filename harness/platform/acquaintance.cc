#include "harness/platform/acquaintance.h"

namespace coldstart::harness {

Function describe(const FunctionSpec& spec) {
  Function function;
  function.name = spec.name;
  function.runtime = name(spec.runtime);
  function.contract = name(spec.contract);
  function.command = displayed_command(spec);
  function.limits = spec.limits;
  function.sweep_of = spec.sweep_of;
  function.sweep_key = spec.sweep_key;
  function.skipped = missing(spec);
  if (!function.skipped) function.version = runtime_version(spec);
  return function;
}

boost::asio::awaitable<Start> rehearse(Platform& platform, const FunctionSpec& spec,
                                       Acquaintance& known) {
  const bool free_choice = !configured_port(spec) && platform.session().live();
  const StartOptions options{.any_port = free_choice, .rehearsal = true, .files = &known.files};
  Start start = co_await platform.cold_start(spec, options);
  known.any_port = free_choice && start.http_status && start.port != start.offered_port;
  co_return start;
}

std::optional<std::string> complaint(const FunctionSpec& spec, const Start& rehearsal) {
  if (rehearsal.outcome == Outcome::kOk) return std::nullopt;
  return spec.name + ": its rehearsal failed: " + std::string(name(rehearsal.outcome)) + ": " +
         rehearsal.message;
}

StartOptions start_options(Acquaintance& known, CacheState cache, bool drop_caches) {
  return {.any_port = known.any_port,
          .files = &known.files,
          .cache = cache,
          .drop_caches = drop_caches};
}

}  // namespace coldstart::harness
