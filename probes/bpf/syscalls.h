/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tier `files`: which files an instance opens, reads and maps, and the system calls of which a
 * container runtime's work consists. */
#ifndef COLDSTART_PROBES_BPF_SYSCALLS_H
#define COLDSTART_PROBES_BPF_SYSCALLS_H

/* enum cs_call_class of each system call; written by user space before the program is loaded. */
const volatile unsigned char call_class[CS_SYSCALLS] = {};

/* Every system call of every process comes by here. */
static __always_inline u8 class_of(u64 number) {
  return number < CS_SYSCALLS ? call_class[number & (CS_SYSCALLS - 1)] : CS_CALL_NONE;
}

static __always_inline bool makes_namespaces(struct pt_regs* regs, long number) {
  u64 flags = PT_REGS_PARM1_CORE_SYSCALL(regs);
  /* The caller has just written it: its page is there. */
  if (number == NR_CLONE3 && bpf_probe_read_user(&flags, sizeof(flags), (void*)flags)) return false;
  return flags & CLONE_NEW_ANY;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_call, struct pt_regs* regs, long number) {
  u8 kind = class_of(number);
  if (!kind || !current_process()) return 0;
  if (kind == CS_CALL_CLONE && !makes_namespaces(regs, number)) return 0;
  u32 tid = (u32)bpf_get_current_pid_tgid();
  struct pending call = {.begin_ns = bpf_ktime_get_ns(), .number = (u32)number, .call_class = kind};
  if (bpf_map_update_elem(&pending_calls, &tid, &call, BPF_ANY)) count_lost();
  return 0;
}

static __always_inline void fill_call(struct cs_event* e, const struct pending* call,
                                      struct file* file, u64 bytes, u8 flags) {
  e->call.begin_ns = call->begin_ns;
  e->call.bytes = bytes;
  e->call.number = (u16)call->number;
  e->call.call_class = (u8)call->call_class;
  e->call.flags = flags;
  if (file) {
    e->call.inode = BPF_CORE_READ(file, f_inode, i_ino);
    e->call.device = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
  }
}

static __always_inline void emit_call(u64 instance, u32 kind, const struct pending* call,
                                      struct file* file, u64 bytes, u8 flags) {
  struct cs_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(e, instance, kind, 0);
  __builtin_memset(&e->socket, 0, sizeof(e->socket));
  fill_call(e, call, file, bytes, flags);
  bpf_ringbuf_submit(e, wakeup(kind));
}

static __always_inline void emit_call_with_path(u64 instance, u32 kind, const struct pending* call,
                                                struct file* file, const void* user_path,
                                                u8 flags) {
  struct cs_named_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(&e->event, instance, kind, 0);
  __builtin_memset(&e->event.socket, 0, sizeof(e->event.socket));
  fill_call(&e->event, call, file, file ? BPF_CORE_READ(file, f_inode, i_size) : 0, flags);
  e->name[0] = 0;
  /* The kernel has just read the path itself: its page is there. */
  bpf_probe_read_user_str(e->name, sizeof(e->name), user_path);
  bpf_ringbuf_submit(e, wakeup(kind));
}

