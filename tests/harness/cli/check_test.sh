#!/usr/bin/env bash
# The gate from outside: it fails when something got slower, passes when nothing did, and leaves nothing.
# usage: check_test.sh PROGRAM BUILD_FOLDER CASE
set -uo pipefail
program=$1 build=$2 wanted=$3
sources=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=tests/harness/cli/helpers.sh
source "$(dirname "$0")/helpers.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export TMPDIR=$work/tmp
export COLUMNS=200  # what is looked for is not wrapped
mkdir "$TMPDIR"
hello=$build/bench/gate/functions/gate-hello

has() { grep -Eq -- "$2" "$1" || fail "nothing like '$2' in $1: $(cat "$1")"; }

# Two checkouts, the candidate's function with an argument that makes it slower.
checkouts() {
  local side
  for side in old new; do
    mkdir -p "$side/suites"
    cp "$hello" "$side/server"
    cat >"$side/suites/suite.yaml" <<END
name: two
root: ..
functions:
  - {name: cpp, runtime: native, command: [./server]}
END
  done
}

case $wanted in
  slower)
    # The program is built here, slower than its baseline by a constructor of 100 ms: seen on a busy machine, too.
    command -v g++ >/dev/null || exit 77
    cat >slow.cc <<'END'
#include <unistd.h>
[[gnu::constructor]] static void slow() { usleep(100000); }
END
    checkouts
    source=$sources/bench/functions/hello.cc
    g++ -O1 -o old/server "$source" || fail "cannot build"
    g++ -O1 -o new/server "$source" slow.cc || fail "cannot build"
    expect 1 '^FAIL: two: 1 of 1 function got worse' "$program" --quiet check suites/suite.yaml \
      --baseline old --candidate new --pairs 40 --seed 1 --json check.json --junit check.xml \
      --markdown check.md
    has out 'cpp median: slower by \+'
    has check.json '"verdict": "FAIL"'
    has check.xml '<failure message="slower by'
    has check.md '^### ❌'
    if "$program" doctor 2>/dev/null | grep -Eq '^ *loader +on'; then
      has out 'cpp moved in: app \+'
      has check.json '"cause": "wait \(sleep\)"'
    fi
    # The pairs are a run like any other, and give the same answer again, to the byte.
    "$program" report latest >report.txt 2>/dev/null || fail "no report"
    has report.txt 'cpp@baseline'
    expect 1 FAIL "$program" check --judge latest --json one.json
    expect 1 FAIL "$program" check --judge latest --json two.json
    cmp -s one.json two.json || fail "the same pairs and seed gave two answers"
    has one.json '"baseline": "old"'
    has one.json '"candidate": "new"'
    ;;
  same)
    checkouts
    # A wide margin: this test is about exit 0 and not about a quiet machine.
    expect 0 '^PASS: two: none of 1 function got slower' "$program" --quiet check suites/suite.yaml \
      --baseline old --candidate new --margin 300% --gate median --pairs 40
    ;;
  inconclusive)
    checkouts
    # Of six pairs not even six of one sign are so rare that chance is ruled out (2^-6 > 1 %).
    expect 3 'more pairs would settle it' "$program" --quiet check suites/suite.yaml --baseline old \
      --candidate new --margin 0% --gate median --pairs 6
    expect 0 INCONCLUSIVE "$program" --quiet check suites/suite.yaml --baseline old --candidate new \
      --margin 0% --gate median --pairs 6 --allow-inconclusive
    ;;
  improvement)
    expect 0 'PASS, faster' "$program" --quiet check --baseline-cmd "$hello --sleep-us=100000" \
      --candidate-cmd "$hello" --pairs 30 --gate median
    expect 1 'PASS, faster' "$program" --quiet check --baseline-cmd "$hello --sleep-us=100000" \
      --candidate-cmd "$hello" --pairs 30 --gate median --fail-on-improvement
    ;;
  commands)
    # exec, found out by itself; and a candidate that does not answer any more.
    expect 1 'slower by' "$program" --quiet check --baseline-cmd 'sh -c "sleep 0.01"' \
      --candidate-cmd 'sh -c "sleep 0.16"' --pairs 20
    expect 1 'starts of the candidate failed' "$program" --quiet check --baseline-cmd true \
      --candidate-cmd false --contract exec --pairs 30
    # What is said of the pairs that were tried is what is stored.
    tried=$(sed -n 's/.*given up: \([0-9]*\) pairs were tried.*/\1/p' err)
    stored=$("$program" export latest --format csv 2>/dev/null | grep -c '^false@baseline\|,false@baseline,')
    [[ $tried == "$stored" ]] || fail "given up after '$tried' pairs, '$stored' are stored"
    ;;
  github)
    export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$work/summary
    printf 'before\n' >summary
    expect 1 '^::error title=coldstart%3A gate-hello median::slower by' "$program" --quiet check \
      --baseline-cmd "$hello" --candidate-cmd "$hello --sleep-us=100000" --pairs 30
    has summary '^before$'
    has summary '^### ❌ Cold start: FAIL'
    ;;
  history)
    cat >suite.yaml <<END
functions:
  # Most of it is sleep: runs on a busy machine differ little.
  - {name: cpp, runtime: native, command: [$hello, --sleep-us=100000], trials: 12}
