#!/usr/bin/env bash
# The gate on this machine: pipelines of the same programs, and of programs that are slower on purpose.
# Prints a line a check; counts at the end.
# usage: live.sh BUILD_FOLDER [PIPELINES] [CHECKS_EACH]      COLDSTART_PREFIX="chrt -r 20": put before it
set -uo pipefail
build=$1 pipelines=${2:-30} each=${3:-10}
program=$build/coldstart hello=$build/bench/gate/functions/gate-hello
many=$build/bench/gate/functions/gate-hello-libraries
read -ra prefix <<<"${COLDSTART_PREFIX:-}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check NAME WANTED_PHASE ARGUMENT…: one check; a line with its verdict, change and first phase.
check() {
  local name=$1 wanted=$2 status=0
  shift 2
  "${prefix[@]}" "$program" --quiet --db "$work/live.db" check "$@" --json "$work/check.json" \
    >"$work/out" 2>"$work/err" || status=$?
  local change phase
  change=$(grep -m1 '"change"' "$work/check.json" | tr -dc '0-9.e-')
  phase=$(grep -m1 '"phase"' "$work/check.json" | sed 's/.*: "\(.*\)".*/\1/')
  printf '%-22s exit %s  change %+.3f  first phase %s\n' "$name" "$status" "${change:-0}" "${phase:--}"
  counts[$name/$status]=$((${counts[$name/$status]:-0} + 1))
  [[ -z $wanted || $phase != "$wanted" ]] || named[$name]=$((${named[$name]:-0} + 1))
  rm -f "$work"/live.db*
}

declare -A counts=() named=()
for ((i = 0; i < pipelines; ++i)); do
  check same "" "$(dirname "$0")/../suites/hello.yaml" --functions "${FUNCTIONS:-cpp,cpp-static}" \
    --baseline . --candidate . --budget "${BUDGET:-60s}"
done
# About 3, 5 and 10 % of a start of 1.6 ms.
for ((i = 0; i < each; ++i)); do
  for us in 50 80 160; do
    check "spin $us us" app --baseline-cmd "$hello" --candidate-cmd "$hello --spin-us=$us"
  done
  check "sleep 100 us" app --baseline-cmd "$hello" --candidate-cmd "$hello --sleep-us=100"
  check "400 page faults" app --baseline-cmd "$hello" --candidate-cmd "$hello --faults=400"
  check "40 libraries" link --baseline-cmd "$hello" --candidate-cmd "$many"
done
printf '\nname / exit code: how often\n'
for key in "${!counts[@]}"; do printf '%s: %s\n' "$key" "${counts[$key]}"; done | sort
printf '\nthe injected phase was named first\n'
for key in "${!named[@]}"; do printf '%s: %s\n' "$key" "${named[$key]}"; done | sort
