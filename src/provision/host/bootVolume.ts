/** The part of the boot script that finds the volume and mounts it, and never writes over anything. */
import type { HostSettings } from './settings.js';

/**
 * Waits for the volume as long as it takes (the old server may still be giving it up), gives it a file system only when
 * it is blank, and mounts it by its UUID: the kernel's names of disks change from boot to boot.
 *
 * "Blank" is asked four times, because a wrong yes would be the end of the site: blkid finds nothing (exit code 2;
 * every other one is an error or an ambiguity, blkid(8)), wipefs knows no signature, lsblk no partition, and the first
 * MiB reads as zeros, as that of a new EBS volume does. A disk that cannot be read answers none of them.
 */
export function writeMounting({ volume: { mount } }: HostSettings, volumeId: string): string {
  return `fail() {
  echo "twinorigin: $*" >&2
  exit 1
}

# On Nitro a disk tells the id of its volume; before that it has the name it was attached with, and tells nothing.
find_disk() {
  lsblk -dnpro NAME,SERIAL | awk -v volume=${volumeId.replace('-', '')} '
    { gsub(/\\\\x20/, "", $2) }
    $2 == volume || ($2 == "" && ($1 == "/dev/xvdf" || $1 == "/dev/sdf")) { print $1; exit }'
}

is_blank() {
  local signatures parts
  signatures=$(wipefs -n "$1") || return 1
  parts=$(lsblk -nro NAME "$1") || return 1
  [ -z "$signatures" ] && [ "$(echo "$parts" | wc -l)" -eq 1 ] && cmp -s -n 1048576 "$1" /dev/zero
}

disk=""
while [ -z "$disk" ]; do
  disk=$(find_disk) || disk=""
  [ -n "$disk" ] || sleep 1
done
# A disk that has just been attached may answer with an error at first.
for try in 1 2 3 4 5; do
  code=0
  blkid -p "$disk" >/dev/null || code=$?
  case "$code" in 0 | 2) break ;; esac
  sleep 2
done
case "$code" in
  0) ;;
  2)
    is_blank "$disk" || fail "$disk (${volumeId}) has no file system, but is not blank either. Nothing was written to it: look at it by hand."
    mkfs.ext4 -q -L twinorigin "$disk"
    ;;
  *) fail "blkid ended with $code on $disk (${volumeId}). Nothing was written to it: look at it by hand." ;;
esac
uuid=$(blkid -p -s UUID -o value "$disk") || uuid=""
[ -n "$uuid" ] || fail "$disk (${volumeId}) holds no file system that has a UUID. Nothing was written to it."
mkdir -p ${mount}
sed -i '\\| ${mount} |d' /etc/fstab
echo "UUID=$uuid ${mount} auto defaults,noatime,nofail 0 2" >>/etc/fstab
mountpoint -q ${mount} || mount ${mount}
`;
}

/**
 * The keys by which clients know the server live on the volume: the next server has them too, and nobody's known_hosts
 * contradicts it. The first server gives them its own.
 */
export function writeHostKeys({ volume: { mount } }: HostSettings): string {
  return `if [ ! -d ${mount}/ssh ]; then
  rm -rf ${mount}/ssh.partial
  mkdir -m 700 ${mount}/ssh.partial
  cp -p /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub ${mount}/ssh.partial/
  mv -T ${mount}/ssh.partial ${mount}/ssh
fi
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
install -m 600 ${mount}/ssh/ssh_host_*_key /etc/ssh/
install -m 644 ${mount}/ssh/ssh_host_*_key.pub /etc/ssh/
systemctl restart ssh 2>/dev/null || systemctl restart sshd || true
`;
}
