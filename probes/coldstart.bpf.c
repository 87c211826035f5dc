// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// The probes: what the kernel sees of a cold start. User space: session.h.
//
// Tier `process` is made of tp_btf programs only (CAP_BPF + CAP_PERFMON, no tracefs, no kprobes).
// The other programs are uprobes, attached to the files that a rehearsal start was seen to use.
//
// Following an instance: the spawning thread writes {its tid -> instance} into `spawners` before it
// forks. The fork tracepoint runs in the parent, so the child is found without a race; descendants
// inherit. That holds through double forks, CLONE_PARENT (runc), pid namespaces and any cgroup
// layout.
//
// The order of these matters: libbpf's headers need the kernel's types.
// clang-format off
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/usdt.bpf.h>
#include "event.h"
// clang-format on

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct process {
  u64 instance;
  u32 link_map_changes; /* hits of _dl_debug_state since the last exec */
  u32 seen;             /* bits of enum seen, since the last exec */
};
enum seen { SEEN_ENTERED = 1, SEEN_RUNTIME = 2 };

struct endpoint {
  u32 netns;
  u16 port;
  u16 unused;
};

struct listener {
  u64 instance;
  u32 sockets; /* SO_REUSEPORT: several sockets may listen on one port */
  u32 unused;
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

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct endpoint);
  __type(value, struct listener);
} listeners SEC(".maps");

/* LRU: a connection whose close we missed must not fill the map for good. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct connection_id);
  __type(value, struct connection);
} connections SEC(".maps");

/* Records that did not fit into the ring buffer, which itself says nothing when it is full. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, u64);
} lost SEC(".maps");

/* Written by user space, see Session::wake_on_every_event. */
volatile bool wake_always = false;

static __always_inline void count_lost(void) {
  u32 zero = 0;
  u64* counter = bpf_map_lookup_elem(&lost, &zero);
  if (counter) *counter += 1;
}

static __always_inline void fill(struct cs_event* e, u64 instance, u32 kind, u32 value) {
  u64 id = bpf_get_current_pid_tgid();
  e->time_ns = bpf_ktime_get_ns();
  e->instance = instance;
  e->kind = kind;
  e->pid = id >> 32;
  e->tid = (u32)id;
  e->value = value;
}

/* User space sleeps while a function starts: it is woken where it must act (a socket listens), and
 * when the buffer is half full. */
static __always_inline u64 wakeup(u32 kind) {
  if (kind == CS_LISTEN || wake_always ||
      bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > CS_RING_BYTES / 2)
    return BPF_RB_FORCE_WAKEUP;
  return BPF_RB_NO_WAKEUP;
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

static __always_inline void emit_socket(u64 instance, u32 kind, struct sock* sk, u32 bytes) {
  struct cs_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return;
  }
  fill(e, instance, kind, 0);
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

static __always_inline struct process* current_process(void) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  return bpf_map_lookup_elem(&processes, &pid);
}

/* ---- tier process
 * -------------------------------------------------------------------------------- */

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
  struct cs_exec_event* e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
  if (!e) {
    count_lost();
    return 0;
  }
  fill(&e->event, mine->instance, CS_EXEC, 0);
  __builtin_memset(&e->event.socket, 0, sizeof(e->event.socket));
  e->event.file.inode = BPF_CORE_READ(bprm, file, f_inode, i_ino);
  e->event.file.device = BPF_CORE_READ(bprm, file, f_inode, i_sb, s_dev);
  e->filename[0] = 0;
  bpf_probe_read_kernel_str(e->filename, sizeof(e->filename), BPF_CORE_READ(bprm, filename));
  bpf_ringbuf_submit(e, wakeup(CS_EXEC));
  return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct* task) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  struct process* mine = bpf_map_lookup_elem(&processes, &pid);
  if (!mine) return 0;
  /* do_exit counts `live` down before the tracepoint: zero means that the last thread goes. */
  if (BPF_CORE_READ(task, signal, live.counter) != 0) return 0;
  u32 code = BPF_CORE_READ(task, signal, group_exit_code);
  if (!code) code = task->exit_code;
  emit(mine->instance, CS_EXIT, code);
  bpf_map_delete_elem(&processes, &pid);
  return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_socket_state, struct sock* sk, int old_state, int new_state) {
  if (new_state != TCP_LISTEN && new_state != TCP_CLOSE && new_state != TCP_ESTABLISHED) return 0;
  u32 netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
  struct endpoint at = {.netns = netns, .port = BPF_CORE_READ(sk, __sk_common.skc_num)};

  if (new_state == TCP_LISTEN) {
    struct process* mine = current_process();
    if (!mine) return 0;
    struct listener* known = bpf_map_lookup_elem(&listeners, &at);
    if (known && known->instance == mine->instance) {
      __sync_fetch_and_add(&known->sockets, 1);
    } else {
      struct listener fresh = {.instance = mine->instance, .sockets = 1};
      bpf_map_update_elem(&listeners, &at, &fresh, BPF_ANY);
    }
    emit_socket(mine->instance, CS_LISTEN, sk, 0);
    return 0;
  }
  if (old_state == TCP_LISTEN) {
    struct listener* known = bpf_map_lookup_elem(&listeners, &at);
    if (known && __sync_fetch_and_add(&known->sockets, -1) <= 1)
      bpf_map_delete_elem(&listeners, &at);
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

/* ---- tier loader
 * --------------------------------------------------------------------------------- */

/* ld.so calls _dl_debug_state at each change of the link map. The attach cookie says which call
 * after an exec means "mapped and relocated": the second for glibc. */
SEC("uprobe")
int BPF_KPROBE(on_link_map) {
  struct process* mine = current_process();
  if (!mine) return 0;
  mine->link_map_changes += 1;
  if (mine->link_map_changes == (u32)bpf_get_attach_cookie(ctx))
    emit(mine->instance, CS_LINKED, mine->link_map_changes);
  return 0;
}

SEC("uprobe")
int BPF_KPROBE(on_libc_start_main) {
  struct process* mine = current_process();
  if (!mine || (mine->seen & SEEN_ENTERED)) return 0;
  mine->seen |= SEEN_ENTERED;
  emit(mine->instance, CS_ENTERED, 0);
  return 0;
}

/* ---- tier runtime
 * -------------------------------------------------------------------------------- */

static __always_inline void runtime_ready(u32 runtime) {
  struct process* mine = current_process();
  if (!mine || (mine->seen & SEEN_RUNTIME)) return;
  mine->seen |= SEEN_RUNTIME;
  emit(mine->instance, CS_RUNTIME_READY, runtime);
}

/* The attach cookie is an enum cs_runtime. */
SEC("uprobe")
int BPF_KPROBE(on_runtime_symbol) {
  runtime_ready((u32)bpf_get_attach_cookie(ctx));
  return 0;
}

SEC("usdt")
int BPF_USDT(on_jvm_ready) {
  runtime_ready(CS_RUNTIME_JVM);
  return 0;
}
