/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which processes belong to which instance, and how records about them reach user space. */
#ifndef COLDSTART_PROBES_BPF_INSTANCE_H
#define COLDSTART_PROBES_BPF_INSTANCE_H

struct process {
  u64 instance;
  u32 link_map_changes; /* hits of _dl_debug_state since the last exec */
  u32 seen;             /* bits of enum seen, since the last exec */
};
enum seen { SEEN_ENTERED = 1, SEEN_RUNTIME = 2, SEEN_APPLICATION = 4, SEEN_END = 8 };

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, CS_RING_BYTES);
} events SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 256);
  __type(key, u32);
  __type(value, u64);
} spawners SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, u32);
  __type(value, struct process);
} processes SEC(".maps");

/* Records that did not fit into the ring buffer, which itself says nothing when it is full, and
 * what else could not be noted down. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, u64);
} lost SEC(".maps");

/* Written by user space before the programs are loaded: the size of the ring buffer. */
const volatile unsigned int ring_bytes = CS_RING_BYTES;

/* Written by user space, see Session::wake_for_programs. */
volatile bool wake_for_programs = false;

static __always_inline void count_lost(void) {
  u32 zero = 0;
  u64* counter = bpf_map_lookup_elem(&lost, &zero);
  if (counter) *counter += 1;
}

static __always_inline struct process* current_process(void) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  return bpf_map_lookup_elem(&processes, &pid);
}

/* User space sleeps while a function starts: it is woken where it must act (a socket listens), and
 * when the buffer is half full. */
static __always_inline u64 wakeup(u32 kind) {
  if (kind == CS_LISTEN ||
      (wake_for_programs && (kind == CS_FORK || kind == CS_EXEC || kind == CS_OPENED)) ||
      bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > ring_bytes / 2)
    return BPF_RB_FORCE_WAKEUP;
  return BPF_RB_NO_WAKEUP;
}

/* A device without a major number has no disk of its own, but perhaps one below or behind it. */
static __always_inline bool is_on_disk(u32 device, unsigned long magic) {
  if (device >> 20) return true;
  return magic == OVERLAYFS_SUPER_MAGIC || magic == BTRFS_SUPER_MAGIC || magic == NFS_SUPER_MAGIC ||
         magic == FUSE_SUPER_MAGIC;
}

/* `task` must be a pointer that the verifier knows (of tp_btf, or bpf_get_current_task_btf): its
 * fields are then loaded as they are. A helper call for each would cost more than all the rest. */
static __always_inline void fill_counters(struct cs_counters* counters, struct task_struct* task) {
  counters->minor_faults = task->min_flt;
  counters->major_faults = task->maj_flt;
  counters->read_bytes = 0;
  if (bpf_core_field_exists(task->ioac.read_bytes)) counters->read_bytes = task->ioac.read_bytes;
}

/* The current thread as the cause of an event. The part between header and counters is the
 * caller's. */
static __always_inline void fill(struct cs_event* e, u64 instance, u32 kind, u32 value) {
  u64 id = bpf_get_current_pid_tgid();
  e->time_ns = bpf_ktime_get_ns();
  e->instance = instance;
  e->kind = kind;
  e->pid = id >> 32;
  e->tid = (u32)id;
  e->value = value;
  fill_counters(&e->counters, bpf_get_current_task_btf());
}

static __always_inline void emit(u64 instance, u32 kind, u32 value) {
  struct cs_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(e, instance, kind, value);
  __builtin_memset(&e->socket, 0, sizeof(e->socket));
  bpf_ringbuf_submit(e, wakeup(kind));
}

/* A record that is its header only. */
static __always_inline void emit_short(u64 instance, u32 kind, u32 pid, u32 tid, u32 value) {
  struct cs_header* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  e->time_ns = bpf_ktime_get_ns();
  e->instance = instance;
  e->kind = kind;
  e->pid = pid;
  e->tid = tid;
  e->value = value;
  bpf_ringbuf_submit(e, wakeup(kind));
}

/* A record with a short name, read from user memory; length 0: up to its terminator. */
static __always_inline void emit_named(u64 instance, u32 kind, u32 value, const void* user_name,
                                       u32 length) {
  struct cs_named_event* e =
      bpf_ringbuf_reserve(&events, sizeof(struct cs_event) + CS_SHORT_NAME_SIZE, 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(&e->event, instance, kind, value);
  __builtin_memset(&e->event.socket, 0, sizeof(e->event.socket));
  if (length > CS_SHORT_NAME_SIZE - 1) length = CS_SHORT_NAME_SIZE - 1;
  e->name[0] = 0;
  if (!length) {
    bpf_probe_read_user_str(e->name, CS_SHORT_NAME_SIZE, user_name);
  } else {
    if (bpf_probe_read_user(e->name, length, user_name)) length = 0;
    if (length < CS_SHORT_NAME_SIZE) e->name[length] = 0;
  }
  bpf_ringbuf_submit(e, wakeup(kind));
}

#endif
