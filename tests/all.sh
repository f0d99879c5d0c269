#!/usr/bin/env bash
# All checks and tests, each part under its heading and with its time. The exit code is that of the first part that failed.
set -uo pipefail
cd "$(dirname "$0")/.."
lines=()
failed=0

# part NAME COMMAND…: run it under a heading and keep the line that says how it ended.
part() {
  local name=$1 began=$SECONDS code=0 taken
  printf '\n== %s ==\n' "$name"
  "${@:2}" || code=$?
  taken=$((SECONDS - began))
  lines+=("$(printf '%-14s %3d:%02d  %s' "$name" $((taken / 60)) $((taken % 60)) "$([ $code = 0 ] && echo passed || echo "failed (exit code $code)")")")
  [ "$failed" != 0 ] || failed=$code
  return "$code"
}

# Only the files that speak of the mark are read for the browser's tests: reading all takes as long as many of them.
# What failed is run once more, one test at a time: what fails again has failed; what passes is named, to be mended (docs/decisions/0023).
browser_tests() {
  local files cache code=0
  mapfile -t files < <(grep -rlE 'mark\.browser' tests --include='test_*.py' | sort)
  cache=$(mktemp -d)
  local run=(.venv/bin/python -m pytest -o "cache_dir=$cache" -m browser)
  "${run[@]}" -n 2 --dist worksteal "${files[@]}" || code=$?
  if [ "$code" = 1 ]; then
    printf '\n== Browser tests that failed, once more ==\n'
    code=0
    "${run[@]}" -n 0 --last-failed -rA --show-capture=no "${files[@]}" || code=$?
  fi
  rm -r "$cache"
  return "$code"
}

if part "Check" make --no-print-directory check; then
  part "Script specs" make --no-print-directory specs
  part "Tests" .venv/bin/python -m pytest -n 2 --dist worksteal -m "not browser"
  part "Browser tests" browser_tests
fi
printf '\n== Time ==\n'
printf '%s\n' "${lines[@]}"
printf '%-14s %3d:%02d\n' "Together" $((SECONDS / 60)) $((SECONDS % 60))
exit "$failed"
