#!/usr/bin/env bash
# Starts a moto server (a simulation of AWS in Python) on the loopback.
#   MOTO_PORT   port (5555)
#   MOTO_DIR    folder for the log and the pid file (node_modules/.cache/servers/moto)
# State is in memory and gone when it stops.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
port="${MOTO_PORT:-5555}"
dir="${MOTO_DIR:-$here/../../node_modules/.cache/servers/moto}"
mkdir -p "$dir"

if [ -f "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
  echo "moto is running already (pid $(cat "$dir/pid"))"
  exit 0
fi
python3 -c 'import moto' 2>/dev/null || {
  echo "The Python package moto (with its server) is not installed: pip install 'moto[server]'" >&2
  exit 1
}

# Bodies stay in memory, which narrows the moment between check and write of a conditional put.
export MOTO_S3_DEFAULT_KEY_BUFFER_SIZE="${MOTO_S3_DEFAULT_KEY_BUFFER_SIZE:-1073741824}"
setsid python3 -m moto.server -H 127.0.0.1 -p "$port" >"$dir/log" 2>&1 </dev/null &
echo $! >"$dir/pid"

for _ in $(seq 1 300); do
  kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "moto is ready on http://127.0.0.1:$port (pid $(cat "$dir/pid"))"
    exit 0
  fi
  sleep 0.1
done
echo "moto did not start:" >&2
tail -n 20 "$dir/log" >&2
exit 1
