# What the tests of the command line share; sourced by them, in the folder in which they work.
# shellcheck shell=bash

fail() {
  printf 'FAIL: %s\n' "$*"
  [[ -f out ]] && sed 's/^/  out: /' out
  [[ -f err ]] && sed 's/^/  err: /' err
  exit 1
}
# expect CODE PATTERN COMMAND…: the exit code, and a pattern in standard output or error.
expect() {
  local code=$1 pattern=$2 status=0
  shift 2
  "$@" >out 2>err </dev/null || status=$?
  [[ $status == "$code" ]] || fail "exit $status, expected $code: $*"
  grep -Eq -- "$pattern" out err || fail "nothing like '$pattern' was said: $*"
}
