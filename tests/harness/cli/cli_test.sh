#!/usr/bin/env bash
# The program as a user meets it: exit codes, messages, what is left behind.
# usage: cli_test.sh PROGRAM BUILD_FOLDER CASE
set -uo pipefail
program=$1 build=$2 wanted=$3
# shellcheck source=tests/harness/cli/helpers.sh
source "$(dirname "$0")/helpers.sh"
work=$(mktemp -d)
helpers=()  # processes that must not outlive a case, however it ends
trap 'rm -rf "$work"; ((${#helpers[@]} == 0)) || kill "${helpers[@]}" 2>/dev/null' EXIT
cd "$work" || exit 1
functions=$build/bench/functions

# expect_silence CODE COMMAND…: the exit code, and not a word.
expect_silence() {
  local code=$1 status=0
  shift
  "$@" >out 2>err </dev/null || status=$?
  [[ $status == "$code" ]] || fail "exit $status, expected $code: $*"
  [[ ! -s out && ! -s err ]] || fail "something was said: $*"
}
one_line_of_error() { [[ $(wc -l <err) == 1 ]] || fail "not one line of error"; }

# A port that nobody listens on, outside the range from which the kernel gives ports to clients.
free_port() {
  local port
  while :; do
    port=$((10000 + RANDOM % 20000))
    grep -q ":$(printf %04X "$port") " /proc/net/tcp /proc/net/tcp6 || break
  done
  printf '%s' "$port"
}

# Whether a process lives; one that has ended and was not waited for has no command line.
lives() { [[ -n $(tr -d '\0' 2>/dev/null <"/proc/$1/cmdline") ]]; } 2>/dev/null

# left_of LAUNCHER: a line for everything that an interrupted run left behind. A process of an instance
# has the launcher's mark in its environment, a container has it in its name.
left_of() {
  local launcher=$1 entry
  for entry in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$entry/environ" | grep -q "^COLDSTART_INSTANCE=$launcher\\."; then
      printf 'process %s: %s\n' "${entry#/proc/}" "$(tr '\0' ' ' 2>/dev/null <"$entry/cmdline")"
    fi
  done
  lives "$launcher" && printf 'launcher %s\n' "$launcher"
  grep -hE "coldstart-$launcher\\.|$TMPDIR" /proc/mounts | sed 's/^/mount /'
  find /sys/fs/cgroup -type d -name "*coldstart-$launcher.*" 2>/dev/null | sed 's/^/cgroup /'
  find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'coldstart-*' | sed 's/^/temporary folder /'
  find /run/crun /run/runc -maxdepth 1 -name "coldstart-$launcher.*" 2>/dev/null | sed 's/^/container /'
  return 0  # there may be no such folder: then find fails
}
nothing_is_left() {
  local left
  left=$(left_of "$1")
  [[ -z $left ]] || fail "left behind: $left"
}

suite() {
  cat >suite.yaml <<END
name: interrupted
root: $build
functions:
  - {name: cpp, runtime: native, command: [./bench/functions/hello], trials: 100000}
  - {name: boxed, runtime: container, engine: runc, rootfs: ./bench/rootfs/hello, command: [/hello], trials: 100000}
END
}

