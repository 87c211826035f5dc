/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the stack sampler tells user space: the header that both sides include.
 *
 * The stack is not walked in the kernel: most programs of a distribution keep no frame pointers. A
 * sample carries the registers and a copy of the upper end of the stack instead, and user space
 * walks it by the unwind tables of the files (unwinder.h). */
#ifndef COLDSTART_PROBES_STACK_SAMPLE_H
#define COLDSTART_PROBES_STACK_SAMPLE_H

#ifndef __BPF__
#include <linux/types.h>
#endif

#define CS_KERNEL_FRAMES 32
/* The copy begins at a multiple of this, at or below the stack pointer, so that no piece of it
 * crosses the end of what is mapped. */
#define CS_STACK_PIECE 1024
#define CS_STACK_PIECES 24
#define CS_STACK_BYTES (CS_STACK_PIECE * CS_STACK_PIECES)

enum cs_stack_kind {
  CS_STACK_ON_CPU = 1,  /* taken by the clock */
  CS_STACK_OFF_CPU = 2, /* the thread leaves its CPU and cannot run on */
  CS_STACK_BACK = 3, /* it is back; since_ns: when it left. Ends after the fixed part, no stack */
};

/* In the order of the DWARF numbers of the x86-64 ABI. */
enum cs_register { CS_REGISTER_SP = 7, CS_REGISTER_PC = 16, CS_REGISTERS = 17 };

struct cs_stack_sample {
  __u64 time_ns; /* CLOCK_MONOTONIC */
  __u64 since_ns;
  __u64 instance;
  __u32 pid; /* thread group, initial pid namespace */
  __u32 tid;
  __u16 kind;
  __u16
      has_user; /* the registers are of 64-bit user space; else neither they nor a stack is there */
  __u32 kernel_frames;
  __u64 kernel_worker; /* a thread of the kernel that works for the process: it has no user stack */
  char thread[16];
  __u64 registers[CS_REGISTERS];
  __u64 kernel[CS_KERNEL_FRAMES]; /* innermost first */
  __u8 stack[CS_STACK_BYTES];     /* as much as the record is long */
};

#endif
