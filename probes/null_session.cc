#include <utility>

#include "probes/session.h"

namespace coldstart::probes {
namespace {

class NullSession final : public Session {
 public:
  explicit NullSession(std::vector<TierStatus> tiers) : tiers_(std::move(tiers)) {}

  bool live() const override { return false; }
  std::vector<TierStatus> tiers() const override { return tiers_; }
  int spawners_fd() const override { return -1; }
  int ready_fd() const override { return -1; }
  void drain(const std::function<void(Event&&)>& /*sink*/) override {}
  std::uint64_t lost_events() const override { return 0; }
  void wake_for(cs_wake /*what*/) override {}
  void observe(const ProgramImage& /*image*/) override {}
  const Program* find(const ProgramKey& /*key*/) const override { return nullptr; }
  std::string kernel_wait(int /*stack*/) override { return "kernel"; }
  void use(const TierSet& /*tiers*/) override {}
  Traffic traffic() const override { return {}; }

 private:
  std::vector<TierStatus> tiers_;
};

}  // namespace

std::unique_ptr<Session> null_session(std::vector<TierStatus> tiers) {
  return std::make_unique<NullSession>(std::move(tiers));
}

}  // namespace coldstart::probes
