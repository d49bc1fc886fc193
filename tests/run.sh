#!/usr/bin/env bash
# Every test, as CI runs them. A fresh machine needs git, the .NET 10 SDK, Node and a package feed; what else is missing is installed here.
#
#   tests/run.sh                                        format, build, every test: about ten minutes, and a few more where nothing is built yet
#   tests/run.sh FactCheck.Tests                        one project, without the format check
#   tests/run.sh -- --filter-class '*SentencesTests'    some tests, without the format check; what follows -- goes to the test runner
#                                                       (--filter-class, --filter-method, --filter-namespace; * at either end)
#
# CONFIGURATION  Debug (default) or Release
# CHROMIUM       the browser of the page's tests; otherwise one is looked for, and installed where root has apt
# FACTCHECK_FULL 1: faults are tried in full, for tens of minutes, rather than sampled
# FACTCHECK_AZURE_HOST  the folder of Azure's own host: tests of a desk then run on it (docs/azure.md)
# CI=true        a skipped test fails the run, unless its reason begins as one of may_be_skipped does
#
# The last line is "N passed, N failed, N skipped"; before it stand the tests that failed. Logs and results are in artifacts/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

may_be_skipped=('needs ../shared:' 'needs the Azure feed:' 'needs the right to mount')
configuration=${CONFIGURATION:-Debug}
results=artifacts/test-results
limit=20m
[[ ${FACTCHECK_FULL:-} != 1 ]] || { results=artifacts/test-results-full && limit=25m; }
logs=artifacts/logs
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

fail() {
  echo "tests/run.sh: $*" >&2
  exit 1
}

# Runs a step; shows what it wrote only when it failed, without the addresses of feeds.
step() {
  local name=$1 start=$SECONDS
  shift
  if "$@" >"$logs/$name.log" 2>&1 </dev/null; then
    echo "$name: $((SECONDS - start)) s"
  else
    sed -E 's#https?://[^ "'\'']+#(address)#g' "$logs/$name.log" | tail -n 80 >&2
    fail "$name failed; $logs/$name.log has all of it."
  fi
}

check_tools() {
  command -v dotnet >/dev/null || fail 'The .NET 10 SDK is missing.'
  dotnet --version >"$logs/sdk.log" 2>&1 || fail 'No .NET SDK here suits global.json: it takes .NET 10.'
  command -v npm >/dev/null || fail 'Node with npm is missing: the storage tests run Azurite.'
}

# Installs what a folder of tests/ wants of npm, unless it is there.
install_npm() {
  local folder=tests/$1
  [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] ||
    step "$1" npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts
}

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    [[ -n $name ]] && command -v "$name" && return
  done
  return 1
}

install_chromium() {
  [[ -z ${CHROMIUM:-} || -x $CHROMIUM ]] || fail "CHROMIUM names '$CHROMIUM', which can't be run."
  find_chromium >/dev/null && return
  if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then fail 'The tests of the page need Chromium or Chrome: install one, or set CHROMIUM to its path.'; fi
  step package-lists apt-get update -qq
  step chromium env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
}

# CSharpier and Prettier own the layout. The build holds every other rule of C# (warnings are errors), so the slow half
# of `dotnet format` is left out.
check_format() {
  local page=src/FactCheck.Functions/Page
  step tools dotnet tool restore
  step layout dotnet csharpier check .
  step style dotnet format style FactCheck.sln --verify-no-changes --no-restore
  step page-layout tests/web/node_modules/.bin/prettier --check "$page"
  step page-types tests/web/node_modules/.bin/tsc --project tests/web
}

counter() {
  grep -ho "<Counters [^>]*" "$results/$1.trx" | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9'
}

# Writes the name of each test of a project that failed.
failures() {
  { grep -o '<UnitTestResult [^>]*' "$results/$1.trx" | grep -E 'outcome="(Failed|Error|Timeout|Aborted)"' || true; } |
    sed -E 's/.* testName="([^"]*)".*/\1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

# Writes the name, a tab and the reason of each skipped test of a project.
skips() {
  awk '
    /<UnitTestResult / { name = "" }
    /<UnitTestResult .*outcome="NotExecuted"/ { match($0, /testName="[^"]*/); name = substr($0, RSTART + 10, RLENGTH - 10); if (/\/>$/) { print name "\tno reason"; name = "" } }
    name != "" && /<StdOut>/ { sub(/.*<StdOut>/, ""); sub(/<\/StdOut>.*/, ""); print name "\t" $0; name = "" }
    name != "" && /<\/UnitTestResult>/ { print name "\tno reason"; name = "" }' "$results/$1.trx"
}