static __always_inline bool is_regular(struct file* file) {
  return file && (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFREG;
}

static __always_inline bool is_cgroup(unsigned long magic) {
  return magic == CGROUP_SUPER_MAGIC || magic == CGROUP2_SUPER_MAGIC;
}

static __always_inline bool is_cgroup_file(struct file* file) {
  return file && is_cgroup(BPF_CORE_READ(file, f_inode, i_sb, s_magic));
}

static __always_inline u8 flags_of_open(struct file* file) {
  struct super_block* filesystem = BPF_CORE_READ(file, f_inode, i_sb);
  u8 flags = is_on_disk(filesystem) ? CS_ON_DISK : 0;
  if (BPF_CORE_READ(file, f_flags) & O_WRITES) flags |= CS_MAY_WRITE;
  if (is_cgroup(BPF_CORE_READ(filesystem, s_magic))) flags |= CS_IN_CGROUP;
  return flags;
}

/* Where a relative path begins, for a call that makes a folder. */
static __always_inline u8 flags_of_mkdir(struct task_struct* task, const void* user_path,
                                         s32 directory) {
  char first = 0;
  bpf_probe_read_user(&first, 1, user_path);
  if (first == '/') return 0;
  if (directory != AT_FDCWD) return is_cgroup_file(file_of(task, directory)) ? CS_IN_CGROUP : 0;
  struct fs_struct* fs = task->fs;
  return fs && is_cgroup(BPF_CORE_READ(fs, pwd.dentry, d_sb, s_magic)) ? CS_IN_CGROUP : 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call_end, struct pt_regs* regs, long result) {
  if (!class_of(PT_REGS_SYSCALL_NUMBER_OF(regs))) return 0;
  u32 tid = (u32)bpf_get_current_pid_tgid();
  struct pending* found = bpf_map_lookup_elem(&pending_calls, &tid);
  if (!found) return 0;
  struct pending call = *found;
  bpf_map_delete_elem(&pending_calls, &tid);
  struct process* mine = current_process();
  if (!mine) return 0;
  u64 instance = mine->instance;
  struct task_struct* task = bpf_get_current_task_btf();

  switch (call.call_class) {
    case CS_CALL_OPEN:
    case CS_CALL_OPENAT: {
      if (result < 0) return 0; /* a search path: the file is not there */
      struct file* file = file_of(task, (s32)result);
      const void* path = call.call_class == CS_CALL_OPEN
                             ? (const void*)PT_REGS_PARM1_CORE_SYSCALL(regs)
                             : (const void*)PT_REGS_PARM2_CORE_SYSCALL(regs);
      /* O_PATH: a name for it, nothing can be read. */
      if (is_regular(file) && !(BPF_CORE_READ(file, f_flags) & O_PATH))
        emit_call_with_path(instance, CS_OPENED, &call, file, path, flags_of_open(file));
      return 0;
    }
    case CS_CALL_READ:
    case CS_CALL_SENDFILE: {
      if (result <= 0) return 0;
      s32 fd = call.call_class == CS_CALL_READ ? (s32)PT_REGS_PARM1_CORE_SYSCALL(regs)
                                               : (s32)PT_REGS_PARM2_CORE_SYSCALL(regs);
      struct file* file = file_of(task, fd);
      if (is_regular(file)) emit_call(instance, CS_READ, &call, file, (u64)result, 0);
      return 0;
    }
    case CS_CALL_MMAP: {
      if (result < 0 && result > -4096) return 0;
      if (PT_REGS_PARM4_CORE_SYSCALL(regs) & MAP_ANONYMOUS) return 0;
      struct file* file = file_of(task, (s32)PT_REGS_PARM5_CORE_SYSCALL(regs));
      if (is_regular(file))
        emit_call(instance, CS_MAPPED, &call, file, PT_REGS_PARM2_CORE_SYSCALL(regs),
                  (u8)PT_REGS_PARM3_CORE_SYSCALL(regs));
      return 0;
    }
    case CS_CALL_WRITE: {
      struct file* file = file_of(task, (s32)PT_REGS_PARM1_CORE_SYSCALL(regs));
      if (is_cgroup_file(file)) emit_call(instance, CS_SYSCALL, &call, file, 0, 0);
      return 0;
    }
    case CS_CALL_MKDIR:
    case CS_CALL_MKDIRAT: {
      bool at = call.call_class == CS_CALL_MKDIRAT;
      s32 directory = at ? (s32)PT_REGS_PARM1_CORE_SYSCALL(regs) : AT_FDCWD;
      const void* path = at ? (const void*)PT_REGS_PARM2_CORE_SYSCALL(regs)
                            : (const void*)PT_REGS_PARM1_CORE_SYSCALL(regs);
      emit_call_with_path(instance, CS_SYSCALL, &call, 0, path,
                          flags_of_mkdir(task, path, directory));
      return 0;
    }
    case CS_CALL_CLONE:
    case CS_CALL_NAMESPACE:
    case CS_CALL_MOUNT:
    case CS_CALL_SECURITY:
      emit_call(instance, CS_SYSCALL, &call, 0, 0, 0);
      return 0;
    default: /* an exec that failed */
      return 0;
  }
}

#endif
