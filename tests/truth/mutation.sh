#!/bin/bash
# Shows that the truth tests see a boundary that is taken one event too early or too late: runs the
# cases that stand on its two sides with every such shift (shifted_session.h).
#   mutation.sh [--table] TRUTH_TEST
# Ends with 0 if they failed, as they must; with 77 if they were skipped here. --table: runs all cases
# with all shifts and prints which failed. COLDSTART_TRUTH_STARTS: starts per case (3).
set -euo pipefail

table=no
if [[ $1 == --table ]]; then
  table=yes
  shift
fi
program=$1
export COLDSTART_TRUTH_STARTS=${COLDSTART_TRUTH_STARTS:-3}

# Each shift, and cases that must notice it: those with a delay on the side that the boundary is moved
# over. (launched: the first exec of an instance only.) An answer that leaves too late leaves after the
# client has it, so that any case notices.
declare -A must_fail=(
  [fork:early]="launcher_is_stopped"
  [fork:late]="exec_is_held"
  [launched:early]="exec_is_held"
  [launched:late]="relocation_of_wrapper_sleeps re_exec_sleeps_twice"
  [exec:early]="re_exec_sleeps_twice wrapper_of_wrapper_sleeps relocation_of_wrapper_sleeps crun_entry_point_execs runc_entry_point_execs"
  [exec:late]="wrapper_that_execs_sleeps wrapper_that_stays_sleeps relocation_sleeps relocation_of_200_libraries_sleeps relocation_of_wrapper_sleeps"
  [linked:early]="relocation_sleeps python_site_sleeps jvm_agent_sleeps"
  [linked:late]="constructor_sleeps constructor_spins python_site_sleeps jvm_agent_sleeps"
  [entered:early]="constructor_sleeps constructor_spins python_site_sleeps jvm_agent_sleeps"
  [entered:late]="crun_hook_sleeps runc_hook_sleeps start_sleeps start_spins python_site_sleeps jvm_agent_sleeps"
  [runtime_ready:early]="jvm_loads_2000_classes python_site_sleeps jvm_agent_sleeps"
  [runtime_ready:late]="jvm_loads_2000_classes python_import_sleeps jvm_initialiser_sleeps"
  [listen:early]="crun_hook_sleeps runc_hook_sleeps start_sleeps start_spins start_reads_cold_file thread_sleeps_at_start child_sleeps_at_start"
  [listen:late]="accept_sleeps"
  [received:early]="accept_sleeps"
  [received:late]="worker_spins child_sleeps_in_handler handler_sleeps handler_spins worker_sleeps thread_sleeps_in_handler"
  [replied:early]="worker_spins child_sleeps_in_handler handler_sleeps handler_spins worker_sleeps answer_by_write answer_by_writev answer_by_sendto answer_by_sendmsg answer_by_sendfile answer_by_io_uring"
  [replied:late]="handler_sleeps answer_by_write answer_by_writev answer_by_sendto answer_by_sendmsg answer_by_sendfile answer_by_io_uring"
)
shifts=(fork:early fork:late launched:early launched:late exec:early exec:late linked:early linked:late entered:early entered:late
  runtime_ready:early runtime_ready:late listen:early listen:late received:early received:late
  replied:early replied:late)

declare -A result  # "case shift" -> OK, FAILED, SKIPPED
cases=()

# run SHIFT CASE…: no case means all.
run() {
  local moved=$1 filter="*TheDelayIsWhereItWasPut*" verdict name
  shift
  (($# == 0)) || filter=$(printf '*/%s:' "$@")
  while read -r verdict name; do
    result["$name $moved"]=$verdict
    [[ -n $moved ]] || cases+=("$name")
  done < <(COLDSTART_TRUTH_SHIFT=$moved "$program" --gtest_filter="$filter" 2>&1 |
    sed -n 's/^\[ *\(OK\|FAILED\|SKIPPED\) *\] [^ ]*TheDelayIsWhereItWasPut\/\([a-z0-9_]*\).* ([0-9]* ms)$/\1 \2/p')
}

letter() { case $1 in OK) echo "." ;; FAILED) echo "F" ;; *) echo "-" ;; esac }

print_table() {
  local name moved
  printf '%-36s %4s' "F failed  . passed  - skipped" none
  printf ' %-8s' "${shifts[@]%%:*}" | sed 's/runtime_ready/runtime /g'
  printf '\n%-36s %4s' "" ""
  printf ' %-8s' "${shifts[@]##*:}"
  printf '\n'
  for name in "${cases[@]}"; do
    printf '%-36s %4s' "$name" "$(letter "${result["$name "]}")"
    for moved in "${shifts[@]}"; do
      printf ' %-8s' "$(letter "${result["$name $moved"]:-}")"
    done
    printf '\n'
  done
}

if [[ $table == yes ]]; then
  run ""
  for moved in "${shifts[@]}"; do run "$moved"; done
  print_table
else
  for moved in "${shifts[@]}"; do
    read -ra names <<<"${must_fail[$moved]}"
    run "$moved" "${names[@]}"
  done
fi

status=0 seen=0
for moved in "${shifts[@]}"; do
  for name in ${must_fail[$moved]}; do
    case ${result["$name $moved"]:-absent} in
      FAILED) seen=$((seen + 1)) ;;
      SKIPPED) ;;
      *)
        echo "$name did not notice $moved: ${result["$name $moved"]:-it did not run}"
        status=1
        ;;
    esac
  done
done
echo "$seen expected failures seen"
((seen > 0 || status > 0)) || exit 77
exit "$status"
