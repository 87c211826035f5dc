/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tier `loader`: uprobes in ld.so and libc, attached to the files that a rehearsal was seen to use.
 */
#ifndef COLDSTART_PROBES_BPF_LOADER_H
#define COLDSTART_PROBES_BPF_LOADER_H

/* ld.so calls _dl_debug_state at each change of the link map. The attach cookie says which call
 * after an exec means "mapped and relocated": the second for glibc. */
SEC("uprobe")
int BPF_KPROBE(on_link_map) {
  struct process* mine = current_process();
  if (!mine) return 0;
  mine->link_map_changes += 1;
  if (mine->link_map_changes == (u32)bpf_get_attach_cookie(ctx))
    emit(mine->instance, CS_LINKED, mine->link_map_changes);
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
