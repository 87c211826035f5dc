/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tier `process`: fork, exec, exit, listen, the first bytes in and out. tp_btf only. */
#ifndef COLDSTART_PROBES_BPF_PROCESS_H
#define COLDSTART_PROBES_BPF_PROCESS_H

struct endpoint {
  u32 netns;
  u16 port;
  u16 unused;
};

/* A port that an instance listens on. */
struct listener {
  u64 instance;
  u32 sockets; /* SO_REUSEPORT: several sockets may listen on one port */
  u32 unused;
};

/* A socket that listens. When it is closed it has already given back its port. */
struct listening_socket {
  u64 instance;
  struct endpoint at;
};

struct connection_id {
  u32 netns;
  u16 local_port;
  u16 remote_port;
};

struct connection {
  u64 instance;
  u32 received;
  u32 replied;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct endpoint);
  __type(value, struct listener);
} listeners SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, u64);
  __type(value, struct listening_socket);
} listening_sockets SEC(".maps");

/* LRU: a connection whose close we missed must not fill the map for good. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct connection_id);
  __type(value, struct connection);
} connections SEC(".maps");

/* The system call that a thread is in, of those that tier `files` tells of. */
struct pending {
  u64 begin_ns; /* 0: in none of them */
  u64 instance;
  u32 number;
  u32 call_class;
};

/* With the task itself, which takes it along when it ends: a hash keyed by thread costs three times
 * as much a call. */
struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct pending);
} pending_calls SEC(".maps");

static __always_inline void emit_socket(u64 instance, u32 kind, struct sock* sk, u32 bytes) {
  struct cs_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(e, instance, kind, (u32)(u64)sk);
  __builtin_memset(&e->socket, 0, sizeof(e->socket));
  e->socket.local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
  e->socket.remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
  e->socket.family = BPF_CORE_READ(sk, __sk_common.skc_family);
  e->socket.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
  e->socket.bytes = bytes;
  if (e->socket.family == 2)
    bpf_core_read(e->socket.address, 4, &sk->__sk_common.skc_rcv_saddr);
  else
    bpf_core_read(e->socket.address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
  bpf_ringbuf_submit(e, wakeup(kind));
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct* parent, struct task_struct* child) {
  /* Fires for threads too; a thread belongs to its process and needs no entry of its own. */
  u32 child_pid = child->pid;
  if (child_pid != (u32)child->tgid) return 0;
  u64 id = bpf_get_current_pid_tgid();
  u32 pid = id >> 32, tid = (u32)id;
  struct process next = {};
  struct process* mine = bpf_map_lookup_elem(&processes, &pid);
  if (mine) {
    next = *mine;
  } else {
    u64* instance = bpf_map_lookup_elem(&spawners, &tid);
    if (!instance || !*instance) return 0;
    next.instance = *instance;
  }
  if (bpf_map_update_elem(&processes, &child_pid, &next, BPF_ANY)) {
    count_lost(); /* the map is full: whatever this process does would go unseen */
    return 0;
  }
  emit(next.instance, CS_FORK, child_pid);
  return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct* task, int old_pid, struct linux_binprm* bprm) {
  struct process* mine = current_process();
  if (!mine) return 0;
  mine->link_map_changes = 0;
  mine->seen = 0;
  u32 caller = old_pid; /* the thread that called; it has become the leader */
  struct pending* call = bpf_task_storage_get(&pending_calls, task, 0, 0);
  u64 begin_ns = call ? call->begin_ns : 0;
  if (call) call->begin_ns = 0;
  struct cs_named_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return 0;
  }
  fill(&e->event, mine->instance, CS_EXEC, caller);
  __builtin_memset(&e->event.socket, 0, sizeof(e->event.socket));
  e->event.file.inode = BPF_CORE_READ(bprm, file, f_inode, i_ino);
  struct super_block* filesystem = BPF_CORE_READ(bprm, file, f_inode, i_sb);
  e->event.file.device = BPF_CORE_READ(filesystem, s_dev);
  e->event.file.begin_ns = begin_ns;
  if (is_on_disk(e->event.file.device, BPF_CORE_READ(filesystem, s_magic)))
    e->event.file.flags = CS_ON_DISK;
  e->name[0] = 0;
  bpf_probe_read_kernel_str(e->name, sizeof(e->name), BPF_CORE_READ(bprm, filename));
  bpf_ringbuf_submit(e, wakeup(CS_EXEC));
  return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct* task) {
  struct process* mine = current_process();
  if (!mine) return 0;
  /* do_exit counts `live` down before the tracepoint: zero means that the last thread goes. */
  if (BPF_CORE_READ(task, signal, live.counter) != 0) return 0;
  /* Two threads may both find that no other is left. It stays an instance's process until on_free:
   * that the kernel takes it down is time, too, and tier `cpu` tells how it passes. */
  if (__sync_fetch_and_or(&mine->seen, SEEN_END) & SEEN_END) return 0;
  u32 code = BPF_CORE_READ(task, signal, group_exit_code);
  if (!code) code = task->exit_code;
  emit(mine->instance, CS_EXIT, code);
  return 0;
}

