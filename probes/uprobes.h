// The uprobes of the tiers `loader` and `runtime`: attached to files, taken out and put back.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <sys/types.h>
#include <tuple>
#include <vector>

#include "probes/fd.h"
#include "probes/program.h"
#include "probes/tiers.h"

struct bpf_link;
struct coldstart_bpf;

namespace coldstart::probes {

struct LinkDeleter {
  void operator()(bpf_link* link) const;
};
using Link = std::unique_ptr<bpf_link, LinkDeleter>;

TierId tier_of(Hook hook);

class Uprobes {
 public:
  /// The skeleton must be loaded and must live longer.
  explicit Uprobes(coldstart_bpf& skeleton) : skeleton_(skeleton) {}

  /// Attaches to that place, once for each file. Returns 0, or errno where it does not work.
  int attach(const AttachPoint& point);

  /// Attached are those of these tiers, and no others.
  void use(const TierSet& tiers);

 private:
  struct Attachment {
    AttachPoint point;
    Fd file;
    Link link;
  };
  Link make_link(const Attachment& attachment) const;

  coldstart_bpf& skeleton_;
  std::vector<Attachment> attachments_;
  std::set<std::tuple<Hook, dev_t, ino_t, std::uint64_t, std::string>> attached_;
};

}  // namespace coldstart::probes