# Starts a long run, waits until a start is in the store, sends SIGNAL, checks what is left.
interrupted_by() {
  local signal=$1 code=$2 pid launcher status=0
  suite
  export TMPDIR=$work/tmp
  mkdir "$TMPDIR"
  "$program" --quiet --db here.db run suite.yaml --output report >out 2>err &
  pid=$!
  helpers+=("$pid")
  until launcher=$(pgrep -P "$pid" -x coldstart-spawn); do
    kill -0 "$pid" 2>/dev/null || fail "the run ended by itself"
  done
  until "$program" --db here.db list 2>/dev/null | awk 'NR == 2 && $4 >= 3 {found = 1} END {exit !found}'; do
    kill -0 "$pid" 2>/dev/null || fail "the run ended by itself"
  done
  kill "-$signal" "$pid"
  wait "$pid" || status=$?
  [[ $status == "$code" ]] || fail "exit $status after SIG$signal, expected $code"
  # After SIGKILL the launcher cleans up by itself, in its own time: watch it end.
  if [[ $signal == KILL ]]; then
    while lives "$launcher"; do sleep 0.05; done
  else
    grep -q '^cpp ' out || fail "the starts so far are not shown"
    grep -q 'coldstart --db here.db report 1' err || fail "the hint does not name the store"
  fi
  nothing_is_left "$launcher"
  for file in here.db*; do mv "$file" "coldstart${file#here}"; done
  expect 0 interrupted "$program" list
  expect 0 cpp "$program" report
}

case $wanted in
  help)
    expect 0 'profile' "$program" --help
    expect 0 'trials' "$program" run --help
    expect 0 '^coldstart [0-9]' "$program" --version
    ;;
  usage)
    expect 2 'see coldstart --help' "$program"
    expect 2 'see coldstart run --help' "$program" run --no-such-option
    expect 2 'see coldstart run --help' "$program" run x.yaml --trials 0
    one_line_of_error
    expect 2 'unknown tier' "$program" profile --probes proces -- /bin/true
    ;;
  bad-suite)
    printf 'name: x\nfunctions:\n  - {name: a, runtime: jmv, command: [/bin/true]}\n  - {name: b, comand: [x]}\n' >s.yaml
    expect 2 "s.yaml:3:[0-9]+: .*did you mean" "$program" run s.yaml
    grep -Eq '^.*s.yaml:4:[0-9]+: ' err || fail "not all errors at once"
    [[ ! -e coldstart.db && ! -e coldstart-report ]] || fail "something was made"
    ;;
  bad-store)
    expect 2 'coldstart run' "$program" list
    one_line_of_error
    printf 'this is no database, but it is long enough to be taken for one by mistake' >foreign.db
    cp foreign.db copy.db
    expect 2 'foreign.db' "$program" --db foreign.db list
    one_line_of_error
    expect 2 'foreign.db' "$program" --quiet --db foreign.db profile --trials 1 -- /bin/true
    cmp -s foreign.db copy.db || fail "a foreign file was changed"
    "$program" --quiet profile --trials 1 -- /bin/true >/dev/null || fail "profile"
    expect 2 'no-such-run' "$program" report no-such-run
    one_line_of_error
    ;;
  full-disk)
    # A file size limit stands for a full disk: the store may not grow.
    "$program" --quiet profile --trials 1 -- /bin/true >/dev/null || fail "profile"
    (
      trap '' XFSZ
      ulimit -f 4
      expect 2 'coldstart.db' "$program" --quiet profile --trials 200 -- /bin/true
    ) || exit 1
    expect 0 '^ +1 ' "$program" list
    ;;
  output-folder)
    printf 'x' >file
    suite
    expect 2 'file/report' "$program" run suite.yaml --output file/report
    one_line_of_error
    ;;
  profile-exec)
    expect 0 'exit|link|app' "$program" --quiet profile --trials 3 -- /bin/echo hello
    expect 0 '"contract":"exec"' "$program" export --format json
    expect 0 'hello' "$program" profile --trials 2 --probes none -- /bin/echo hello
    expect 2 'not in PATH' "$program" profile -- no-such-program-at-all
    expect 2 'neither listened' "$program" --quiet profile --timeout 300ms -- sleep 100
    ;;
  profile-http)
    expect 0 'listen|link' "$program" --quiet profile --trials 3 -- "$functions/hello"
    expect 0 '"contract":"http"' "$program" export
    expect 0 'sandbox' "$program" --quiet profile --trials 2 -- "$build/tests/functions/wrapper.sh" "$functions/hello"
    port=$(free_port)
    expect 0 "\"port\":$port" bash -c "'$program' -q profile --trials 2 -- env PORT=$port '$functions/hello' && '$program' export"
    ;;
  run-report)
    cat >suite.yaml <<END