/* The parent has been told, and the kernel is done with it. Only a process that has ended: a new
 * one may already have the same id. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(on_free, struct task_struct* task) {
  u32 pid = task->pid;
  if (pid != (u32)task->tgid) return 0;
  struct process* ended = bpf_map_lookup_elem(&processes, &pid);
  if (ended && (ended->seen & SEEN_END)) bpf_map_delete_elem(&processes, &pid);
  return 0;
}

static __always_inline void begin_listening(struct sock* sk, struct endpoint at) {
  struct process* mine = current_process();
  if (!mine) return;
  u64 key = (u64)sk;
  struct listening_socket socket = {.instance = mine->instance, .at = at};
  if (bpf_map_update_elem(&listening_sockets, &key, &socket, BPF_ANY)) count_lost();
  struct listener* known = bpf_map_lookup_elem(&listeners, &at);
  if (known && known->instance == mine->instance) {
    __sync_fetch_and_add(&known->sockets, 1);
  } else {
    struct listener fresh = {.instance = mine->instance, .sockets = 1};
    if (bpf_map_update_elem(&listeners, &at, &fresh, BPF_ANY)) count_lost();
  }
  emit_socket(mine->instance, CS_LISTEN, sk, 0);
}

static __always_inline void end_listening(struct sock* sk) {
  u64 key = (u64)sk;
  struct listening_socket* socket = bpf_map_lookup_elem(&listening_sockets, &key);
  if (!socket) return;
  struct endpoint at = socket->at;
  u64 instance = socket->instance;
  bpf_map_delete_elem(&listening_sockets, &key);
  struct listener* known = bpf_map_lookup_elem(&listeners, &at);
  if (known && known->instance == instance && __sync_fetch_and_add(&known->sockets, -1) <= 1)
    bpf_map_delete_elem(&listeners, &at);
  emit_socket(instance, CS_UNLISTEN, sk, 0);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_socket_state, struct sock* sk, int old_state, int new_state) {
  if (old_state == TCP_LISTEN) {
    end_listening(sk);
    return 0;
  }
  if (new_state != TCP_LISTEN && new_state != TCP_CLOSE && new_state != TCP_ESTABLISHED) return 0;
  u32 netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
  struct endpoint at = {.netns = netns, .port = BPF_CORE_READ(sk, __sk_common.skc_num)};
  if (new_state == TCP_LISTEN) {
    begin_listening(sk, at);
    return 0;
  }
  struct connection_id id = {.netns = netns,
                             .local_port = at.port,
                             .remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport))};
  if (new_state == TCP_ESTABLISHED) {
    if (old_state != TCP_SYN_RECV) return 0;
    struct listener* known = bpf_map_lookup_elem(&listeners, &at);
    if (!known) return 0;
    struct connection fresh = {.instance = known->instance};
    bpf_map_update_elem(&connections, &id, &fresh, BPF_ANY);
  } else {
    bpf_map_delete_elem(&connections, &id);
  }
  return 0;
}

static __always_inline struct connection* connection_of(struct sock* sk) {
  struct connection_id id = {.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum),
                             .local_port = BPF_CORE_READ(sk, __sk_common.skc_num),
                             .remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport))};
  return bpf_map_lookup_elem(&connections, &id);
}

/* Runs in the context of the reader, after bytes were copied to it. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(on_receive, struct sock* sk) {
  struct connection* c = connection_of(sk);
  if (!c || __sync_lock_test_and_set(&c->received, 1)) return 0;
  emit_socket(c->instance, CS_RECEIVED, sk, 0);
  return 0;
}

/* Every way to send (write, sendmsg, sendfile, io_uring …) passes here, normally in the sender's
 * context. It also fires for bare ACKs: only segments with payload count. */
SEC("tp_btf/net_dev_queue")
int BPF_PROG(on_transmit, struct sk_buff* skb) {
  struct sock* sk = skb->sk;
  if (!sk) return 0;
  struct connection* c = connection_of(sk);
  if (!c || c->replied) return 0;
  unsigned char* head = skb->head;
  u32 transport = skb->transport_header;
  u32 headroom = (u64)skb->data - (u64)head;
  u8 offset_byte = 0;
  if (bpf_probe_read_kernel(&offset_byte, 1, head + transport + 12)) return 0;
  u32 headers = transport - headroom + (offset_byte >> 4) * 4;
  if (skb->len <= headers) return 0;
  if (__sync_lock_test_and_set(&c->replied, 1)) return 0;
  emit_socket(c->instance, CS_REPLIED, sk, skb->len - headers);
  return 0;
}

#endif
