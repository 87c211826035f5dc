#!/usr/bin/env bash
# What the GitHub Action and the template for GitLab run, run: their own scripts, taken out of their files, on a
# repository whose origin is a folder.
# usage: ci_test.sh PROGRAM BUILD_FOLDER CASE
set -uo pipefail
program=$1 build=$2 wanted=$3
sources=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=tests/harness/cli/helpers.sh
source "$(dirname "$0")/helpers.sh"
command -v git >/dev/null || { echo "skipped: git is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export TMPDIR=$work/tmp HOME=$work COLUMNS=200
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
mkdir "$TMPDIR" bin

# As a runner's: without a password. Here the test is whoever it has to be already.
cat >bin/sudo <<'END'
#!/bin/sh
while case $1 in -*) true ;; *) false ;; esac; do shift; done
exec "$@"
END
ln -s "$program" bin/coldstart
chmod +x bin/sudo
export PATH=$work/bin:$PATH

# commit BRANCH MICROSECONDS: a server that sleeps so long before it listens.
commit() {
  printf '#!/bin/sh\nexec %s --sleep-us=%s\n' "$build/bench/gate/functions/gate-hello" "$2" >origin/server
  chmod +x origin/server
  git -C origin add .
  git -C origin commit --quiet --allow-empty -m "$2" || fail "cannot commit"
}
git init --quiet --initial-branch=main origin
cat >origin/coldstart.yaml <<'END'
name: ci
functions:
  - {name: server, runtime: command, command: [./server]}
END
commit main 0
fast=$(git -C origin rev-parse HEAD)

# The script of the step `Check`, and the names that it wants in its environment.
awk '/^    - name: Check$/ { in_step = 1 } in_step && in_script { print substr($0, 9) }
     in_step && /^      run: \|$/ { in_script = 1 }' "$sources/action.yml" >action.sh
# shellcheck disable=SC2016 # as it stands in the file
grep -Fq 'check "$SUITE" --git' action.sh || fail "action.yml has no script that checks"

action() { # BEFORE TARGET: as the action's `env`
  export GITHUB_ACTIONS=true GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary GITHUB_ACTION_PATH=$sources
  export SUITE=coldstart.yaml BASE='' TARGET=$2 BEFORE=$1 BUILD='test -x server' MARGIN=2% BUDGET=30s
  export ARGUMENTS='--pairs 30 --gate median --seed 1' ALLOW=true PROGRAM=$program
  local name names=0
  while read -r name; do
    names=$((names + 1))
    [[ -v $name || $name == GIT_CONFIG_* ]] || fail "action.yml sets $name, which this test does not know"
  done < <(awk '/^      env:$/ { on = 1; next } /^      [a-z]/ { on = 0 }
                on && $1 ~ /^[A-Z]/ { sub(":", "", $1); print $1 }' "$sources/action.yml")
  ((names >= 10)) || fail "action.yml has another shape than this test knows: $names names in its env"
  : >output
  : >summary
  (cd checkout && bash --noprofile --norc -eo pipefail ../action.sh)
}

case $wanted in
  action-pull-request)
    git -C origin checkout --quiet -b feature
    commit feature 100000
    # As actions/checkout does it: the last commit alone.
    git clone --quiet --depth 1 --branch feature "file://$work/origin" checkout || fail "cannot clone"
    expect 1 '^::error title=coldstart%3A server median::slower by' action '' main
    [[ $(cat output) == verdict=FAIL ]] || fail "the output is: $(cat output)"
    grep -q '^### ❌ Cold start: FAIL' summary || fail "the summary is: $(cat summary)"
    [[ $(git -C checkout worktree list | wc -l) == 1 ]] || fail "a worktree is left"
    ;;
  action-push)
    commit main 100000
    commit main 100000
    git clone --quiet "file://$work/origin" checkout || fail "cannot clone"
    # Two commits at once: held against what the branch was before, and not against the last commit but one.
    expect 1 'slower by' action "$fast" ''
    [[ $(cat output) == verdict=FAIL ]] || fail "the output is: $(cat output)"
    # Of a new branch it is not known: zeros.
    expect 0 'PASS|INCONCLUSIVE' action 0000000000000000000000000000000000000000 ''
    grep -Eq '^verdict=(PASS|INCONCLUSIVE)$' output || fail "the output is: $(cat output)"
    ;;
  gitlab)
    commit main 100000
    git clone --quiet "file://$work/origin" checkout || fail "cannot clone"
    awk '/^  script:$/ { on = 1; next } on && /^  [^ ]/ { on = 0 } on && !/^ *#/ { sub(/^ *- /, ""); printf "%s ", $0 }' \
      "$sources/ci/coldstart.gitlab-ci.yml" >gitlab.sh
    grep -q '^coldstart check' gitlab.sh || fail "the template has no script that checks"
    export COLDSTART_SUITE=coldstart.yaml COLDSTART_BUILD='test -x server' COLDSTART_MARGIN=2% COLDSTART_BUDGET=30s
    export COLDSTART_ARGUMENTS='--pairs 30 --gate median --seed 1' CI_MERGE_REQUEST_DIFF_BASE_SHA=$fast
    cd checkout || exit 1
    expect 1 'slower by' sh -e ../gitlab.sh
    grep -q '<failure message="slower by' coldstart-check.xml || fail "no failure in coldstart-check.xml"
    grep -q '^### ❌' coldstart-check.md || fail "no verdict in coldstart-check.md"
    ;;
  *) fail "no such case: $wanted" ;;
esac
