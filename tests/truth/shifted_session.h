// Wrong boundaries on purpose, to see the truth tests fail.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probes/session.h"

namespace coldstart::truth {

struct Shift {
  cs_event_kind kind = CS_LISTEN;
  bool late = false;
  bool first_only = false;  ///< of each instance
};

/// "listen:early", "exec:late", … Kinds: fork (first only), launched (the first exec), exec,
/// listen, received, replied, linked, entered, runtime_ready. Absent: it is not one.
std::optional<Shift> parse_shift(std::string_view text);

/// A session around another one. It gives every event of the shifted kind the time of the event of
/// the same instance that came before it, or after it, among those that boundaries are made of: to
/// one nanosecond, so that the order of events alone does not give it away. The very first event of
/// an instance has none before it: early is then when the session was last drained and had nothing.
///
/// All events are handed over as promptly as the inner session has them. One whose time is not
/// known yet (late: the next one must come first) has the latest possible time; when it is known
/// the event is handed over again.
class ShiftedSession final : public probes::Session {
 public:
  ShiftedSession(std::unique_ptr<probes::Session> inner, Shift shift)
      : inner_(std::move(inner)), shift_(shift) {}

  void drain(const std::function<void(probes::Event&&)>& sink) override;

  bool live() const override { return inner_->live(); }
  std::vector<probes::TierStatus> tiers() const override { return inner_->tiers(); }
  int spawners_fd() const override { return inner_->spawners_fd(); }
  int ready_fd() const override { return inner_->ready_fd(); }
  std::uint64_t lost_events() const override { return inner_->lost_events(); }
  void wake_for(cs_wake what) override { inner_->wake_for(what); }
  void observe(const probes::ProgramImage& image) override { inner_->observe(image); }
  const probes::Program* find(const probes::ProgramKey& key) const override {
    return inner_->find(key);
  }
  std::string kernel_wait(int stack) override { return inner_->kernel_wait(stack); }
  void between_starts() override { inner_->between_starts(); }
  void release(const std::vector<std::uint32_t>& pids) override { inner_->release(pids); }
  void use(const probes::TierSet& tiers) override { inner_->use(tiers); }
  probes::Traffic traffic() const override { return inner_->traffic(); }

 private:
  bool shifted(const probes::Event& event);
  std::optional<std::uint64_t> neighbour(const probes::Event& event) const;

  std::unique_ptr<probes::Session> inner_;
  Shift shift_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> times_;  // of each instance
  std::vector<probes::Event> pending_;                         // handed over without their time
  std::set<std::uint64_t> met_;  // instances whose first event of the kind has come
  std::uint64_t looked_ns_ = 0;  // when there was last nothing to hand over
};

/// The session itself, or shifted as COLDSTART_TRUTH_SHIFT says. Ends the program if that is no
/// shift.
std::unique_ptr<probes::Session> shifted_as_asked(std::unique_ptr<probes::Session> session);

}  // namespace coldstart::truth
