#include "probes/uprobes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

#include "coldstart.skel.h"

namespace coldstart::probes {

void LinkDeleter::operator()(bpf_link* link) const { bpf_link__destroy(link); }

TierId tier_of(Hook hook) {
  return hook == Hook::kLinkMap || hook == Hook::kLibcStart ? TierId::kLoader : TierId::kRuntime;
}

Link Uprobes::make_link(const Attachment& attachment) const {
  const auto& p = skeleton_.progs;
  const AttachPoint& point = attachment.point;
  const std::string path = attachment.file.path();
  const auto uprobe = [&](bpf_program* program) {
    const std::uint64_t cookie = point.cookie | (std::uint64_t{attachment.site} << 32U);
    LIBBPF_OPTS(bpf_uprobe_opts, options, .bpf_cookie = cookie);
    return Link(bpf_program__attach_uprobe_opts(program, -1, path.c_str(), point.offset, &options));
  };
  const auto usdt = [&](bpf_program* program) {
    LIBBPF_OPTS(bpf_usdt_opts, options, .usdt_cookie = point.cookie);
    return Link(bpf_program__attach_usdt(program, -1, path.c_str(), point.provider.c_str(),
                                         point.probe.c_str(), &options));
  };
  switch (point.hook) {
    case Hook::kLinkMap:
      return uprobe(p.on_link_map);
    case Hook::kLibcStart:
      return uprobe(p.on_libc_start_main);
    case Hook::kRuntimeSymbol:
      return uprobe(p.on_runtime_symbol);
    case Hook::kJvmReady:
      return usdt(p.on_jvm_ready);
    case Hook::kJvmMark:
      return usdt(p.on_jvm_mark);
    case Hook::kJvmClass:
      return usdt(p.on_jvm_class);
    case Hook::kImport:
      return usdt(p.on_import);
  }
  return nullptr;
}

int Uprobes::attach(const AttachPoint& point) {
  Attachment attachment{.point = point,
                        .file = Fd(::open(point.path.c_str(), O_RDONLY | O_CLOEXEC)),
                        .link = nullptr};
  struct stat status {};
  if (!attachment.file || ::fstat(attachment.file.get(), &status) != 0) return errno;
  const auto [place, fresh] =
      attached_.insert({point.hook, status.st_dev, status.st_ino, point.offset, point.probe});
  if (!fresh) return 0;
  attachment.device = status.st_dev;
  attachment.inode = status.st_ino;
  if (point.hook == Hook::kLinkMap) {
    attachment.site = link_sites_++;
    unknown_loaders_.insert({status.st_dev, status.st_ino});
  }
  attachment.link = make_link(attachment);
  if (!attachment.link) {
    const int error = errno;
    attached_.erase(place);
    return error != 0 ? error : EINVAL;
  }
  attachments_.push_back(std::move(attachment));
  return 0;
}

bool Uprobes::is_link_map_of(const Attachment& attachment, const FileId& loader) {
  return attachment.point.hook == Hook::kLinkMap &&
         FileId(attachment.device, attachment.inode) == loader;
}

bool Uprobes::was_hit(std::uint32_t site) const {
  std::uint64_t hits = 0;
  // More places than the map has room for: these stay.
  return site >= CS_LINK_SITES ||
         (bpf_map_lookup_elem(bpf_map__fd(skeleton_.maps.link_sites), &site, &hits) == 0 &&
          hits > 0);
}

void Uprobes::drop_useless() {
  std::erase_if(unknown_loaders_, [this](const auto& loader) {
    std::uint64_t hit = 0;
    std::uint64_t needed = 0;
    for (const Attachment& each : attachments_) {
      if (!is_link_map_of(each, loader)) continue;
      needed = each.point.cookie;
      if (was_hit(each.site)) hit += 1;
    }
    if (hit < needed) return false;
    std::erase_if(attachments_, [&](const Attachment& each) {
      return is_link_map_of(each, loader) && !was_hit(each.site);
    });
    return true;
  });
}

void Uprobes::use(const TierSet& tiers) {
  for (Attachment& attachment : attachments_) {
    if (!tiers.has(tier_of(attachment.point.hook))) {
      attachment.link.reset();
    } else if (!attachment.link) {
      attachment.link = make_link(attachment);
    }
  }
}

}  // namespace coldstart::probes
