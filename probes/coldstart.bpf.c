// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// The probes: what the kernel sees of a cold start. User space: session.h.
//
// The tiers `process`, `cpu` and `files` are made of tp_btf programs only (CAP_BPF + CAP_PERFMON,
// no tracefs, no kprobes). `loader` and `runtime` are uprobes, attached to the files that a
// rehearsal start was seen to use.
//
// Following an instance: the spawning thread writes {its tid -> instance} into `spawners` before it
// forks. The fork tracepoint runs in the parent, so the child is found without a race; descendants
// inherit. That holds through double forks, CLONE_PARENT (runc), pid namespaces and any cgroup
// layout.
//
// The order of these matters: libbpf's headers need the kernel's types.
// clang-format off
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/usdt.bpf.h>
#include "event.h"
#include "bpf/instance.h"
#include "bpf/process.h"
#include "bpf/loader.h"
#include "bpf/runtime.h"
#include "bpf/sched.h"
#include "bpf/syscalls.h"
// clang-format on

char LICENSE[] SEC("license") = "Dual BSD/GPL";