root: $build
defaults: {trials: 3}
functions:
  - {name: cpp, runtime: native, command: [./bench/functions/hello]}
  - {name: gone, runtime: node, interpreter: no-such-node, script: ./bench/functions/hello.js}
  - {name: broken, runtime: native, command: [./tests/functions/exit3]}
END
    expect 0 '^cpp +3' "$program" --quiet run suite.yaml --label first --seed 7
    grep -q 'gone: skipped: needs no-such-node' out || fail "a missing runtime is not in the report"
    tr -s '\n ' '  ' <out | grep -q 'no database configured' || fail "the failure is not explained"
    for file in phases.svg phases.png ecdf.svg density.png report.md report.html run.json; do
      [[ -s coldstart-report/$file ]] || fail "no $file"
    done
    expect 0 '^cpp +3' "$program" report first
    expect 0 '^cpp +3' "$program" report coldstart-report/run.json
    expect 0 '^\| ' "$program" report --markdown
    expect 0 'schema.*coldstart.run/1' "$program" export first
    expect 0 '"seed":7' "$program" export
    expect 2 'no function' "$program" run suite.yaml --functions nobody
    ;;
  exports)
    expect 0 'median' "$program" --quiet profile --trials 8 --label first -- /bin/true
    for format in json csv google-benchmark perfetto openmetrics bmf hyperfine; do
      expect_silence 0 "$program" export first --format "$format" --output "out.$format"
      [[ -s out.$format ]] || fail "nothing in out.$format"
      expect 0 "^  $format  " "$program" export --help
    done
    [[ $(wc -l <out.csv) == 9 ]] || fail "not a header and eight starts: $(cat out.csv)"
    expect 0 '^run_id,.*,phase,' "$program" export --format csv --rows phases
    expect 0 '^run_id,.*,ended_by,' "$program" export --format csv --rows instances
    expect 0 '"traceEvents"' "$program" export --format perfetto --start true:p90 --start true:1
    if "$program" export --format json | grep -q '"cpu":"on'; then
      expect 0 '"name": "on CPU"' "$program" export --format perfetto
      printf 'functions:\n  - {name: "true", runtime: command, contract: exec, command: [/bin/true]}\n' >true.yaml
      expect 0 '^true +2' "$program" --quiet --db other.db run true.yaml --trials 2
      expect 0 'run with --tracks' "$program" --db other.db export --format perfetto
      expect 0 '^true +2' "$program" --quiet --db other.db run true.yaml --trials 2 --tracks
      expect 0 '"name": "on CPU"' "$program" --db other.db export --format perfetto
    fi
    expect 0 '^# EOF' "$program" export --format openmetrics --timestamps
    expect 2 "there is no function 'false'" "$program" export --format perfetto --start false
    expect 2 'no use for it; it goes with --format csv' "$program" export --rows phases
    one_line_of_error
    expect 2 'xml' "$program" export --format xml
    one_line_of_error
    ;;
  compare)
    expect 0 'median' "$program" --quiet profile --trials 8 --label first -- /bin/true
    expect 0 'median' "$program" --quiet profile --trials 8 --label a:b -- /bin/true
    COLUMNS=80 expect 0 '^latency ' "$program" compare first a:b
    grep -q 'coldstart check' out || fail "it does not say what to use as a gate"
    [[ $(wc -L <out) -le 80 ]] || fail "a line wider than 80 columns"
    expect 0 '^## Cold starts compared' "$program" compare first:true a:b:true --markdown
    expect 0 '"schema": "coldstart.compare/1"' "$program" compare latest~1 latest --json
    expect 0 '^true, cold, page-cache: 2 runs' "$program" history
    expect 0 '"schema": "coldstart.history/1"' "$program" history true --json
    expect 2 'functions of the store: true' "$program" history nobody
    if command -v gnuplot >/dev/null; then
      expect_silence 0 "$program" history --plots pictures
      [[ -s pictures/history-true-cold-page-cache.svg ]] || fail "no picture of the history"
      expect_silence 0 "$program" history --plots small --format pdf --size 400x300
      [[ $(ls small) == history-true-cold-page-cache.pdf ]] || fail "not one PDF: $(ls small)"
      expect 2 "'gif' is no format of pictures" "$program" history --plots small --format gif
      expect 2 'is no size' "$program" history --plots small --size 1x1
    fi
    for arguments in first '' 'first a:b --functions true,x' 'first --functions true' 'first nobody' \
      'first:nobody a:b' 'first@disk a:b' 'first:true@disk a:b'; do
      # shellcheck disable=SC2086
      expect 2 . "$program" compare $arguments
      one_line_of_error
    done
    ;;
  report-plots)
    command -v gnuplot >/dev/null || { echo "skipped: needs gnuplot"; exit 77; }
    "$program" --quiet profile --trials 2 -- /bin/true >/dev/null || fail "profile"
    expect_silence 0 "$program" report --plots p --format svg,pdf --size 640x420
    for file in phases ecdf density waterfall-true; do
      grep -q 'viewBox="0 0 640 420"' "p/$file.svg" || fail "$file.svg has another size"
      [[ $(head -c 5 "p/$file.pdf") == %PDF- ]] || fail "$file.pdf is no PDF"
      [[ ! -e p/$file.png ]] || fail "a format that was not asked for"
    done
    expect_silence 0 "$program" report --plots q --format png --size 640x420
    [[ $(od -An -tu1 -j16 -N8 q/ecdf.png | tr -s ' ') == ' 0 0 2 128 0 0 1 164' ]] || fail "a PNG has other pixels"
    for wrong in --format:jpg:format --size:640:size --size:64x42:size --size:640x420x1:size; do
      IFS=: read -r option value what <<<"$wrong"
      expect 2 "'$value' is no $what" "$program" report --plots r "$option" "$value"
      one_line_of_error
    done
    [[ ! -e r ]] || fail "something was made"
    expect 2 'format requires --plots' "$program" report --format svg
    ;;
  terminal)
    cat >suite.yaml <<END
