#!/usr/bin/env bash
# Starts BIND 9 as the primary server of example.test on the loopback, with dynamic updates signed by a key.
#   BIND_PORT    port for UDP and TCP (5354)
#   BIND_DIR     folder for everything (node_modules/.cache/servers/bind)
#   BIND_SECRET  secret of the keys in base64
# Keys: host-key (hmac-sha256) and wide-key (hmac-sha512) may change example.test, narrow-key may not. They lie in
# $BIND_DIR/*.key. other.test is served too, and takes no updates.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
port="${BIND_PORT:-5354}"
dir="${BIND_DIR:-$here/../../node_modules/.cache/servers/bind}"
secret="${BIND_SECRET:-dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHMgb25seSE=}"
command -v named >/dev/null || {
  echo "BIND is not installed: apt-get install --no-install-recommends bind9 bind9-dnsutils" >&2
  exit 1
}
mkdir -p "$dir"
dir="$(cd "$dir" && pwd)"

if [ -f "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
  echo "BIND is running already (pid $(cat "$dir/pid"))"
  exit 0
fi

write_key() { # NAME ALGORITHM
  echo "key \"$1\" { algorithm $2; secret \"$secret\"; };" >"$dir/$1.key"
}
write_key host-key hmac-sha256
write_key wide-key hmac-sha512
write_key narrow-key hmac-sha256

write_zone() { # NAME
  cat >"$dir/$1.zone" <<ZONE
\$TTL 300
@   IN SOA ns1.$1. hostmaster.$1. ( 1 60 30 3600 5 )
@   IN NS  ns1.$1.
ns1 IN A   127.0.0.1
old IN A   192.0.2.10
ZONE
}
write_zone example.test
write_zone other.test

cat >"$dir/named.conf" <<CONF
include "$dir/host-key.key";
include "$dir/wide-key.key";
include "$dir/narrow-key.key";
options {
  directory "$dir";
  pid-file "$dir/pid";
  session-keyfile "$dir/session.key";
  listen-on port $port { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
  max-journal-size 10m;
};
controls { };
zone "example.test" {
  type primary;
  file "$dir/example.test.zone";
  update-policy {
    grant host-key zonesub ANY;
    grant wide-key zonesub ANY;
    grant narrow-key name nothing.example.test. A;
  };
};
zone "other.test" { type primary; file "$dir/other.test.zone"; };
CONF
named-checkconf "$dir/named.conf"

# Not as root where that can be had: the folder may lie below one that only its owner may enter. named gives up the
# right to write everywhere even as root, so the folder belongs to whoever runs it.
as=()
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
  chown -R nobody "$dir"
  "${as[@]}" test -w "$dir" || {
    as=()
    chown -R root "$dir"
  }
fi
setsid ${as[@]+"${as[@]}"} named -g -n 1 -c "$dir/named.conf" >"$dir/log" 2>&1 </dev/null &
started=$!

for _ in $(seq 1 300); do
  kill -0 "$started" 2>/dev/null || break
  if [ -f "$dir/pid" ] && dig +short +time=1 +tries=1 -p "$port" @127.0.0.1 ns1.example.test A | grep -q 127.0.0.1; then
    echo "BIND is ready on 127.0.0.1:$port (pid $(cat "$dir/pid"))"
    exit 0
  fi
  sleep 0.1
done
echo "BIND did not start:" >&2
tail -n 20 "$dir/log" >&2
exit 1
