#!/bin/bash
# Shows that the truth tests see a boundary that is taken one event too early or too late: runs them
# with every such shift (shifted_session.h) and prints which cases then fail.
#   mutation.sh TRUTH_TEST [GTEST_FILTER]
# Ends with 0 if the cases that stand on the two sides of each boundary failed, with 77 if they were
# skipped here. COLDSTART_TRUTH_STARTS: starts per case (1).
set -euo pipefail

program=$1
filter=${2:-*-*jvm*}  # a JVM start takes long, and its boundaries are those of the others
export COLDSTART_TRUTH_STARTS=${COLDSTART_TRUTH_STARTS:-1}

# Each shift, and cases that must notice it: those with a delay on the side that the boundary is moved
# over. (forked lies inside the phase spawn, where a program cannot delay.) An answer that leaves too
# late leaves after the client has it, so that any case notices.
declare -A must_fail=(
  [exec:early]="re_exec_sleeps_twice"
  [exec:late]="relocation_sleeps relocation_of_200_libraries_sleeps relocation_of_wrapper_sleeps"
  [linked:early]="relocation_sleeps"
  [linked:late]="constructor_sleeps constructor_spins"
  [entered:early]="constructor_sleeps constructor_spins"
  [entered:late]="start_sleeps start_spins"
  [runtime_ready:early]="python_site_sleeps"
  [runtime_ready:late]="python_import_sleeps"
  [listen:early]="start_sleeps start_spins start_reads_cold_file thread_sleeps_at_start child_sleeps_at_start"
  [listen:late]="accept_sleeps"
  [received:early]="accept_sleeps"
  [received:late]="handler_sleeps handler_spins worker_sleeps thread_sleeps_in_handler"
  [replied:early]="handler_sleeps handler_spins worker_sleeps answer_by_write answer_by_writev answer_by_sendto answer_by_sendmsg answer_by_sendfile answer_by_io_uring"
  [replied:late]="handler_sleeps answer_by_write answer_by_writev answer_by_sendto answer_by_sendmsg answer_by_sendfile answer_by_io_uring"
)
shifts=(exec:early exec:late linked:early linked:late entered:early entered:late
  runtime_ready:early runtime_ready:late listen:early listen:late received:early received:late
  replied:early replied:late)

declare -A result  # "case shift" -> passed, failed, skipped
cases=()
run() {
  local shift=$1 verdict name
  while read -r verdict name; do
    result["$name $shift"]=$verdict
    [[ -n $shift ]] || cases+=("$name")
  done < <(COLDSTART_TRUTH_SHIFT=$shift "$program" --gtest_filter="$filter" 2>&1 |
    sed -n 's/^\[ *\(OK\|FAILED\|SKIPPED\) *\] [^ ]*TheDelayIsWhereItWasPut\/\([a-z0-9_]*\).* ([0-9]* ms)$/\1 \2/p')
}

run ""
((${#cases[@]} > 0)) || { echo "no case ran" >&2; exit 1; }
for shift in "${shifts[@]}"; do run "$shift"; done

# The table: a column a shift, named by its first letters below.
letter() { case $1 in OK) echo "." ;; FAILED) echo "F" ;; *) echo "-" ;; esac }
printf '%-36s %6s' "F failed  . passed  - skipped" none
printf ' %-8s' "${shifts[@]%%:*}" | sed 's/runtime_ready/runtime /g'
printf '\n%-36s %6s' "" ""
printf ' %-8s' "${shifts[@]##*:}"
printf '\n'
for name in "${cases[@]}"; do
  printf '%-36s %6s' "$name" "$(letter "${result["$name "]}")"
  for shift in "${shifts[@]}"; do printf ' %-8s' "$(letter "${result["$name $shift"]:-}")"; done
  printf '\n'
done

status=0 seen=0
for shift in "${shifts[@]}"; do
  for name in ${must_fail[$shift]}; do
    case ${result["$name $shift"]:-absent} in
      FAILED) seen=$((seen + 1)) ;;
      OK)
        echo "$name did not notice $shift"
        status=1
        ;;
    esac
  done
done
echo "$seen expected failures seen"
((seen > 0)) || exit 77
exit "$status"
