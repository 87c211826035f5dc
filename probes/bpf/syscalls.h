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
  if (!kind) return 0;
  if (kind == CS_CALL_MMAP && (PT_REGS_PARM4_CORE_SYSCALL(regs) & MAP_ANONYMOUS)) return 0;
  struct process* mine = current_process();
  if (!mine) return 0;
  if (kind == CS_CALL_CLONE && !makes_namespaces(regs, number)) return 0;
  struct pending* call = bpf_task_storage_get(&pending_calls, bpf_get_current_task_btf(), 0,
                                              BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!call) {
    count_lost();
    return 0;
  }
  call->instance = mine->instance;
  call->number = (u32)number;
  call->call_class = kind;
  call->begin_ns = bpf_ktime_get_ns();
  return 0;
}

/* What is told of a file, read once: the verifier does not know it, so that each field costs a
 * call. */
struct file_facts {
  u64 inode;
  u64 magic; /* of its file system */
  u32 device;
  bool regular;
  bool on_disk;
};

static __always_inline struct file_facts look_at(struct file* file) {
  struct file_facts facts = {};
  struct inode* inode = file ? BPF_CORE_READ(file, f_inode) : 0;
  if (!inode) return facts;
  facts.regular = (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFREG;
  if (!facts.regular) return facts;
  struct super_block* filesystem = BPF_CORE_READ(inode, i_sb);
  facts.inode = BPF_CORE_READ(inode, i_ino);
  facts.device = BPF_CORE_READ(filesystem, s_dev);
  facts.magic = BPF_CORE_READ(filesystem, s_magic);
  facts.on_disk = is_on_disk(facts.device, facts.magic);
  return facts;
}

static __always_inline void fill_call(struct cs_event* e, const struct pending* call,
                                      const struct file_facts* file, u64 bytes, u8 flags) {
  e->call.begin_ns = call->begin_ns;
  e->call.inode = file->inode;
  e->call.bytes = bytes;
  e->call.device = file->device;
  e->call.number = (u16)call->number;
  e->call.call_class = (u8)call->call_class;
  e->call.flags = flags;
}

static __always_inline void emit_call(u32 kind, const struct pending* call,
                                      const struct file_facts* file, u64 bytes, u8 flags) {
  struct cs_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(e, call->instance, kind, 0);
  fill_call(e, call, file, bytes, flags);
  bpf_ringbuf_submit(e, wakeup(kind));
}

static __always_inline void emit_call_with_path(u32 kind, const struct pending* call,
                                                const struct file_facts* file, u64 bytes,
                                                const void* user_path, u8 flags) {
  struct cs_named_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(&e->event, call->instance, kind, 0);
  fill_call(&e->event, call, file, bytes, flags);
  e->name[0] = 0;
  /* The kernel has just read the path itself: its page is there. */
  bpf_probe_read_user_str(e->name, sizeof(e->name), user_path);
  bpf_ringbuf_submit(e, wakeup(kind));
}

static __always_inline bool is_cgroup(unsigned long magic) {
  return magic == CGROUP_SUPER_MAGIC || magic == CGROUP2_SUPER_MAGIC;
}

static __always_inline bool is_cgroup_file(struct file* file) {
  return file && is_cgroup(BPF_CORE_READ(file, f_inode, i_sb, s_magic));
}

static __always_inline u8 flags_of_open(const struct file_facts* file, unsigned int open_flags) {
  u8 flags = file->on_disk ? CS_ON_DISK : 0;
  if (open_flags & O_WRITES) flags |= CS_MAY_WRITE;
  if (is_cgroup(file->magic)) flags |= CS_IN_CGROUP;
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
  struct task_struct* task = bpf_get_current_task_btf();
  struct pending* found = bpf_task_storage_get(&pending_calls, task, 0, 0);
  if (!found || !found->begin_ns) return 0;
  struct pending call = *found;
  found->begin_ns = 0;
  struct file_facts file = {};

  switch (call.call_class) {
    case CS_CALL_OPEN:
    case CS_CALL_OPENAT: {
      if (result < 0) return 0; /* a search path: the file is not there */
      struct file* opened = file_of(task, (s32)result);
      file = look_at(opened);
      if (!file.regular) return 0;
      unsigned int flags = BPF_CORE_READ(opened, f_flags);
      if (flags & O_PATH) return 0; /* a name for it, nothing can be read */
      const void* path = call.call_class == CS_CALL_OPEN
                             ? (const void*)PT_REGS_PARM1_CORE_SYSCALL(regs)
                             : (const void*)PT_REGS_PARM2_CORE_SYSCALL(regs);
      emit_call_with_path(CS_OPENED, &call, &file, BPF_CORE_READ(opened, f_inode, i_size), path,
                          flags_of_open(&file, flags));
      return 0;
    }
    case CS_CALL_READ:
    case CS_CALL_SENDFILE: {
      if (result <= 0) return 0;
      s32 fd = call.call_class == CS_CALL_READ ? (s32)PT_REGS_PARM1_CORE_SYSCALL(regs)
                                               : (s32)PT_REGS_PARM2_CORE_SYSCALL(regs);
      file = look_at(file_of(task, fd));
      if (file.regular) emit_call(CS_READ, &call, &file, (u64)result, 0);
      return 0;
    }
    case CS_CALL_MMAP: {
      if (result < 0 && result > -4096) return 0;
      file = look_at(file_of(task, (s32)PT_REGS_PARM5_CORE_SYSCALL(regs)));
      if (file.regular)
        emit_call(CS_MAPPED, &call, &file, PT_REGS_PARM2_CORE_SYSCALL(regs),
                  (u8)PT_REGS_PARM3_CORE_SYSCALL(regs));
      return 0;
    }
    case CS_CALL_WRITE: {
      if (is_cgroup_file(file_of(task, (s32)PT_REGS_PARM1_CORE_SYSCALL(regs))))
        emit_call(CS_SYSCALL, &call, &file, 0, 0);
      return 0;
    }
    case CS_CALL_MKDIR:
    case CS_CALL_MKDIRAT: {
      bool at = call.call_class == CS_CALL_MKDIRAT;
      s32 directory = at ? (s32)PT_REGS_PARM1_CORE_SYSCALL(regs) : AT_FDCWD;
      const void* path = at ? (const void*)PT_REGS_PARM2_CORE_SYSCALL(regs)
                            : (const void*)PT_REGS_PARM1_CORE_SYSCALL(regs);
      emit_call_with_path(CS_SYSCALL, &call, &file, 0, path, flags_of_mkdir(task, path, directory));
      return 0;
    }
    case CS_CALL_CLONE:
    case CS_CALL_NAMESPACE:
    case CS_CALL_MOUNT:
    case CS_CALL_SECURITY:
      emit_call(CS_SYSCALL, &call, &file, 0, 0);
      return 0;
    default: /* an exec that failed */
      return 0;
  }
}

#endif