root: $build
defaults: {trials: 6, cache: [page-cache, warm]}
functions:
  - {name: cpp, runtime: native, command: [./bench/functions/hello]}
  - {name: a-function-with-a-long-name, runtime: native, command: [./bench/functions/hello]}
END
    export LC_ALL=C.UTF-8
    expect 0 '^cpp +6' "$program" --quiet run suite.yaml
    for arguments in report 'report --waterfall cpp'; do
      # shellcheck disable=SC2086
      expect 0 'cpp' "$program" $arguments
      wide=$(grep -v '^repeat: ' out | grep -E '^.{81}')
      [[ -z $wide ]] || fail "wider than 80 columns: $wide"
      grep -q $'\x1b' out && fail "colour in a pipe"
      # shellcheck disable=SC2086
      LC_ALL=C "$program" $arguments | LC_ALL=C grep -n '[^ -~]' && fail "not ASCII where the locale asks for it"
    done
    expect 0 $'\x1b' "$program" --color always report
    expect 0 $'\x1b' env NO_COLOR=1 "$program" --color always report
    # A terminal of 80 columns.
    on_a_terminal() { script -qec "stty cols 80 rows 24; $*" typescript >/dev/null </dev/null; }
    on_a_terminal "$program report"
    grep -q $'\x1b\[38;5;' typescript || fail "no colour on a terminal"
    on_a_terminal "NO_COLOR=1 $program report" && grep -q $'\x1b\[' typescript && fail "colour in spite of NO_COLOR"
    on_a_terminal "$program --color never report" && grep -q $'\x1b\[' typescript && fail "colour in spite of --color never"
    on_a_terminal "$program run suite.yaml --seed 7"
    tr '\r' '\n' <typescript | sed 's/\x1b\[[0-9;]*[mK]//g' >lines
    grep -Eq '^trial [0-9]+ of 24 · cpp, (warm|page-cache) · last: cpp .* (µs|ms) · [0-9]+ s left' lines || fail "no live line"
    wide=$(grep -E '^trial.{75}' lines)
    [[ -z $wide ]] || fail "the live line wraps: $wide"
    ;;
  output-files)
    # Of devices only copies are used: a program that replaces its output would replace these.
    if ! { mknod full c 1 7 && : 2>/dev/null <full; } 2>/dev/null; then
      echo "skipped: a device node needs root and a folder that allows it"
      exit 77
    fi
    mkfifo fifo
    printf 'old' >target
    ln -s target link
    ln -s to-come dangling
    "$program" --quiet profile --trials 1 -- /bin/true >/dev/null || fail "profile"
    expect 2 'full: .*No space left' "$program" export -o full
    one_line_of_error
    expect 2 'full: .*No space left' "$program" report --html full
    [[ -c full ]] || fail "the device was replaced"
    cat fifo >received & # ends with the writer
    expect_silence 0 "$program" export -o fifo
    wait
    [[ -p fifo ]] || fail "the FIFO was replaced"
    "$program" export >exported || fail "export"
    cmp received exported || fail "the FIFO did not get the export"
    expect_silence 0 "$program" export -o link
    expect_silence 0 "$program" export -o dangling
    [[ -L link && -L dangling ]] || fail "a link was replaced"
    cmp target exported || fail "the file behind a link was not written"
    cmp to-come exported || fail "the file that a link promises was not written"
    expect 0 '^<!DOCTYPE html>' "$program" report --html -
    expect 2 'folder: .*Is a directory' bash -c "mkdir folder && '$program' export -o folder"
    [[ -z $(find . -name '*.new') ]] || fail "a temporary file is left"
    for arguments in --help --version list report export; do
      expect 2 'standard output: cannot be written' bash -c "'$program' $arguments >full"
      one_line_of_error
    done
    # A reader that goes away is no error, even where the signal is ignored.
    expect_silence 141 bash -o pipefail -c "trap '' PIPE; '$program' export | head -n 0"
    ;;
  hints)
    expect 2 "unknown command 'ru'; did you mean 'run'" "$program" ru suite.yaml
    expect 2 "unknown command 'nothing-like-it'; known are: run" "$program" --db x nothing-like-it
    expect 2 'put -- before the command: coldstart profile --trials 2 -- ls -la' "$program" profile --trials 2 ls -la
    one_line_of_error
    ;;
  profile-ports)
    expect 0 'contract http' "$program" -q profile --trials 2 --timeout 5s -- "$build/tests/functions/two-ports"
    head -n 1 out | grep -Eq 'two-ports: median .*, 2 starts, contract http, port [0-9]+, status 200' || fail "the headline is not first"
    port=$(free_port)
    expect 0 "port $port, status 200" "$program" -q profile --trials 2 --probes none -- env "PORT=$port" "$functions/hello"
    expect 0 'contract: exec \(it ended by itself' "$program" profile --trials 1 -- sh -c 'sleep 30 & exit 0'
    grep -q 'other processes of it ran on' err || fail "a daemon is not noticed"
    expect 0 'bad-response \(HTTP status 200, expected 204' "$program" -q profile --trials 1 --expect-status 204 -- "$functions/hello"
    expect 2 'separate words, or as sh -c' "$program" -q profile -- 'ls -la'
    ;;
  profile-stacks)
    spins=$build/tests/functions/spins-and-sleeps
    expect 2 'Value 0 not in range|not in range' "$program" -q profile --stacks=0 -- "$spins"
    expect 2 'stacks cannot be sampled here: .*; run as root' "$program" -q profile --stacks --probes none -- "$spins"
    if ! "$program" doctor | grep -Eq 'process +on'; then
      echo "skipped: no probes here"
      exit 77
    fi
    expect 0 'spin < spins_long' "$program" -q profile --stacks --trials 2 -- "$spins"
    grep -q 'Taking them slows the start' out || fail "nobody says that it is slower"
    grep -q 'sleeps_for_a_while' out || fail "the wait is missing"
    expect 0 '^spins-and-sleeps;.*;spins-and-sleep;_start;.*;main;work;spins_long' "$program" export --format folded
    expect 0 '^spins-and-sleeps;.*;sleeps_for_a_while;.*nanosleep.* [0-9]+$' "$program" export --format folded --off-cpu
    "$program" export --format json -o run.json
    expect 0 'spins_long' "$program" export run.json --format folded --samples --start spins-and-sleeps:1
    expect_silence 0 "$program" report --html page.html
    grep -q 'class="flame"' page.html || fail "the page has no flame graph"
    # The reader itself: Debian has it in a package of Perl's profiler.
    flamegraph=/usr/share/perl5/Devel/NYTProf/flamegraph.pl
    if [[ -r $flamegraph ]]; then
      "$program" export --format folded >on.folded
      expect 0 '<title>spins_long \([0-9,]+ microseconds, ' perl "$flamegraph" --countname microseconds on.folded
      grep -qi 'ignored' err && fail "flamegraph.pl did not take all lines"
    fi
    expect 0 median "$program" -q profile --trials 1 -- /bin/true
    expect 2 'no usable start of the run has stacks; measure with' "$program" export --format folded
    one_line_of_error
    ;;
  given-up)
    cat >suite.yaml <<END
