/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The few kernel types that the probes read, written by hand. preserve_access_index makes every
 * field access relocatable (CO-RE): the loader finds the real offsets in the running kernel's BTF,
 * so only names have to be right here, not layouts. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u8 u8;
typedef __u16 u16;
typedef __s16 s16;
typedef __s32 s32;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
enum { false = 0, true = 1 };

/* include/uapi/linux/bpf.h */
enum bpf_map_type {
  BPF_MAP_TYPE_HASH = 1,
  BPF_MAP_TYPE_ARRAY = 2,
  BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
  BPF_MAP_TYPE_PERCPU_ARRAY = 6,
  BPF_MAP_TYPE_STACK_TRACE = 7,
  BPF_MAP_TYPE_LRU_HASH = 9,
  BPF_MAP_TYPE_RINGBUF = 27,
  BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0 };
enum { BPF_F_NO_PREALLOC = 1 };

/* include/net/tcp_states.h */
enum { TCP_ESTABLISHED = 1, TCP_SYN_RECV = 3, TCP_CLOSE = 7, TCP_LISTEN = 10 };

/* include/linux/sched.h */
enum { TASK_UNINTERRUPTIBLE = 2, TASK_DEAD = 0x80, PF_IO_WORKER = 0x10 };

/* include/uapi/linux/stat.h, mman.h, sched.h, magic.h */
enum { S_IFMT = 0170000, S_IFREG = 0100000, MAP_ANONYMOUS = 0x20 };
enum { O_WRITES = 0x1 | 0x2 /* O_WRONLY, O_RDWR */, O_PATH = 010000000, AT_FDCWD = -100 };
enum { NR_CLONE3 = 435 }; /* include/uapi/asm-generic/unistd.h */
#define CLONE_NEW_ANY                                                                         \
  (0x00000080 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | \
   0x40000000) /* time, mount, cgroup, uts, ipc, user, pid, net */
#define CGROUP_SUPER_MAGIC 0x27e0eb
#define CGROUP2_SUPER_MAGIC 0x63677270
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define BTRFS_SUPER_MAGIC 0x9123683e
#define NFS_SUPER_MAGIC 0x6969
#define FUSE_SUPER_MAGIC 0x65735546

/* arch/x86/include/asm/segment.h: the code segment of 64-bit user space */
enum { USER_CS_64 = 0x33 };

/* The number of the system call that a task is in; negative: in none. */
#define PT_REGS_SYSCALL_NUMBER(regs) ((long)BPF_CORE_READ(regs, orig_ax))
/* The same of registers that the verifier knows: without a helper call. */
#define PT_REGS_SYSCALL_NUMBER_OF(regs) ((u64)(regs)->orig_ax)

struct pt_regs {
  unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs,
      flags, sp, ss;
} __attribute__((preserve_access_index));

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
  u32 s_dev;
  unsigned long s_magic;
};

struct inode {
  u16 i_mode;
  struct super_block* i_sb;
  unsigned long i_ino;
  s64 i_size;
};

struct file {
  struct inode* f_inode;
  unsigned int f_flags;
};

struct dentry {
  struct super_block* d_sb;
};

struct path {
  struct dentry* dentry;
};

struct fs_struct {
  struct path pwd;
};

struct fdtable {
  unsigned int max_fds;
  struct file** fd;
};

struct files_struct {
  struct fdtable* fdt;
};

struct task_io_accounting {
  u64 read_bytes;
};

struct linux_binprm {
  struct file* file;
  const char* filename;
};

typedef struct {
  int counter;
} atomic_t;

struct signal_struct {
  atomic_t live;
  int group_exit_code;
};

/* With CONFIG_CFS_BANDWIDTH. */
struct cfs_rq {
  int throttle_count;
};

/* With CONFIG_FAIR_GROUP_SCHED. */
struct sched_entity {
  struct cfs_rq* cfs_rq;
};

struct task_struct {
  int pid;
  int tgid;
  int exit_code;
  unsigned int flags;
  char comm[16];
  unsigned in_iowait : 1;
  unsigned long min_flt;
  unsigned long maj_flt;
  struct task_io_accounting ioac;
  struct fs_struct* fs;
  struct files_struct* files;
  struct signal_struct* signal;
  struct sched_entity se;
  bool throttled; /* since Linux 6.18, with CONFIG_CFS_BANDWIDTH */
};

struct ns_common {
  unsigned int inum;
};

struct net {
  struct ns_common ns;
};

typedef struct {
  struct net* net;
} possible_net_t;

struct in6_addr {
  u8 bytes[16]; /* the kernel's field is a union in6_u; only its address is taken */
};

struct sock_common {
  __be32 skc_daddr;
  __be32 skc_rcv_saddr;
  __be16 skc_dport;
  u16 skc_num;
  u16 skc_family;
  possible_net_t skc_net;
  struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
  struct sock_common __sk_common;
};

struct sk_buff {
  struct sock* sk;
  unsigned int len;
  u16 transport_header;
  unsigned char* head;
  unsigned char* data;
};

#pragma clang attribute pop

#endif
