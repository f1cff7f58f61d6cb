#!/usr/bin/env bash
# Stops the moto server that start-moto.sh started (same MOTO_DIR); no other.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
dir="${MOTO_DIR:-$here/../../node_modules/.cache/servers/moto}"
[ -f "$dir/pid" ] || exit 0
pid="$(cat "$dir/pid")"
if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q 'moto.server'; then
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 1 50); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
fi
rm -f "$dir/pid"