root: $build
defaults: {trials: 9, timeout: 300ms}
functions:
  - {name: elsewhere, runtime: command, command: [./tests/functions/never-listens]}
END
    expect 0 'elsewhere: its rehearsal failed: timeout: ' "$program" -q run suite.yaml
    grep -q 'elsewhere: given up: .* 7 starts were not tried; --keep-going' err || fail "giving up is not said"
    grep -Eq '^elsewhere +0 +2 ' out || fail "failed starts are not counted as they were tried"
    tr -s '\n ' '  ' <out | grep -q '7 starts were not tried' || fail "the report does not say it"
    [[ $(tail -n 1 err) == 'no start of any function succeeded' ]] || fail "not the last line"
    expect 2 'no start' "$program" -q run suite.yaml --fail-on-error
    expect 0 '^elsewhere +0 +4 ' "$program" -q run suite.yaml --trials 4 --keep-going
    ;;
  before-a-run)
    for label in latest latest~1 17 run.json; do
      expect 2 "'$label' names a run in another way" "$program" profile --label "$label" -- /bin/true
      one_line_of_error
    done
    expect 2 'name a suite: coldstart run SUITE.yaml' "$program" run
    one_line_of_error
    for seed in 99999999999999999999 -1 7x; do
      expect 2 "'$seed' is no whole number" "$program" profile --seed "$seed" -- /bin/true
      one_line_of_error
    done
    expect 2 'no bench/suites/hello.yaml here; name a suite .* --suite' "$program" doctor --overhead
    one_line_of_error
    cat >s.yaml <<END