test_module() {
  local project=$1
  shift
  dotnet test --test-modules "artifacts/bin/$project/$(tr "[:upper:]" "[:lower:]" <<<"$configuration")/$project.dll" --results-directory "$results" \
    --report-trx --report-trx-filename "$project.trx" --no-progress --timeout "$limit" "$@" </dev/null
}

run_tests() {
  local project=$1 code=0 output=$logs/tests-$1.log
  shift
  if [[ $# -eq 0 ]]; then test_module "$project" || code=$?; else test_module "$project" "$@" >"$output" 2>&1 || code=$?; fi
  # 8: no test ran, as when the filter names a class of another project: what the runner says of it would look like a failure.
  if [[ $code -eq 8 && $# -gt 0 ]]; then
    echo "$project: no test matches"
    return
  fi
  [[ $# -eq 0 ]] || cat "$output"
  [[ $code -eq 0 ]] || broken+=("$project ended with $code")
  [[ -f $results/$project.trx ]] || { broken+=("$project left no results") && return; }
  passed=$((passed + $(counter "$project" passed)))
  failed=$((failed + $(counter "$project" failed) + $(counter "$project" error) + $(counter "$project" timeout) + $(counter "$project" aborted)))
  skipped=$((skipped + $(counter "$project" notExecuted)))
}

# In CI a test that did not run is a test that is missing.
check_skips() {
  local project skip reason
  for project in "${projects[@]}"; do
    [[ -f $results/$project.trx ]] || continue
    while IFS= read -r skip; do
      for reason in "${may_be_skipped[@]}"; do [[ ${skip#*$'\t'} == "$reason"* ]] && continue 2; done
      broken+=("must not be skipped in CI: ${skip/$'\t'/: }")
    done < <(skips "$project")
  done
}

projects=()
while [[ $# -gt 0 && $1 != -- ]]; do
  [[ -f tests/$1/$1.csproj ]] || fail "'$1' is no project of tests/; the head of this script says how to use it."
  projects+=("$1")
  shift
done
[[ $# -eq 0 ]] || shift
targets=(FactCheck.sln)
if [[ ${#projects[@]} -gt 0 ]]; then
  targets=("${projects[@]/#/tests/}")
else
  projects=(FactCheck.Tests FactCheck.AcceptanceTests)
fi
[[ ${targets[*]} != FactCheck.sln || $# -gt 0 ]] || echo 'Format, build, every test: about ten minutes, and a few more where nothing is built yet.'

mkdir -p "$logs"
rm -rf "$results"
check_tools
if [[ " ${projects[*]} " == *' FactCheck.AcceptanceTests '* ]]; then
  install_npm azurite
  install_chromium
  CHROMIUM=$(find_chromium) && export CHROMIUM
fi
for target in "${targets[@]}"; do step "restore-$(basename "$target")" dotnet restore "$target"; done
[[ ${targets[*]} != FactCheck.sln || $# -gt 0 ]] || { install_npm web && check_format; }
for target in "${targets[@]}"; do step "build-$(basename "$target")" dotnet build "$target" --no-restore --configuration "$configuration" -warnaserror; done

passed=0 failed=0 skipped=0 broken=()
for project in "${projects[@]}"; do run_tests "$project" "$@"; done
[[ ${CI:-} != true ]] || check_skips
[[ $((passed + failed)) -gt 0 ]] || broken+=('no test ran')
[[ $failed -eq 0 || ${#broken[@]} -gt 0 ]] || broken+=("$failed failed")
for project in "${projects[@]}"; do
  [[ ! -f $results/$project.trx ]] || failures "$project" | sed 's/^/failed: /' >&2
done
[[ ${#broken[@]} -eq 0 ]] || printf 'tests/run.sh: %s\n' "${broken[@]}" >&2
echo "$passed passed, $failed failed, $skipped skipped"
[[ ${#broken[@]} -eq 0 ]]
