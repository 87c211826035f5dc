#include "harness/platform/outbox.h"

#include <utility>

namespace coldstart::harness {
namespace {

// A start with its account takes up to about 100 KiB, a request 150 bytes.
constexpr std::size_t kMostStarts = 96;
constexpr std::size_t kMostRows = 32'768;
constexpr std::int64_t kFlushEveryNs = 1'000'000'000;

}  // namespace

void Outbox::add(Start start) {
  starts_.push_back(std::move(start));
  if (full()) flush();
}
void Outbox::add(Invocation invocation) {
  invocations_.push_back(std::move(invocation));
  if (full()) flush();
}
void Outbox::add(InstanceLife life) {
  instances_.push_back(std::move(life));
  if (full()) flush();
}

bool Outbox::full() const {
  return starts_.size() >= kMostStarts || invocations_.size() + instances_.size() >= kMostRows;
}

void Outbox::flush() {
  if (!starts_.empty() && sink_.starts) sink_.starts(starts_);
  if (!invocations_.empty() && sink_.invocations) sink_.invocations(invocations_);
  if (!instances_.empty() && sink_.instances) sink_.instances(instances_);
  starts_.clear();
  invocations_.clear();
  instances_.clear();
}

void Outbox::flush_if_due(std::int64_t now_ns) {
  if (now_ns - last_flush_ns_ < kFlushEveryNs) return;
  last_flush_ns_ = now_ns;
  flush();
}

}  // namespace coldstart::harness