root: $build
functions:
  - {name: gone, runtime: native, command: [./gone]}
  - {name: a, contract: exec, runtime: command, command: ["true"]}
  - {name: b, contract: exec, runtime: command, command: ["true"]}
  - {name: j, runtime: jvm, java: /opt/nojava, main: A, classpath: bench}
END
    expect 2 'no such program' "$program" -q run s.yaml
    expect 0 '^b +2' "$program" -q run s.yaml --trials 2 --functions 'a, b'
    expect 0 'needs /opt/nojava, .*; correct the path' "$program" run s.yaml --trials 1 --functions j,a
    tr -s '\n ' '  ' <out | grep -qF "repeat: cd $work && " || fail "the folder of the run is not in how to repeat it"
    expect 2 'no-such-folder' "$program" --db no-such-folder/x.db profile -- sh -c "touch '$work/started'"
    one_line_of_error
    [[ ! -e started ]] || fail "it was started before the store was looked at"
    ;;
  busy)
    for ((i = 0; i < $(nproc); ++i)); do
      (while :; do :; done) &
      helpers+=($!)
    done
    expect 0 '^warning: this machine is busy' "$program" -q profile --trials 1 -- /bin/true
    expect 0 'this machine is busy' "$program" doctor
    ;;
  overhead)
    if [[ $EUID != 0 ]]; then echo "skipped: the probes need root"; exit 77; fi
    cat >s.yaml <<END
