// The eBPF programs as libbpf knows them: loading them, and what to say where that fails.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "probes/tiers.h"

struct bpf_program;
struct coldstart_bpf;

namespace coldstart::probes {

struct SkeletonDeleter {
  void operator()(coldstart_bpf* skeleton) const;
};
using Skeleton = std::unique_ptr<coldstart_bpf, SkeletonDeleter>;

/// The programs of a tier that hook the kernel itself.
std::vector<bpf_program*> kernel_programs(const coldstart_bpf& skeleton, TierId tier);

/// Opens and loads the probes with those tiers. Throws std::string with the reason.
Skeleton load_skeleton(const TierSet& tiers, std::uint32_t ring_bytes);

/// From now on libbpf, which talks to standard error by default, is silent; its last warning is
/// kept to explain a failure.
void keep_warnings();
void forget_warning();
/// "cannot do it: Operation not permitted (libbpf: …)".
std::string failure(const std::string& what, int error);

}  // namespace coldstart::probes
