/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the probes tell user space: the one header that both sides include.
 *
 * Every record carries CLOCK_MONOTONIC (bpf_ktime_get_ns) and the instance it belongs to; records
 * of processes that are not part of an instance are never written. Records come in three sizes, so
 * that the frequent ones are small:
 *   struct cs_header        CS_WAKE, CS_SWITCH_IN, marks and classes of a JVM
 *   struct cs_event         everything else
 *   struct cs_named_event   with a name behind it, as long as the name's limit */
#ifndef COLDSTART_PROBES_EVENT_H
#define COLDSTART_PROBES_EVENT_H

#ifndef __BPF__
#include <linux/types.h>
#endif

#define CS_NAME_SIZE 192      /* of a path */
#define CS_SHORT_NAME_SIZE 64 /* of a class or a module */
#define CS_RING_BYTES (4 * 1024 * 1024)
#define CS_THREAD_NAME_SIZE 16 /* as the kernel has it, with its terminator */
#define CS_SYSCALLS 512
#define CS_STACK_DEPTH 24
#define CS_LINK_SITES 256

/* What wakes user space, apart from a buffer that is half full. */
enum cs_wake {
  CS_WAKE_NONE = 0,
  CS_WAKE_LISTENERS = 1, /* something listens, and may be called */
  CS_WAKE_PROGRAMS = 2,  /* forks, execs and opened files as well */
};

enum cs_event_kind {
  /* tier process */
  CS_FORK = 1,     /* pid: parent, value: child */
  CS_EXEC = 2,     /* file, name: as passed to exec; value: tid of the caller */
  CS_EXIT = 3,     /* value: exit code as wait(2) gives it; the whole process has ended */
  CS_LISTEN = 4,   /* socket, value: socket id; address, port and namespace that now listen */
  CS_RECEIVED = 5, /* socket: first byte of the first request of a connection was read */
  CS_REPLIED = 6,  /* socket: first payload bytes of the answer leave; socket.bytes: how many */
  CS_UNLISTEN = 7, /* socket, value: socket id; it listens no more */
  /* tier loader */
  CS_LINKED = 8,  /* the link map of a just-executed program is complete */
  CS_ENTERED = 9, /* __libc_start_main */
  /* tier runtime */
  CS_RUNTIME_READY = 10, /* value: enum cs_runtime */
  CS_JVM_INIT_BEGIN = 11,
  CS_JVM_CLASS = 12, /* value: 1 if it comes from a class data archive; name: only of the first
                        class of the application */
  CS_JVM_COMPILE_BEGIN = 13,
  CS_JVM_COMPILE_END = 14,
  CS_JVM_GC_BEGIN = 15,
  CS_JVM_GC_END = 16,
  CS_IMPORT_BEGIN = 17, /* name: the module */
  CS_IMPORT_END = 18,   /* name, value: 1 if it was found */
  /* tier cpu */
  CS_WAKE = 19,       /* pid, tid: a thread that is now runnable; value: 1 if its group has used up
                         its CPU time */
  CS_SWITCH_IN = 20,  /* pid, tid: a thread that is now on a CPU */
  CS_SWITCH_OUT = 21, /* sched, value: the kernel's task state; 0: still runnable */
  /* tier files */
  CS_OPENED = 22,  /* call, name: the path as passed */
  CS_READ = 23,    /* call: of a regular file */
  CS_MAPPED = 24,  /* call: a file */
  CS_SYSCALL = 25, /* call: of one of the classes below CS_CALL_NAMESPACE…; name: mkdir's path */
  CS_KIND_END = 26,
};

enum cs_runtime {
  CS_RUNTIME_JVM = 1,
  CS_RUNTIME_NODE = 2,
  CS_RUNTIME_PYTHON = 3,
};

/* What system calls are told of; user space fills the table {number -> class}. */
enum cs_call_class {
  CS_CALL_NONE = 0,
  CS_CALL_OPEN = 1,     /* path is argument 1 */
  CS_CALL_OPENAT = 2,   /* path is argument 2 */
  CS_CALL_READ = 3,     /* descriptor is argument 1 */
  CS_CALL_SENDFILE = 4, /* descriptor is argument 2 */
  CS_CALL_MMAP = 5,
  CS_CALL_EXEC = 6,
  CS_CALL_CLONE = 7,     /* told only if it makes namespaces; flags are argument 1, of clone3 the
                            first word of what it points to */
  CS_CALL_NAMESPACE = 8, /* unshare, setns */
  CS_CALL_MOUNT = 9,     /* the mount calls, pivot_root, chroot */
  CS_CALL_SECURITY = 10, /* seccomp, prctl, capset, set*id */
  CS_CALL_MKDIR = 11,    /* path is argument 1 */
  CS_CALL_MKDIRAT = 12,  /* path is argument 2 */
  CS_CALL_WRITE = 13,    /* told only of cgroup files; descriptor is argument 1 */
};

/* Of cs_call.flags, CS_OPENED and CS_SYSCALL, and of cs_file.flags. */
enum cs_file_flag {
  CS_MAY_WRITE = 1, /* the file was opened for writing, perhaps for reading as well */
  CS_IN_CGROUP = 2, /* the file, or the folder that a relative path begins at, is of cgroups */
  CS_ON_DISK = 4,   /* its file system has something behind it that the page cache caches */
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
  __u64 begin_ns; /* CS_EXEC: when the system call began; 0: tier files is off */
  __u32 device;   /* the kernel's own dev_t: major << 20 | minor */
  __u32 flags;    /* CS_ON_DISK */
  __u32 unused[2];
};

enum cs_no_call { CS_PAGE_FAULT = -1, CS_IO_WORKER = -2 /* of io_uring: a kernel thread */ };

/* A thread leaves the CPU. */
struct cs_sched {
  __s32 stack;   /* key of the kernel stack, where it blocks uninterruptibly; else negative */
  __s16 syscall; /* number of the system call in which it blocks, or enum cs_no_call */
  __u16 fd_mode; /* st_mode of the file of a blocking read or write, else 0 */
  __u32 iowait;  /* 1: it waits for a block device */
  char name[CS_THREAD_NAME_SIZE];
  __u32 throttled; /* 1: it could run on, but its group has used up its CPU time (cpu.max) */
};

/* A system call has returned; the header's time is its end. */
struct cs_call {
  __u64 begin_ns;
  __u64 inode;
  __u64 bytes;  /* CS_OPENED: size of the file; CS_READ: read; CS_MAPPED: length */
  __u32 device; /* as in cs_file */
  __u16 number;
  __u8 call_class; /* enum cs_call_class */
  __u8 flags;      /* CS_MAPPED: PROT_…; else enum cs_file_flag */
};

/* Counters of the thread that caused the event, since the thread began. */
struct cs_counters {
  __u32 minor_faults;
  __u32 major_faults;
  __u64 read_bytes; /* from block devices */
};

struct cs_header {
  __u64 time_ns;
  __u64 instance;
  __u32 kind;
  __u32 pid; /* thread group, initial pid namespace */
  __u32 tid;
  __u32 value;
};

/* Begins like cs_header. */
struct cs_event {
  __u64 time_ns;
  __u64 instance;
  __u32 kind;
  __u32 pid;
  __u32 tid;
  __u32 value;
  union {
    struct cs_socket socket;
    struct cs_file file;
    struct cs_sched sched;
    struct cs_call call;
  };
  struct cs_counters counters;
};

struct cs_named_event {
  struct cs_event event;
  char name[CS_NAME_SIZE]; /* may be cut; shorter records have less room */
};

#endif
