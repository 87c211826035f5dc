#!/bin/bash
# The numbers of the platform, each beside what it is held against:
#
#   bench/platform.sh [--check] [open-loop] [burst] [wrk] [trace]      default: all
#
# open-loop  200 requests a second (poisson) to warm instances: sent - due, CPU of the harness
# burst      64 starts at once against a plain posix_spawn loop, alternating
# wrk        the latency of a warm request against wrk's: one connection, a request every 5 ms, so that
#            both sleep as long between requests and wake as cold. wrk has no rate of its own: a delay
#            of 5 ms before each request. Rounds alternate, and so does who is first. What wrk tells is
#            sent to first byte; from due on, our latency has the dispatcher's own way in it as well.
# trace      a made-up day of 400 functions (1,440 minutes), 720 times as fast (SCALE): peak memory
#
# Each is held against its target; with --check, one that is missed makes the exit code 1.
#
# Needs the build (./dev build), and wrk for `wrk` (apt-get install wrk). For figures worth quoting,
# nothing else should run.
set -eu
cd "$(dirname "$0")/.."
build=${COLDSTART_BUILD:-build/release}
bench=$build/bench/platform_benchmark
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
missed=0

hold() { # what value limit
  local verdict=met
  awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value != "" && value + 0 <= limit + 0) }' || verdict=MISSED
  [ $verdict = met ] || missed=1
  echo "target: $1 at most $3: ${2:-nothing} ($verdict)"
}

open_loop() {
  "$bench" open-loop 200 20 | tee "$scratch/open-loop"
  hold "sent - due, p99 in us" "$(awk '/^sent - due/ { for (i = 1; i < NF; i++) if ($i == "p99") print $(i + 1) }' "$scratch/open-loop")" 1000
  hold "CPU of the harness in % of a core" "$(awk '/^harness/ { print $2 }' "$scratch/open-loop")" 15
}

burst() {
  "$bench" burst 64 10 | tee "$scratch/burst"
  hold "time of a posix_spawn loop, ratio" "$(awk '/^ratio/ { print $3 }' "$scratch/burst")" 1.15
  hold "starts that lack a boundary" "$(awk '/^starts/ { print $4 - $2 }' "$scratch/burst")" 0
  hold "events lost" "$(awk -F '; ' '/^starts/ { print $2 + 0 }' "$scratch/burst")" 0
}

wrk_once() { # seconds -> median in microseconds
  echo 'function delay() return 5 end' > "$scratch/delay.lua"
  local port=$((20000 + RANDOM % 10000))
  PORT=$port "$build/bench/functions/hello" &
  local server=$!
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do kill -0 $server; done
  wrk -t1 -c1 -d"$1s" --latency -s "$scratch/delay.lua" "http://127.0.0.1:$port/" > "$scratch/wrk"
  kill $server
  wait $server 2>/dev/null || true
  awk '$1 == "50%" { v = $2; if (v ~ /us$/) f = 1; else if (v ~ /ms$/) f = 1000; else f = 1000000
       sub(/[a-z]+$/, "", v); print v * f }' "$scratch/wrk"
}

ours_once() { # seconds -> medians in microseconds: sent to byte, due to byte
  "$bench" open-loop 200 "$1" even | awk '/^sent - byte/ { s = $5 } /^due - byte/ { d = $5 } END { print s, d }'
}

