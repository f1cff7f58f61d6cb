/** What a new server does when it boots: waits for its volume, mounts it, and starts a web server on it. */
import type { HostSettings } from './settings.js';

const packages = { nginx: 'nginx', apache: 'apache2', caddy: 'caddy' } as const;

/**
 * The script, for Debian, Ubuntu and Amazon Linux. It waits for the volume as long as it takes: the old server may
 * still be giving it up. A volume without a file system gets one; nothing else is ever written over.
 */
export function writeUserData(host: HostSettings, volumeId: string, setup: string): string {
  const { mount } = host.volume;
  const serial = volumeId.replace('-', '');
  return `#!/bin/bash
set -eu
# On Nitro a disk is known by its volume's id, elsewhere by the name it was attached with.
disk=""
while [ -z "$disk" ]; do
  for candidate in /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${serial} /dev/xvdf /dev/sdf; do
    [ -b "$candidate" ] && disk="$candidate" && break
  done
  [ -n "$disk" ] || sleep 1
done
blkid "$disk" >/dev/null || mkfs.ext4 -q -L twinorigin "$disk"
mkdir -p ${mount}
grep -q " ${mount} " /etc/fstab || echo "$(readlink -f "$disk") ${mount} ext4 defaults,noatime,nofail 0 2" >>/etc/fstab
mountpoint -q ${mount} || mount "$disk" ${mount}
mkdir -p ${mount}/releases ${mount}/health
echo ok >${mount}/health/ok.txt
if [ ! -e ${mount}/current ]; then
  mkdir -p ${mount}/releases/empty
  ln -s releases/empty ${mount}/current
fi
if command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends ${packages[host.instance.server]} rsync
else
  dnf install -y -q ${host.instance.server === 'apache' ? 'httpd' : packages[host.instance.server]} rsync
fi
${serverScripts[host.instance.server](host)}
${setup}`;
}

/** The health address answers from the volume: it tells that the server runs and that the volume is mounted. */
const serverScripts: Readonly<Record<HostSettings['instance']['server'], (host: HostSettings) => string>> = {
  nginx: ({ volume: { mount }, health }) => `cat >/etc/nginx/conf.d/twinorigin.conf <<'CONF'
server {
  listen ${health.port} default_server;
  listen [::]:${health.port} default_server;
  root ${mount}/current;
  include ${mount}/redirects/nginx*.conf;
  location = ${health.path} { default_type text/plain; alias ${mount}/health/ok.txt; }
  location / { try_files $uri $uri/index.html $uri.html =404; }
  error_page 404 /404.html;
  add_header Cache-Control "public, max-age=0, must-revalidate";
}
CONF
rm -f /etc/nginx/sites-enabled/default
systemctl enable nginx
systemctl restart nginx`,
  apache: ({ volume: { mount }, health }) => `dir=/etc/apache2/sites-enabled
[ -d "$dir" ] || dir=/etc/httpd/conf.d
cat >"$dir/000-default.conf" <<'CONF'
<VirtualHost *:${health.port}>
  DocumentRoot ${mount}/current
  Alias ${health.path} ${mount}/health/ok.txt
  <Directory ${mount}>
    Options FollowSymLinks
    AllowOverride None
    Require all granted
  </Directory>
  ErrorDocument 404 /404.html
  IncludeOptional ${mount}/redirects/apache*.conf
</VirtualHost>
CONF
if [ -d /etc/apache2 ]; then systemctl enable apache2; systemctl restart apache2; else systemctl enable httpd; systemctl restart httpd; fi`,
  caddy: ({ volume: { mount }, health }) => `cat >/etc/caddy/Caddyfile <<'CONF'
:${health.port} {
  handle ${health.path} {
    root * ${mount}/health
    rewrite * /ok.txt
    file_server
  }
  handle {
    root * ${mount}/current
    try_files {path} {path}/index.html {path}.html
    file_server
  }
}
CONF
systemctl enable caddy
systemctl restart caddy`,
};