END
    for _ in 1 2; do "$program" --quiet run suite.yaml >/dev/null 2>&1 || fail "no run"; done
    expect 3 'needs 3 past runs on this host, there are 2' "$program" --quiet check suite.yaml \
      --against latest --gate median
    expect 0 PASS "$program" --quiet check suite.yaml --against latest --gate median --margin 900%
    # What failed is not the measure of the next: the same slow program fails again, and again.
    sed 's/100000/400000/' suite.yaml >slow.yaml
    sed -i '1i name: suite' slow.yaml
    for _ in 1 2 3; do
      expect 1 FAIL "$program" --quiet check slow.yaml --against latest --gate median --margin 50%
    done
    has out '2 past runs do not count: a check judged FAIL'
    "$program" export latest --format json >elsewhere.json 2>/dev/null || fail "no export"
    sed -i 's/"kernel":"[^"]*"/"kernel":"1.0"/' elsewhere.json
    expect 3 'of another host.*--any-host' "$program" --quiet check suite.yaml \
      --against elsewhere.json --gate median
    ;;
  git)
    command -v git >/dev/null || exit 77
    checkouts
    mv old repository
    cd repository || exit 1
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
    git init -q . && rm server && printf '%s\n' "$hello" >arguments && git add . && git commit -qm one
    printf '%s --sleep-us=100000\n' "$hello" >arguments && git commit -qam two
    # shellcheck disable=SC2016
    make='printf "#!/bin/sh\nexec %s\n" "$(cat arguments)" >server && chmod +x server'
    expect 1 'against baseline HEAD~1 \([0-9a-f]{7}\)' "$program" --quiet check suites/suite.yaml \
      --git HEAD~1..HEAD --build "$make" --pairs 30 --gate median
    expect 2 "^--build: 'false' failed for HEAD~1" "$program" --quiet check suites/suite.yaml \
      --git HEAD~1..HEAD --build false
    expect 2 'no range of revisions' "$program" check suites/suite.yaml --git HEAD --build true
    expect 2 'both revisions are commit [0-9a-f]{7}; name two that differ' "$program" check \
      suites/suite.yaml --git HEAD..HEAD --build true
    expect 2 'is no commit here' "$program" check suites/suite.yaml --git nowhere..HEAD --build true
    # SIGINT while it builds, and while it measures.
    for build_command in 'sleep 60' "$make"; do
      "$program" --quiet check suites/suite.yaml --git HEAD~1..HEAD --build "$build_command" \
        --pairs 100000 --margin 0% >out 2>err </dev/null &
      job=$!
      for _ in $(seq 200); do
        [[ $build_command == 'sleep 60' || -s coldstart.db-wal ]] && [[ -d $(echo "$TMPDIR"/coldstart-check-*/candidate/suites) ]] && break
        sleep 0.05
      done
      kill -INT "$job"
      wait "$job"
      [[ $? == 130 ]] || fail "not ended by SIGINT"
      rm -f coldstart.db*
    done
    [[ $(git worktree list | wc -l) == 1 ]] || fail "worktrees are left: $(git worktree list)"
    for _ in $(seq 100); do [[ -z $(ls "$TMPDIR") ]] && break; sleep 0.05; done
    [[ -z $(ls "$TMPDIR") ]] || fail "left behind: $(ls "$TMPDIR")"
    ;;
  usage)
    checkouts
    expect 2 'nothing to compare with; give' "$program" check suites/suite.yaml
    expect 2 'several things to compare with' "$program" check suites/suite.yaml --baseline old \
      --candidate new --git a..b
    expect 2 'only one checkout' "$program" check suites/suite.yaml --baseline old
    expect 2 'no suite' "$program" check --baseline old --candidate new
    expect 2 "is no margin" "$program" check suites/suite.yaml --baseline old --candidate new --margin 2
    expect 2 "unknown metric 'p95'" "$program" check suites/suite.yaml --baseline old --candidate new --gate p95
    expect 2 'is no duration' "$program" check suites/suite.yaml --baseline old --candidate new --budget 5
    expect 2 'is no folder' "$program" check suites/suite.yaml --baseline nowhere --candidate new
    expect 2 'a quote is not closed' "$program" check --baseline-cmd "'a" --candidate-cmd a
    expect 2 'several results would go to standard output' "$program" check suites/suite.yaml \
      --baseline old --candidate new --json - --junit -
    expect 2 'out.xml: cannot be written: No such file' "$program" check suites/suite.yaml \
      --baseline old --candidate new --junit nowhere/out.xml
    [[ ! -e coldstart.db ]] || fail "measured before the output was looked at"
    expect 2 '^--pairs: is not used with --judge; remove it' "$program" check --judge latest --pairs 5
    expect 2 '^--budget: is not used with --against' "$program" check suites/suite.yaml \
      --against latest --budget 5s
    expect 2 '^--port: is not used with --baseline;' "$program" check suites/suite.yaml \
      --baseline old --candidate new --port 80
    expect 2 '^--keep-going: is not used with --baseline-cmd' "$program" check --baseline-cmd true \
      --candidate-cmd true --keep-going
    expect 2 'fail-on-error' "$program" check --baseline-cmd true --candidate-cmd true --fail-on-error
    # An option that may be repeated takes one word each time: the suite stays the suite.
    expect 2 'not among the|no runs yet|there is no store|No such file' "$program" check \
      --probes none --against latest suites/suite.yaml
    rm new/server
    expect 2 "suite.yaml:4:[0-9]+: " "$program" check suites/suite.yaml --baseline old \
      --candidate new --junit fault.xml
    has fault.xml '<error message="'
    expect 2 "suite.yaml:4:[0-9]+: " "$program" check suites/suite.yaml --baseline old --candidate new
    ;;
  *) fail "no such case" ;;
esac