compare_with_wrk() {
  command -v wrk >/dev/null || { echo "wrk is not installed; apt-get install wrk"; hold "latency of wrk, ratio" "" 1.15; return; }
  local rounds=${ROUNDS:-15} seconds=${SECONDS_EACH:-4}
  : > "$scratch/pairs"
  for ((round = 0; round < rounds; round++)); do
    local theirs ours
    if ((round % 2)); then
      ours=$(ours_once "$seconds")
      theirs=$(wrk_once "$seconds")
    else
      theirs=$(wrk_once "$seconds")
      ours=$(ours_once "$seconds")
    fi
    echo "$ours $theirs" >> "$scratch/pairs"
  done
  awk '{ printf "platform %.1f us (from due %.1f us), wrk %.1f us, ratio %.3f (%.3f)\n", $1, $2, $3, $1 / $3, $2 / $3 }' \
    "$scratch/pairs"
  local column
  for column in 1 2; do
    awk -v c=$column '{ print $c / $3 }' "$scratch/pairs" | sort -n | awk -v c=$column '{ v[NR] = $1 } END {
      printf "%s: median ratio %.3f of %d rounds (%.3f to %.3f)\n", c == 1 ? "sent to byte" : "due to byte",
        v[int((NR + 1) / 2)], NR, v[1], v[NR] }' | tee -a "$scratch/ratios"
  done
  hold "latency of wrk, ratio, from sent on" "$(awk '/^sent to byte/ { print $6 }' "$scratch/ratios")" 1.15
  hold "the same from due on" "$(awk '/^due to byte/ { print $6 }' "$scratch/ratios")" 1.15
}

replay_trace() {
  awk 'BEGIN {
    srand(7)
    printf "HashOwner,HashApp,HashFunction,Trigger"
    for (m = 1; m <= 1440; m++) printf ",%d", m
    print ""
    for (f = 0; f < 400; f++) {
      rate = 1.2 * exp(-f / 60) + 0.02          # a few busy ones, many rare ones
      printf "o%07x,a%07x,f%07x,http", f, f, f
      for (m = 1; m <= 1440; m++) {
        n = 0; p = exp(-rate); u = rand(); c = p
        while (u > c && n < 50) { n++; p *= rate / n; c += p }
        printf ",%d", n
      }
      print ""
    }
  }' > "$scratch/trace.csv"
  cat > "$scratch/suite.yaml" <<YAML
name: trace
root: $PWD/$build
defaults: {trials: 1}
functions:
  - {name: cpp, runtime: native, command: [./bench/functions/hello]}
loads:
  - {name: day, pattern: trace, file: $scratch/trace.csv, format: azure-2019, time_scale: ${SCALE:-720}}
YAML
  local begin=$SECONDS
  : > "$scratch/replayed"
  python3 - "$build/coldstart" "$scratch" <<'PY'
import os, subprocess, sys, time
coldstart, scratch = sys.argv[1:]
process = subprocess.Popen([coldstart, "--db", scratch + "/trace.db", "run", scratch + "/suite.yaml",
                            "--output", scratch + "/report"], stdout=subprocess.DEVNULL)
replay = 0  # kB: the most until the store says that the run is finished; what comes then is the report
while True:
    try:
        with open(f"/proc/{process.pid}/status") as status:
            most = next(int(l.split()[1]) for l in status if l.startswith("VmHWM"))
        done = subprocess.run([coldstart, "--db", scratch + "/trace.db", "list"], text=True,
                              capture_output=True).stdout if os.path.exists(scratch + "/trace.db") else ""
        if "finished" in done:
            break
        replay = most
    except StopIteration:  # it has ended
        break
    time.sleep(0.5)
_, status, usage = os.wait4(process.pid, 0)
print(f"exit code {os.waitstatus_to_exitcode(status)}, most resident memory: replay "
      f"{replay / 1024:.0f} MiB, with the report {usage.ru_maxrss / 1024:.0f} MiB")
with open(scratch + "/replayed", "w") as out:
    print(os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024, file=out)
PY
  echo "$((SECONDS - begin)) s; $(du -h "$scratch/trace.db" | cut -f1) in the store"
  hold "exit code" "$(cut -d' ' -f1 "$scratch/replayed")" 0
  hold "most resident memory in MiB" "$(cut -d' ' -f2 "$scratch/replayed")" 300
}

check=no
if [ "${1:-}" = --check ]; then
  check=yes
  shift
fi
[ $# -gt 0 ] || set -- open-loop burst wrk trace
for what; do
  echo "== $what"
  case $what in
    open-loop) open_loop ;;
    burst) burst ;;
    wrk) compare_with_wrk ;;
    trace) replay_trace ;;
    *) echo "no such number: $what"; exit 2 ;;
  esac
done
[ $check = no ] || exit $missed
