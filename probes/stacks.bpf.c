// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// The stack sampler: an object of its own, so that nothing of it is in the kernel unless it was
// asked for. User space: stack_sampler.h. Which processes belong to an instance it reads from the
// map of the probes (coldstart.bpf.c), which is put in the place of `processes` before it is
// loaded.
//
// clang-format off
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "stack_sample.h"
#include "bpf/instance_process.h"
// clang-format on

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} samples SEC(".maps");

/* Samples that did not fit. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, u64);
} lost SEC(".maps");

/* A sample is put together here: it is too large for the stack of a program. Both programs run with
 * interrupts off, so neither finds the other at work. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct cs_stack_sample);
} scratch SEC(".maps");

/* Since when a thread is off the CPU, by its id. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, u32);
  __type(value, u64);
} away SEC(".maps");

/* The kernel's own records of what is mapped where, opened by user space (stack_sampler.cc). */
struct {
  __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
  __uint(key_size, sizeof(u32));
  __uint(value_size, sizeof(u32));
} mappings SEC(".maps");

/* Written by user space before loading. */
const volatile unsigned int ring_bytes = 4096;

static __always_inline void count_lost(void) {
  u32 zero = 0;
  u64* counter = bpf_map_lookup_elem(&lost, &zero);
  if (counter) *counter += 1;
}

static __always_inline void send(struct cs_stack_sample* sample, u64 size) {
  u64 flags = bpf_ringbuf_query(&samples, BPF_RB_AVAIL_DATA) > ring_bytes / 2 ? BPF_RB_FORCE_WAKEUP
                                                                              : BPF_RB_NO_WAKEUP;
  if (bpf_ringbuf_output(&samples, sample, size, flags)) count_lost();
}

static __always_inline void copy_registers(struct cs_stack_sample* s, struct pt_regs* regs) {
  s->registers[0] = regs->ax;
  s->registers[1] = regs->dx;
  s->registers[2] = regs->cx;
  s->registers[3] = regs->bx;
  s->registers[4] = regs->si;
  s->registers[5] = regs->di;
  s->registers[6] = regs->bp;
  s->registers[7] = regs->sp;
  s->registers[8] = regs->r8;
  s->registers[9] = regs->r9;
  s->registers[10] = regs->r10;
  s->registers[11] = regs->r11;
  s->registers[12] = regs->r12;
  s->registers[13] = regs->r13;
  s->registers[14] = regs->r14;
  s->registers[15] = regs->r15;
  s->registers[CS_REGISTER_PC] = regs->ip;
}

/* The current thread. */
static __always_inline void take(void* ctx, struct task_struct* task, u64 instance, u16 kind,
                                 u64 now) {
  u32 zero = 0;
  struct cs_stack_sample* s = bpf_map_lookup_elem(&scratch, &zero);
  if (!s) return;
  s->time_ns = now;
  s->since_ns = 0;
  s->instance = instance;
  s->pid = task->tgid;
  s->tid = task->pid;
  s->kind = kind;
  s->has_user = 0;
  s->kernel_worker = !!(task->flags & PF_IO_WORKER);
  bpf_get_current_comm(s->thread, sizeof(s->thread));
  long bytes = bpf_get_stack(ctx, s->kernel, sizeof(s->kernel), 0);
  s->kernel_frames = bytes > 0 ? (u32)bytes / sizeof(u64) : 0;
  u64 copied = 0;
  struct pt_regs* regs = (struct pt_regs*)bpf_task_pt_regs((void*)task);
  if (!s->kernel_worker && regs->cs == USER_CS_64) {
    s->has_user = 1;
    copy_registers(s, regs);
    u64 begin = regs->sp & ~(u64)(CS_STACK_PIECE - 1);
    for (int i = 0; i < CS_STACK_PIECES; ++i) {
      u64 at = (u64)i * CS_STACK_PIECE;
      if (bpf_probe_read_user(s->stack + at, CS_STACK_PIECE, (void*)(begin + at))) break;
      copied = at + CS_STACK_PIECE;
    }
  }
  if (copied > CS_STACK_BYTES) copied = CS_STACK_BYTES;
  send(s, __builtin_offsetof(struct cs_stack_sample, stack) + copied);
}

/* On every CPU, from the interrupt of its clock. */
SEC("perf_event")
int on_clock(void* ctx) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  struct process* mine = pid ? bpf_map_lookup_elem(&processes, &pid) : 0;
  if (!mine) return 0;
  take(ctx, bpf_get_current_task_btf(), mine->instance, CS_STACK_ON_CPU, bpf_ktime_get_ns());
  return 0;
}

static __always_inline void comes_back(struct task_struct* next, u64 instance, u64 now) {
  u32 tid = next->pid;
  u64* since = bpf_map_lookup_elem(&away, &tid);
  if (!since) return;
  u64 since_ns = *since;
  bpf_map_delete_elem(&away, &tid);
  u32 zero = 0;
  struct cs_stack_sample* s = bpf_map_lookup_elem(&scratch, &zero);
  if (!s) return;
  s->time_ns = now;
  s->since_ns = since_ns;
  s->instance = instance;
  s->pid = next->tgid;
  s->tid = tid;
  s->kind = CS_STACK_BACK;
  s->has_user = 0;
  s->kernel_frames = 0;
  send(s, __builtin_offsetof(struct cs_stack_sample, registers));
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch_stack, bool preempted, struct task_struct* before, struct task_struct* next,
             unsigned int state) {
  u64 now = bpf_ktime_get_ns();
  u32 pid = before->tgid;
  struct process* mine = pid ? bpf_map_lookup_elem(&processes, &pid) : 0;
  if (mine && !preempted && state && state != TASK_DEAD) {
    u32 tid = before->pid;
    if (bpf_map_update_elem(&away, &tid, &now, BPF_ANY)) {
      count_lost();
    } else {
      take(ctx, bpf_get_current_task_btf(), mine->instance, CS_STACK_OFF_CPU, now);
    }
  }
  pid = next->tgid;
  mine = pid ? bpf_map_lookup_elem(&processes, &pid) : 0;
  if (mine) comes_back(next, mine->instance, now);
  return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
