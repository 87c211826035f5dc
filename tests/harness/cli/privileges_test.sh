#!/usr/bin/env bash
# What a user sees with only some capabilities: what is missing is absent and explained, what is
# present is right. Source of the levels: README, "What needs which privilege".
# usage: privileges_test.sh PROGRAM BUILD_FOLDER LEVEL
set -uo pipefail
program=$1 build=$2 level=$3

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}
((EUID == 0)) || skip "only root can give capabilities away"
command -v setpriv >/dev/null || skip "no setpriv (util-linux)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 777 "$work"
cd "$work" || exit 1
# The build folder may lie where that user cannot look.
cp "$program" coldstart
cp "$build/bench/functions/hello" hello
chmod 755 coldstart hello

fail() {
  printf 'FAIL at level %s: %s\n' "$level" "$*"
  cat said run.json 2>/dev/null
  exit 1
}

capabilities=()
[[ $level == none ]] || capabilities=(--inh-caps="$level" --ambient-caps="$level")
as_user() {
  TMPDIR=$work setpriv --reuid=65534 --regid=65534 --clear-groups "${capabilities[@]}" "$@"
}

as_user ./coldstart profile --trials 3 -- ./hello >said 2>&1 || fail "profile failed"
as_user ./coldstart export latest >run.json || fail "export failed"
as_user ./coldstart doctor >tiers.txt || fail "doctor failed"

starts=$(grep -c '"trial":' run.json)
((starts == 3)) || fail "not three starts but $starts"
# Every start has this boundary, or none has.
seen() { (($(grep -c "\"$1\":[0-9]" run.json) == starts)) || fail "$1 is not in every start"; }
absent() {
  ! grep -q "\"$1\":[0-9]" run.json || fail "$1 is there"
  [[ -z ${2:-} ]] || grep -q "\"$1\":\"unseen: .*$2" run.json || fail "$1 is absent without '$2'"
}
on() { grep -Eq "^  $1 +on" tiers.txt || fail "doctor: tier $1 is not on"; }
off() { grep -Eq "^  $1 +off: .*$2" tiers.txt || fail "doctor: tier $1 is not off for '$2'"; }

# What is there is right: one boundary is not before another that it follows, and the phases add up.
grep -o '"boundaries":{[^}]*}' run.json | tr -d '{}"' | awk -F, '{
    last = -1
    for (i = 1; i <= NF; i++) {
      n = split($i, part, ":")
      if (part[n] !~ /^[0-9]+$/) continue
      if (part[n] + 0 < last) exit 1
      last = part[n] + 0
    }
  }' || fail "boundaries are not in order"
paste -d ' ' <(grep -o '"responded":[0-9]*' run.json | cut -d : -f 2) \
  <(grep -o '"phases":{[^}]*}' run.json | tr -d '{}"' | awk -F '[,:]' '{
      sum = 0
      for (i = 3; i <= NF; i += 2) sum += $i
      print sum
    }') | awk '{ if ($1 != $2) exit 1 } END { exit NR == 3 ? 0 : 1 }' || fail "phases do not add up to the latency"

seen due
seen requested
seen responded
grep -q '"outcome":"ok"' run.json || fail "no start was ok"
case $level in
  none | +bpf)
    for tier in process loader runtime cpu files; do off "$tier" CAP_PERFMON; done
    for boundary in forked launched execed linked entered listening received replied; do
      absent "$boundary" CAP_PERFMON
    done
    grep -q '"readiness_poll_ns":[1-9]' run.json || fail "the poll interval is not told"
    ! grep -q '"causes"' run.json || grep -q '"causes":"tier cpu is off' run.json || fail "causes out of nothing"
    ;;
  +bpf,+perfmon | +bpf,+perfmon,+dac_read_search)
    for tier in process cpu files; do on "$tier"; done
    for tier in loader runtime; do off "$tier" CAP_SYS_ADMIN; done
    for boundary in forked launched execed listening received replied; do seen "$boundary"; done
    for boundary in linked entered; do absent "$boundary" CAP_SYS_ADMIN; done
    grep -q '"cpu":' run.json || fail "no causes"
    grep -q 'libc.so.6' run.json || fail "no libraries"
    ! grep -q readiness_poll_ns run.json || fail "it polled although it need not"
    if ! as_user grep -qv '^0* ' /proc/kallsyms; then
      grep -Eq '^  cpu +on; waits inside the kernel stay unnamed: .*kallsyms' tiers.txt ||
        fail "doctor does not say that waits in the kernel stay unnamed"
      grep -q '"cpu":"on: waits inside the kernel stay unnamed' run.json ||
        fail "the record does not say that waits in the kernel stay unnamed"
    fi
    ;;
  +bpf,+perfmon,+sys_admin)
    for tier in process loader runtime cpu files; do on "$tier"; done
    for boundary in forked launched execed linked entered listening received replied; do
      seen "$boundary"
    done
    # What a runtime says of itself: Python's own list of modules is what its probes have seen.
    if [[ -x /usr/bin/python3 ]]; then
      as_user ./coldstart profile --trials 3 -- /usr/bin/python3 -S -c 'import json' >said 2>&1 || fail "no python"
      as_user ./coldstart export latest >run.json || fail "export failed"
      seen runtime_ready
      grep -q '"name":"json.decoder"' run.json || fail "the import of json.decoder is not among the ten longest"
    fi
    ;;
  *)
    fail "unknown level"
    ;;
esac
