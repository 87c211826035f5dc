#!/usr/bin/env bash
# The HTML report and the trace export in a real browser. usage: browser_test.sh REPORT_PAGES BUILD_FOLDER
# Exit 77 and one line where browser, Node.js or playwright-core cannot be had.
set -euo pipefail
report_pages=$1 build=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "skipped: $*"
  exit 77
}
CHROMIUM=$(command -v chromium || command -v google-chrome || true)
[[ -n $CHROMIUM ]] || skip "no chromium; apt-get install chromium"
command -v node >/dev/null || skip "no node; apt-get install nodejs"
command -v npm >/dev/null || skip "no npm; apt-get install npm"
command -v gnuplot >/dev/null || skip "no gnuplot; apt-get install gnuplot-nox"
(($(node -p 'process.versions.node.split(".")[0]') >= 18)) ||
  skip "playwright-core needs Node.js 18, this is $(node --version)"

# The modules stay in the build folder, for the next time.
modules=$build/browser
mkdir -p "$modules"
cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$modules"
cd "$modules"
if ! cmp -s package-lock.json installed.json; then
  npm ci --no-audit --no-fund --loglevel=error >npm.log 2>&1 ||
    skip "npm ci failed: $(tail -n 1 npm.log)"
  cp package-lock.json installed.json
fi
export CHROMIUM REPORT_PAGES=$modules/pages
mkdir -p "$REPORT_PAGES"
"$report_pages" "$REPORT_PAGES"
node --test --test-reporter=spec report.test.mjs trace.test.mjs
