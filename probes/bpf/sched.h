/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tier `cpu`: when each thread of an instance runs, waits for a CPU, or is blocked, and on what.
 * What this means for phases is computed in user space (activity.h). */
#ifndef COLDSTART_PROBES_BPF_SCHED_H
#define COLDSTART_PROBES_BPF_SCHED_H

struct {
  __uint(type, BPF_MAP_TYPE_STACK_TRACE);
  __uint(max_entries, 4096);
  __uint(key_size, sizeof(u32));
  __uint(value_size, CS_STACK_DEPTH * sizeof(u64));
} kernel_stacks SEC(".maps");

/* Written by user space: bits of system calls that work on the descriptor in argument 1. */
const volatile unsigned char works_on_fd[CS_SYSCALLS] = {};

/* `task` as for fill_counters(). */
static __always_inline struct file* file_of(struct task_struct* task, s32 fd) {
  if (fd < 0 || !task->files) return 0;
  struct fdtable* table = task->files->fdt;
  if (!table || (u32)fd >= table->max_fds) return 0;
  struct file** slots = table->fd;
  struct file* file = 0;
  bpf_probe_read_kernel(&file, sizeof(file), slots + fd);
  return file;
}

/* Whether the scheduler keeps a thread that could run from running, because its group has used up
 * its CPU time of this period. Linux 6.18 and later take each thread off its queue as it returns to
 * user space ("sched/fair: Switch to task based throttle model"); before, a queue of the group was
 * taken off as a whole. */
static __always_inline bool is_throttled(struct task_struct* task) {
  if (bpf_core_field_exists(task->throttled)) return task->throttled;
  if (!bpf_core_field_exists(task->se.cfs_rq)) return false;
  struct cfs_rq* queue = task->se.cfs_rq;
  if (!queue || !bpf_core_field_exists(queue->throttle_count)) return false;
  return queue->throttle_count > 0;
}

static __always_inline void switched_out(void* ctx, struct task_struct* task, u64 instance,
                                         u32 state) {
  struct cs_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  e->time_ns = bpf_ktime_get_ns();
  e->instance = instance;
  e->kind = CS_SWITCH_OUT;
  e->pid = task->tgid;
  e->tid = task->pid;
  e->value = state;
  fill_counters(&e->counters, task);
  __builtin_memset(&e->socket, 0, sizeof(e->socket));
  __builtin_memcpy(e->sched.name, task->comm, sizeof(e->sched.name));
  e->sched.stack = -1;
  e->sched.throttled = !state && is_throttled(task);
  e->sched.syscall = (task->flags & PF_IO_WORKER) ? CS_IO_WORKER : CS_PAGE_FAULT;
  if (state && state != TASK_DEAD && e->sched.syscall == CS_PAGE_FAULT) {
    e->sched.iowait = BPF_CORE_READ_BITFIELD_PROBED(task, in_iowait);
    struct pt_regs* regs = (struct pt_regs*)bpf_task_pt_regs((void*)bpf_get_current_task_btf());
    long number = PT_REGS_SYSCALL_NUMBER(regs);
    if (number >= 0 && number < CS_SYSCALLS) {
      e->sched.syscall = (s16)number;
      if (works_on_fd[number & (CS_SYSCALLS - 1)]) {
        struct file* file = file_of(task, (s32)PT_REGS_PARM1_CORE_SYSCALL(regs));
        if (file) e->sched.fd_mode = BPF_CORE_READ(file, f_inode, i_mode);
      }
    }
    if ((state & TASK_UNINTERRUPTIBLE) && !e->sched.iowait)
      e->sched.stack = bpf_get_stackid(ctx, &kernel_stacks, 0);
  }
  bpf_ringbuf_submit(e, wakeup(CS_SWITCH_OUT));
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempted, struct task_struct* before, struct task_struct* next,
             unsigned int state) {
  u32 pid = before->tgid;
  struct process* mine = pid ? bpf_map_lookup_elem(&processes, &pid) : 0;
  /* A thread that was preempted on its way to sleep still wants to run. */
  if (mine) switched_out(ctx, before, mine->instance, preempted ? 0 : state);
  pid = next->tgid;
  mine = pid ? bpf_map_lookup_elem(&processes, &pid) : 0;
  if (mine) emit_short(mine->instance, CS_SWITCH_IN, pid, next->pid, 0);
  return 0;
}

static __always_inline int woken(struct task_struct* task) {
  u32 pid = task->tgid;
  struct process* mine = bpf_map_lookup_elem(&processes, &pid);
  if (mine) emit_short(mine->instance, CS_WAKE, pid, task->pid, is_throttled(task));
  return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct* task) { return woken(task); }

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(on_wakeup_new, struct task_struct* task) { return woken(task); }

#endif
