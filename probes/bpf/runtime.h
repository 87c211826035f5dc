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

/* `text` holds the first eight bytes, the first one lowest. Folds to a mask and a compare. */
static __always_inline bool begins_with(u64 text, const char* prefix, int length) {
  u64 word = 0;
#pragma unroll
  for (int i = 0; i < length; ++i) word |= (u64)(u8)prefix[i] << (8 * i);
  return (text & (~0ULL >> (64 - 8 * length))) == word;
}

/* Classes of the platform by the first bytes of their names; what is not among them belongs to the
 * application. */
static __always_inline bool is_platform_class(const void* name, u32 length) {
  u64 text = 0; /* names have no terminator */
  if (length > sizeof(text)) length = sizeof(text);
  if (!length || bpf_probe_read_user(&text, length, name)) return true;
#define BEGINS_WITH(literal) begins_with(text, literal, sizeof(literal) - 1)
  return BEGINS_WITH("java/") || BEGINS_WITH("javax/") || BEGINS_WITH("jdk/") ||
         BEGINS_WITH("sun/") || BEGINS_WITH("com/sun/") || BEGINS_WITH("org/ietf");
#undef BEGINS_WITH
}

/* hotspot:class__loaded(name, length, loader, from an archive). Source: JDK 17,
 * src/hotspot/share/services/classLoadingService.cpp. A JVM loads a thousand and more before it
 * answers, so each is told by a header; only the first of the application has its name with it,
 * and only up to there names are looked at. Of the arguments only those are fetched that are
 * needed, which BPF_USDT would not do. */
SEC("usdt")
int on_jvm_class(struct pt_regs* ctx) {
  u64 id = bpf_get_current_pid_tgid();
  u32 pid = id >> 32;
  struct process* mine = bpf_map_lookup_elem(&processes, &pid);
  if (!mine) return 0;
  long shared = 0;
  bpf_usdt_arg(ctx, 3, &shared);
  shared = (shared & 0xff) != 0;
  if (!(mine->seen & SEEN_APPLICATION)) {
    long name = 0, length = 0;
    bpf_usdt_arg(ctx, 0, &name);
    bpf_usdt_arg(ctx, 1, &length);
    length &= 0xffff;
    if (!is_platform_class((void*)name, (u32)length)) {
      mine->seen |= SEEN_APPLICATION;
      emit_named(mine->instance, CS_JVM_CLASS, (u32)shared, (void*)name, (u32)length);
      return 0;
    }
  }
  emit_short(mine->instance, CS_JVM_CLASS, pid, (u32)id, (u32)shared);
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
