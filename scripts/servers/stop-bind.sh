#!/usr/bin/env bash
# Stops what start-bind.sh started.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
dir="${BIND_DIR:-$here/../../node_modules/.cache/servers/bind}"
[ -f "$dir/pid" ] || exit 0
pid="$(cat "$dir/pid")"
# The number may belong to somebody else by now.
if grep -qz "named.conf" "/proc/$pid/cmdline" 2>/dev/null; then
  kill "$pid"
  for _ in $(seq 1 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
fi
rm -f "$dir/pid"
