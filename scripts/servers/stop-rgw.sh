#!/usr/bin/env bash
# Stops the Ceph that start-rgw.sh started (same RGW_DIR), no other, and removes what it wrote.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
dir="${RGW_DIR:-$here/../../node_modules/.cache/servers/rgw}"
[ -d "$dir" ] || exit 0
dir="$(cd "$dir" && pwd)"

for daemon in rgw osd mon; do
  file="$dir/run/$daemon.pid"
  [ -f "$file" ] || continue
  pid="$(cat "$file")"
  # Only what runs with this very configuration.
  if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$dir/ceph.conf"; then
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 1 50); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
  fi
done
rm -rf "$dir/mon" "$dir/osd" "$dir/rgw" "$dir/run" "$dir/log" "$dir/keyring" "$dir/monmap" "$dir/ceph.conf" "$dir/apt.log"
rmdir "$dir" 2>/dev/null || true
