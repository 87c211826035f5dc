/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tier `loader`: uprobes in ld.so and libc, attached to the files that a rehearsal was seen to use.
 */
#ifndef COLDSTART_PROBES_BPF_LOADER_H
#define COLDSTART_PROBES_BPF_LOADER_H

/* Hits of each place at which the link map changes, of those that lead up to "mapped and
 * relocated": user space takes the other places out (uprobes.h). */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, CS_LINK_SITES);
  __type(key, u32);
  __type(value, u64);
} link_sites SEC(".maps");

/* At each change of ld.so's link map (_dl_debug_state). The attach cookie: which hit after an exec
 * means "mapped and relocated" (the second for glibc), and above it the number of the place. */
SEC("uprobe")
int BPF_KPROBE(on_link_map) {
  struct process* mine = current_process();
  if (!mine) return 0;
  u64 cookie = bpf_get_attach_cookie(ctx);
  u32 linked = (u32)cookie, site = cookie >> 32;
  mine->link_map_changes += 1;
  if (mine->link_map_changes > linked) return 0;
  u64* hits = bpf_map_lookup_elem(&link_sites, &site);
  if (hits) __sync_fetch_and_add(hits, 1);
  if (mine->link_map_changes == linked) emit(mine->instance, CS_LINKED, mine->link_map_changes);
  return 0;
}

SEC("uprobe")
int BPF_KPROBE(on_libc_start_main) {
  struct process* mine = current_process();
  if (!mine || (mine->seen & SEEN_ENTERED)) return 0;
  mine->seen |= SEEN_ENTERED;
  emit(mine->instance, CS_ENTERED, 0);
  return 0;
}

#endif
