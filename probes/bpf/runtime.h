/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tier `runtime`: milestones of the JVM, Node.js and Python, and what they load. */
#ifndef COLDSTART_PROBES_BPF_RUNTIME_H
#define COLDSTART_PROBES_BPF_RUNTIME_H

static __always_inline void runtime_ready(u32 runtime) {
  struct process* mine = current_process();
  if (!mine || (mine->seen & SEEN_RUNTIME)) return;
  mine->seen |= SEEN_RUNTIME;
  emit(mine->instance, CS_RUNTIME_READY, runtime);
}

/* The attach cookie is an enum cs_runtime. */
SEC("uprobe")
int BPF_KPROBE(on_runtime_symbol) {
  runtime_ready((u32)bpf_get_attach_cookie(ctx));
  return 0;
}

SEC("usdt")
int BPF_USDT(on_jvm_ready) {
  runtime_ready(CS_RUNTIME_JVM);
  return 0;
}

/* The cookie is the enum cs_event_kind to tell. */
SEC("usdt")
int BPF_USDT(on_jvm_mark) {
  struct process* mine = current_process();
  if (!mine) return 0;
  u64 id = bpf_get_current_pid_tgid();
  emit_short(mine->instance, (u32)bpf_usdt_cookie(ctx), id >> 32, (u32)id, 0);
  return 0;
}

/* hotspot:class__loaded(name, length, loader, from an archive). Source: JDK 17,
 * src/hotspot/share/services/classLoadingService.cpp. */
SEC("usdt")
int BPF_USDT(on_jvm_class, void* name, u64 length, void* loader, u64 shared) {
  struct process* mine = current_process();
  if (!mine) return 0;
  emit_named(mine->instance, CS_JVM_CLASS, (shared & 0xff) != 0, name, (u32)length & 0xffff);
  return 0;
}

/* python:import__find__load__start(name) and …done(name, found). Source: Python/import.c. The
 * cookie is the kind. */
SEC("usdt")
int BPF_USDT(on_import, void* name, u64 found) {
  struct process* mine = current_process();
  if (!mine) return 0;
  u32 kind = (u32)bpf_usdt_cookie(ctx);
  emit_named(mine->instance, kind, kind == CS_IMPORT_END && (u32)found != 0, name, 0);
  return 0;
}

#endif
