#!/usr/bin/env bash
# Starts a whole Ceph on the loopback, as small as it gets: one monitor, one store in memory, one S3 gateway (radosgw).
# Installs Debian's packages where they are missing (needs root for that).
#   RGW_PORT                   port of the gateway (7480)
#   RGW_MON_PORT               port of the monitor; the next one is used too (23300)
#   RGW_DIR                    everything it writes (node_modules/.cache/servers/rgw); must not exist, or be stopped
#   RGW_ACCESS_KEY, RGW_SECRET_KEY   of the one user (twinorigin, twinorigin-secret)
# Takes about 13 seconds, 30 with the packages.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
port="${RGW_PORT:-7480}"
mon_port="${RGW_MON_PORT:-23300}"
dir="${RGW_DIR:-$here/../../node_modules/.cache/servers/rgw}"
access_key="${RGW_ACCESS_KEY:-twinorigin}"
secret_key="${RGW_SECRET_KEY:-twinorigin-secret}"

die() {
  echo "$1" >&2
  for log in "$dir"/log/*.out "$dir"/log/*.log; do
    [ -s "$log" ] && { echo "--- $log" >&2; tail -n 10 "$log" >&2; }
  done
  exit 1
}

# The daemons leave their pids here; radosgw goes to the background by itself like the others.
alive() {
  [ -f "$dir/run/$1.pid" ] && kill -0 "$(cat "$dir/run/$1.pid")" 2>/dev/null
}

installed() {
  local program
  for program in radosgw radosgw-admin ceph ceph-mon ceph-osd; do command -v "$program" >/dev/null || return 1; done
}

if ! installed; then
  [ "$(id -u)" = 0 ] || { echo "radosgw, ceph-mon and ceph-osd are not installed (apt-get install radosgw ceph-mon ceph-osd)" >&2; exit 1; }
  export DEBIAN_FRONTEND=noninteractive
  mkdir -p "$dir"
  {
    apt-get -o DPkg::Lock::Timeout=300 update
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends radosgw ceph-mon ceph-osd
  } >"$dir/apt.log" 2>&1 || { tail -n 20 "$dir/apt.log" >&2; exit 1; }
fi

if alive rgw; then
  echo "radosgw is running already (pid $(cat "$dir/run/rgw.pid"))"
  exit 0
fi
# The store is in memory: what is left of an earlier run is worth nothing.
RGW_DIR="$dir" bash "$here/stop-rgw.sh"
mkdir -p "$dir"/{mon,osd/0,rgw,log,run}
dir="$(cd "$dir" && pwd)"
fsid="$(cat /proc/sys/kernel/random/uuid)"
conf="$dir/ceph.conf"

# ms mon client mode: without it radosgw waits for ever, because it wants encryption and there is no authentication.
# tcp_nodelay: without it every answer takes 40 ms (Nagle's algorithm against delayed acknowledgements).
# admin socket: its path would be too long for a socket in deep folders.
cat >"$conf" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$mon_port,v1:127.0.0.1:$((mon_port + 1))]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
ms mon client mode = crc
admin socket =
keyring = $dir/keyring
run dir = $dir/run
crash dir = $dir/log
log file = $dir/log/\$name.log
mon cluster log file = $dir/log/cluster.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
mon pg warn min per osd = 0
mon warn on pool no redundancy = false
mon data avail warn = 1
mon data avail crit = 0
mon osd full ratio = 0.99
mon osd nearfull ratio = 0.98
mon osd backfillfull ratio = 0.985
osd failsafe full ratio = 0.995
debug ms = 0/0
debug rgw = 0/0
debug osd = 0/0
debug mon = 0/0
debug paxos = 0/0
debug auth = 0/0
debug monc = 0/0
debug rocksdb = 0/0
debug objecter = 0/0
[mon.a]
mon data = $dir/mon/a
pid file = $dir/run/mon.pid
[osd.0]
osd data = $dir/osd/0
pid file = $dir/run/osd.pid
osd objectstore = memstore
memstore device bytes = 4294967296
memstore page size = 65536
osd class load list = *
osd class default list = *
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw data = $dir/rgw
pid file = $dir/run/rgw.pid
rgw dns name = localhost
rgw enable usage log = false
rgw enable ops log = false
CONF

export CEPH_CONF="$conf"
{
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n client.rgw.a --cap mon 'allow *' --cap osd 'allow *'
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port,v1:127.0.0.1:$((mon_port + 1))]" "$dir/monmap"
  ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
  ceph-mon -c "$conf" -i a
} >"$dir/log/mon.out" 2>&1 || die "the monitor did not start"

{
  uuid="$(cat /proc/sys/kernel/random/uuid)"
  timeout 60 ceph -c "$conf" osd new "$uuid" 0
  ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$uuid" --no-mon-config
  ceph-osd -c "$conf" -i 0
} >"$dir/log/osd.out" 2>&1 || die "the store did not start"
for _ in $(seq 1 100); do
  timeout 20 ceph -c "$conf" osd stat 2>/dev/null | grep -q '1 up' && break
  sleep 0.2
done

timeout 120 radosgw -c "$conf" -n client.rgw.a >"$dir/log/rgw.out" 2>&1 || die "radosgw did not start"
for _ in $(seq 1 300); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.2
done
(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || die "radosgw does not listen"

timeout 60 radosgw-admin -c "$conf" -n client.rgw.a --pid-file '' user create --uid=twinorigin --display-name=twinorigin \
  --access-key="$access_key" --secret-key="$secret_key" >"$dir/log/user.out" 2>&1 || die "the user was not made"
echo "radosgw is ready on http://127.0.0.1:$port (pid $(cat "$dir/run/rgw.pid"))"
