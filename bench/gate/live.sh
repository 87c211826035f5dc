#!/usr/bin/env bash
# The gate on this machine. Prints a line a check, and at the end how often it said what.
#   same     pipelines of the hello suite, the same programs on both sides (30)
#   busy     the same of a few functions, while a loop computes on another CPU (100)
#   noise    how much pairs of one program differ while another task computes so many percent of the time
#            on another CPU: what a window may have of other tasks before its pairs are repeated
#   slower   functions that are slower on purpose by about 3, 5 and 10 %: a constructor that sleeps, one
#            that touches fresh pages, 40 more libraries, a bigger class path (10 of each)
# usage: live.sh BUILD_FOLDER same|busy|noise|slower [CHECKS]
# BUDGET=60s: how long a check measures at most. FUNCTIONS=cpp,python: of the suite. KINDS="sleep faults
# libraries classpath". COLDSTART_PREFIX="chrt -r 20": put before each check.
set -uo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) part=${2:-} checks=${3:-}
program=$build/coldstart hello=$build/bench/gate/functions/gate-hello
suite=$here/../suites/hello.yaml
budget=${BUDGET:-60s}
read -ra prefix <<<"${COLDSTART_PREFIX:-}"
work=$(mktemp -d)
loop=""
trap 'rm -rf "$work"; [[ -z $loop ]] || kill "$loop"' EXIT
declare -A counts=() named=()

# number KEY: the first of the answer with that key; absent: nothing.
number() { sed -n "s/^ *\"$1\": \\(-\\{0,1\\}[0-9.e+-]*\\),\\{0,1\\}\$/\\1/p" "$work/check.json" | head -n 1; }

# check NAME WANTED_PHASE ARGUMENT…: one check; a line with its verdict, change and first phase.
check() {
  local name=$1 wanted=$2 status=0 change phase
  shift 2
  rm -f "$work"/live.db* "$work/check.json"
  "${prefix[@]}" "$program" --quiet --db "$work/live.db" check "$@" --json "$work/check.json" \
    >"$work/out" 2>"$work/err" </dev/null || status=$?
  if [[ ! -s $work/check.json ]]; then
    printf '%s: exit %s: %s\n' "$name" "$status" "$(head -n 1 "$work/err")"
    counts[$name/none]=$((${counts[$name/none]:-0} + 1))
    return
  fi
  change=$(number change)
  phase=$(sed -n 's/^ *"phase": "\(.*\)",$/\1/p' "$work/check.json" | head -n 1)
  printf '%s: exit %s, pairs %s, change %s, first phase %s, other tasks %s\n' "$name" "$status" \
    "$(number pairs)" "$(printf '%+.3f' "${change:-nan}")" "${phase:--}" \
    "$(sed -n 's/.*meanwhile other tasks used \([0-9.]*\) CPUs.*/\1/p' "$work/check.json" | head -n 1)"
  [[ $status != 1 || -n $wanted ]] || sed 's/^/  /' "$work/out"
  counts[$name/$status]=$((${counts[$name/$status]:-0} + 1))
  [[ -z $wanted || $status != 1 ]] || named[$name/$phase]=$((${named[$name/$phase]:-0} + 1))
}

# measured ARGUMENT…: "BASELINE CANDIDATE", medians in nanoseconds of a few pairs.
measured() {
  rm -f "$work"/live.db* "$work/check.json"
  "${prefix[@]}" "$program" --quiet --db "$work/live.db" check "$@" --gate median --margin 0% --pairs 60 \
    --budget "$budget" --json "$work/check.json" >/dev/null 2>&1 </dev/null
  printf '%s %s\n' "$(number baseline_ns)" "$(number candidate_ns)"
}
calculate() { awk "BEGIN { printf \"%d\", $1 }"; }

same() {
  local i
  for ((i = 0; i < ${checks:-30}; ++i)); do
    check "same programs" "" "$suite" ${FUNCTIONS:+--functions "$FUNCTIONS"} --baseline . --candidate . \
      --budget "$budget"
  done
}

busy() {
  local i
  taskset -c "$(($(nproc) - 1))" bash -c 'while :; do :; done' &
  loop=$!
  for ((i = 0; i < ${checks:-100}; ++i)); do
    check "busy loop" "" "$suite" --functions "${FUNCTIONS:-cpp,python}" --baseline . --candidate . \
      --budget "$budget"
  done
}