root: $build
functions:
  - {name: cpp, runtime: native, command: [./bench/functions/hello]}
END
    expect 0 '^cpp, all +.* n 10 pairs, [1-9][0-9]* events of [1-9][0-9]* bytes a start$' "$program" -q \
      doctor --overhead --suite s.yaml --functions cpp --tiers process,all --trials 10
    grep -Eq '^cpp, process +.*, [1-9][0-9]* events of [1-9][0-9]* bytes a start$' out || fail "tier process told nothing"
    grep -Eq '^empty static program .* n 50 pairs$' out || fail "the bare floor is missing"
    ;;
  unprivileged)
    if [[ $EUID != 0 ]]; then echo "skipped: becoming another user needs root"; exit 77; fi
    chmod 755 "$work"
    mkdir home && chown nobody home && cd home || exit 1
    cp "$program" "$functions/hello" . && chmod 755 coldstart hello
    run() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$PWD" TMPDIR="$PWD" "$@"; }
    expect 0 'process +off: needs CAP_BPF' run ./coldstart doctor
    expect 0 'needs CAP_BPF' run ./coldstart --quiet profile --trials 3 -- ./hello
    expect 0 '"readiness_poll_ns"|"latency_ns"' run ./coldstart export
    grep -q '"listening"' <(run ./coldstart export | grep -o '"boundaries":{[^}]*}') && fail "listening was invented"
    ;;
  left-behind)
    # The search of the cases below finds what it is there to find.
    export TMPDIR=$work/tmp
    mkdir "$TMPDIR"
    (nothing_is_left 4194999) || fail "something is found where nothing is"
    COLDSTART_INSTANCE=4194999.1 sleep 60 &
    pid=$!
    helpers+=("$pid")
    until left_of 4194999 | grep -q '^process .*sleep 60'; do
      kill -0 "$pid" 2>/dev/null || fail "a marked process is not found"
    done
    (nothing_is_left 4194999) >/dev/null && fail "a process is not taken for a leftover"
    kill "$pid"
    wait "$pid" 2>/dev/null
    mkdir "$TMPDIR/coldstart-abc"
    left_of 4194999 | grep -q '^temporary folder' || fail "a folder is not found"
    rmdir "$TMPDIR/coldstart-abc"
    folder=$(find /sys/fs/cgroup -maxdepth 2 -name cgroup.procs -printf '%h\n' 2>/dev/null | head -n 1)
    if [[ -n $folder ]] && mkdir "$folder/coldstart-4194999.1" 2>/dev/null; then
      left_of 4194999 | grep -q '^cgroup' || fail "a cgroup is not found"
      rmdir "$folder/coldstart-4194999.1"
    fi
    ;;
  sigint) interrupted_by INT 130 ;;
  sigterm) interrupted_by TERM 143 ;;
  sigkill) interrupted_by KILL 137 ;;
  *) fail "no such case: $wanted" ;;
esac
echo "ok: $wanted"
