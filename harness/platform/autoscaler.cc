#include "harness/platform/autoscaler.h"

#include <algorithm>
#include <cmath>

namespace coldstart::harness {

Autoscaler::Autoscaler(const PlatformSpec& spec, std::int64_t bucket_ns)
    : spec_(spec), bucket_ns_(bucket_ns) {}

void Autoscaler::observe(std::int64_t now_ns, int requests) {
  advance(now_ns);
  requests_ = requests;
}

void Autoscaler::advance(std::int64_t now_ns) {
  while (now_ns >= bucket_begin_ns_ + bucket_ns_) {
    const std::int64_t end = bucket_begin_ns_ + bucket_ns_;
    full_.push_back(current_ +
                    static_cast<double>(requests_) * static_cast<double>(end - observed_ns_));
    current_ = 0;
    bucket_begin_ns_ = observed_ns_ = end;
  }
  current_ += static_cast<double>(requests_) * static_cast<double>(now_ns - observed_ns_);
  observed_ns_ = now_ns;
  const std::int64_t kept = std::max(spec_.stable_window, spec_.panic_window).count() / bucket_ns_;
  while (static_cast<std::int64_t>(full_.size()) > std::max<std::int64_t>(kept, 1)) {
    full_.pop_front();
  }
}

// Over the whole buckets of the window, or as many as there are since the begin.
double Autoscaler::average(std::int64_t now_ns, std::int64_t window_ns) const {
  if (full_.empty()) {
    const std::int64_t so_far = now_ns - bucket_begin_ns_;
    return so_far > 0 ? current_ / static_cast<double>(so_far) : requests_;
  }
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(window_ns / bucket_ns_, 1));
  const std::size_t count = std::min(wanted, full_.size());
  double sum = 0;
  for (std::size_t i = full_.size() - count; i < full_.size(); ++i) sum += full_[i];
  return sum / (static_cast<double>(count) * static_cast<double>(bucket_ns_));
}

Autoscaler::Wish Autoscaler::decide(std::int64_t now_ns, int ready, int exist) {
  advance(now_ns);
  Wish wish;
  wish.stable_average = average(now_ns, spec_.stable_window.count());
  wish.panic_average = average(now_ns, spec_.panic_window.count());
  const double target = spec_.target_utilization * spec_.concurrency;
  const double pods = std::max(1, ready);
  const double most = std::ceil(spec_.max_scale_up_rate * pods);
  const double least = std::floor(pods / spec_.max_scale_down_rate);
  // A sum of many parts must not become one instance more by its last bit.
  const auto instances = [target](double average) { return std::ceil(average / target - 1e-9); };
  const double panic_wants = instances(wish.panic_average);
  const auto within = [=](double wanted) {
    return static_cast<int>(std::min(std::max(wanted, least), most));
  };

  if (panic_wants / pods >= spec_.panic_threshold) {
    panic_ns_ = now_ns;
  } else if (panic_ns_ && now_ns - *panic_ns_ > spec_.stable_window.count()) {
    panic_ns_.reset();
    most_in_panic_ = 0;
  }
  wish.instances = within(instances(wish.stable_average));
  wish.panics = panic_ns_.has_value();
  if (wish.panics) {
    most_in_panic_ = std::max({most_in_panic_, wish.instances, within(panic_wants)});
    wish.instances = most_in_panic_;
  }

  wish.instances = std::max(wish.instances, spec_.min_instances);
  if (spec_.max_instances) wish.instances = std::min(wish.instances, *spec_.max_instances);
  if (wish.instances > 0) {
    zero_since_ns_.reset();
  } else {
    if (!zero_since_ns_) zero_since_ns_ = now_ns;
    const bool grace = now_ns - *zero_since_ns_ < spec_.scale_to_zero_grace.count();
    if (grace && exist > 0) wish.instances = 1;
  }
  return wish;
}

}  // namespace coldstart::harness