# The smallest change that 300 pairs can tell from none is proportional to what the ratio differs by.
noise() {
  local i percent
  for ((i = 0; i < ${checks:-3}; ++i)); do
    for percent in 0 10 20 30 40 60 100; do
      # shellcheck disable=SC2016 # perl's variables
      taskset -c "$(($(nproc) - 1))" perl -MTime::HiRes=time,sleep \
        -e 'for (;;) { my $end = time + $ARGV[0] / 5000; 1 while time < $end; sleep((100 - $ARGV[0]) / 5000) }' \
        "$percent" &
      loop=$!
      rm -f "$work"/live.db* "$work/check.json"
      "${prefix[@]}" "$program" --quiet --db "$work/live.db" check --baseline-cmd "$hello" \
        --candidate-cmd "$hello" --gate median --margin 0% --pairs 300 --budget "$budget" \
        --json "$work/check.json" >/dev/null 2>&1 </dev/null
      kill "$loop"
      wait "$loop" 2>/dev/null
      loop=""
      printf 'another task %s %%: pairs %s, smallest change %s; %s\n' "$percent" "$(number pairs)" \
        "$(number smallest_change)" "$(grep -o '[^"]*disturbed pairs[^"]*\|[^"]*were disturbed[^"]*\|meanwhile other tasks[^,]*' "$work/check.json" | paste -sd';')"
    done
  done
}

# Jars before the folder that has the class: each is opened and searched first.
class_path() {
  local i path=""
  for ((i = 0; i < $1; ++i)); do path+=$work/jars/$i.jar:; done
  printf '%s' "$path$build/bench/functions/java"
}
make_jars() {
  mkdir "$work/jars"
  (
    cd "$work/jars" || exit 1
    mkdir classes
    for ((i = 0; i < 500; ++i)); do echo "$i" >"classes/Resource$i.txt"; done
    jar --create --file 0.jar -C classes .
    for ((i = 1; i < $1; ++i)); do cp 0.jar "$i.jar"; done
  )
}

slower() {
  local i percent amount base first second work_us java="java -Xshare:auto -cp"
  read -r base _ < <(measured --baseline-cmd "$hello" --candidate-cmd "$hello")
  for kind in ${KINDS:-sleep faults libraries classpath}; do
    case $kind in
      faults)
        read -r first second < <(measured --baseline-cmd "$hello" --candidate-cmd "$hello --faults=4000")
        fault_ns=$(calculate "($second - $first) / 4000 + 1")
        ;;
      libraries)
        read -r first second < <(measured --baseline-cmd "$hello" --candidate-cmd "$hello-libraries")
        libraries_ns=$(calculate "$second - $first")
        ;;
      classpath)
        make_jars 400
        read -r first second < <(measured --baseline-cmd "$java $(class_path 0) Hello" \
          --candidate-cmd "$java $(class_path 100) Hello")
        java_ns=$first jar_ns=$(calculate "($second - $first) / 100 + 1")
        ;;
    esac
  done
  printf 'a start %s ns; a page fault %s ns; 40 libraries %s ns; java %s ns, a jar %s ns\n' "$base" \
    "${fault_ns:--}" "${libraries_ns:--}" "${java_ns:--}" "${jar_ns:--}"
  for ((i = 0; i < ${checks:-10}; ++i)); do
    for percent in 3 5 10; do
      for kind in ${KINDS:-sleep faults libraries classpath}; do
        case $kind in
          sleep)
            amount=$(calculate "$base * $percent / 100000")
            check "sleep $percent %" app --baseline-cmd "$hello" \
              --candidate-cmd "$hello --sleep-us=$amount" --budget "$budget"
            ;;
          faults)
            amount=$(calculate "$base * $percent / 100 / $fault_ns")
            check "page faults $percent %" app --baseline-cmd "$hello" \
              --candidate-cmd "$hello --faults=$amount" --budget "$budget"
            ;;
          libraries)
            # Both sides compute until what the libraries take is so many percent of it.
            work_us=$(calculate "($libraries_ns * 100 / $percent - $base) / 1000")
            check "40 libraries $percent %" link --baseline-cmd "$hello --spin-us=$work_us" \
              --candidate-cmd "$hello-libraries --spin-us=$work_us" --budget "$budget"
            ;;
          classpath)
            amount=$(calculate "$java_ns * $percent / 100 / $jar_ns + 1")
            check "class path $percent %" app --baseline-cmd "$java $(class_path 0) Hello" \
              --candidate-cmd "$java $(class_path "$amount") Hello" --budget "$budget"
            ;;
        esac
      done
    done
  done
}

case $part in
  same | busy | noise | slower) "$part" ;;
  *)
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2
    exit 2
    ;;
esac
printf '\ncheck / exit code: how often\n'
for key in "${!counts[@]}"; do printf '%s: %s\n' "$key" "${counts[$key]}"; done | sort
((${#named[@]} == 0)) || printf '\nof those with exit 1, the phase that was named first\n'
for key in "${!named[@]}"; do printf '%s: %s\n' "$key" "${named[$key]}"; done | sort
