/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the probes tell user space: the one header that both sides include.
 *
 * A record is 64 bytes, an exec record is longer by the file name. Every record carries
 * CLOCK_MONOTONIC (bpf_ktime_get_ns) and the instance it belongs to; records of processes that are
 * not part of an instance are never written. */
#ifndef COLDSTART_PROBES_EVENT_H
#define COLDSTART_PROBES_EVENT_H

#ifndef __BPF__
#include <linux/types.h>
#endif

#define CS_FILENAME_SIZE 192
#define CS_RING_BYTES (4 * 1024 * 1024)

enum cs_event_kind {
  CS_FORK = 1,          /* pid: parent, value: child */
  CS_EXEC = 2,          /* struct cs_exec_event */
  CS_EXIT = 3,          /* value: exit code as wait(2) gives it; the whole process has ended */
  CS_LISTEN = 4,        /* socket: the port, address and network namespace that now listen */
  CS_RECEIVED = 5,      /* socket: first byte of the first request of a connection was read */
  CS_REPLIED = 6,       /* socket: first payload bytes of the answer leave; value: how many */
  CS_LINKED = 7,        /* the link map of a just-executed program is complete */
  CS_ENTERED = 8,       /* __libc_start_main */
  CS_RUNTIME_READY = 9, /* value: enum cs_runtime */
};

enum cs_runtime {
  CS_RUNTIME_JVM = 1,
  CS_RUNTIME_NODE = 2,
  CS_RUNTIME_PYTHON = 3,
};

struct cs_socket {
  __u16 local_port; /* host order */
  __u16 remote_port;
  __u16 family; /* AF_INET or AF_INET6 */
  __u16 unused;
  __u32 netns; /* inode number of the network namespace */
  __u32 bytes;
  __u8 address[16]; /* local address, network order, 4 or 16 bytes */
};

struct cs_file {
  __u64 inode;
  __u32 device; /* the kernel's own dev_t: major << 20 | minor */
  __u32 unused[5];
};

struct cs_event {
  __u64 time_ns;
  __u64 instance;
  __u32 kind;
  __u32 pid; /* thread group, initial pid namespace */
  __u32 tid;
  __u32 value;
  union {
    struct cs_socket socket;
    struct cs_file file; /* CS_EXEC: the program that was executed */
  };
};

struct cs_exec_event {
  struct cs_event event;
  char filename[CS_FILENAME_SIZE]; /* as passed to exec; may be relative or cut */
};

#endif
