/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which processes belong to which instance. */
#ifndef COLDSTART_PROBES_BPF_INSTANCE_PROCESS_H
#define COLDSTART_PROBES_BPF_INSTANCE_PROCESS_H

struct process {
  u64 instance;
  u32 link_map_changes; /* hits of _dl_debug_state since the last exec */
  u32 seen;             /* bits of enum seen, since the last exec */
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, u32);
  __type(value, struct process);
} processes SEC(".maps");

#endif
