// The uprobes of the tiers `loader` and `runtime`: attached to files, taken out and put back.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <sys/types.h>
#include <tuple>
#include <utility>
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

  /// Takes out the places of kLinkMap that the start of a program does not come by, once as many as
  /// it needs are known of its loader: dlopen's. Each page of code that has a breakpoint is copied
  /// in every process, which costs 15 us (measured in a virtual machine).
  void drop_useless();

  /// Attached are those of these tiers, and no others.
  void use(const TierSet& tiers);

 private:
  struct Attachment {
    AttachPoint point;
    dev_t device = 0;
    ino_t inode = 0;
    std::uint32_t site = 0;  ///< kLinkMap: the number that its hits are counted under
    Fd file;
    Link link;
  };
  using FileId = std::pair<dev_t, ino_t>;
  static bool is_link_map_of(const Attachment& attachment, const FileId& loader);
  bool was_hit(std::uint32_t site) const;
  Link make_link(const Attachment& attachment) const;

  coldstart_bpf& skeleton_;
  std::vector<Attachment> attachments_;
  std::uint32_t link_sites_ = 0;
  /// Loaders of which it is not yet known which places are of use.
  std::set<FileId> unknown_loaders_;
  std::set<std::tuple<Hook, dev_t, ino_t, std::uint64_t, std::string>> attached_;
};

}  // namespace coldstart::probes
