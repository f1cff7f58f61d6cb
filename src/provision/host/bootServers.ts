/** The part of the boot script that installs a web server and has it serve the volume. */
import type { HostSettings } from './settings.js';

type ServerName = HostSettings['instance']['server'];

/** Packages of Debian and Ubuntu, and of Amazon Linux. What is in `wished` is installed where it exists. */
const packages: Readonly<Record<ServerName, { readonly apt: string; readonly dnf: string; readonly wished: string }>> =
  {
    nginx: { apt: 'nginx', dnf: 'nginx', wished: 'libnginx-mod-http-brotli-static' },
    apache: { apt: 'apache2', dnf: 'httpd', wished: '' },
    caddy: { apt: 'caddy', dnf: 'caddy', wished: '' },
  };

/** nginx adds text/html by itself. */
const textTypes =
  'text/css text/plain text/xml text/javascript application/javascript application/json application/manifest+json ' +
  'application/rss+xml application/atom+xml application/xml image/svg+xml';

export function writeInstallation(server: ServerName): string {
  const { apt, dnf, wished } = packages[server];
  const extra = wished === '' ? '' : `\n  apt-get install -y -q --no-install-recommends ${wished} || true`;
  return `if command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 update -q
  apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends ${apt} rsync${extra}
else
  dnf install -y -q ${dnf} rsync
fi
`;
}

/** The health address answers from the volume: it tells that the server runs and that the volume is mounted. */
export function writeServing(host: HostSettings): string {
  return serving[host.instance.server](host);
}

/**
 * nginx itself says whether it knows `brotli_static` (a module that Debian has and Amazon Linux has not) and whether
 * the rules on the volume can be read: a site without them is better than none. `live` leads to the rules of the
 * release that is live; a publish switches it.
 */
export function writeNginxConfig({ volume: { mount }, health }: HostSettings): string {
  return `include ${mount}/redirects/nginx-http*.conf;
include ${mount}/live/nginx-http*.conf;
server {
  listen ${health.port} default_server;
  listen [::]:${health.port} default_server;
  gzip_static on;
  brotli_static on;
  gzip on;
  gzip_vary on;
  gzip_types ${textTypes};
  include ${mount}/redirects/nginx-server*.conf;
  include ${mount}/live/nginx-server*.conf;
  location = ${health.path} { default_type text/plain; alias ${mount}/health/ok.txt; }
}
`;
}

/** What nginx does until a publish brings rules. */
export function writeNginxBasis({ volume: { mount } }: HostSettings): string {
  return `root ${mount}/current;
index index.html;
absolute_redirect off;
charset utf-8;
charset_types ${textTypes};
error_page 403 404 =404 /404.html;
add_header Cache-Control "public, max-age=0, must-revalidate";
location ~ \\.m?js$ { types { } default_type text/javascript; }
location ~ \\.webmanifest$ { default_type application/manifest+json; }
location / { try_files $uri $uri.html $uri/ =404; }
`;
}

/** A release brings its rules as `.htaccess`. */
export function writeApacheConfig({ volume: { mount }, health }: HostSettings): string {
  return `<VirtualHost *:${health.port}>
  DocumentRoot ${mount}/current
  Alias ${health.path} ${mount}/health/ok.txt
  <Directory ${mount}>
    Options FollowSymLinks
    AllowOverride All
    Require all granted
  </Directory>
  ErrorDocument 404 /404.html
  IncludeOptional ${mount}/redirects/apache*.conf
</VirtualHost>
`;
}

const serving: Readonly<Record<ServerName, (host: HostSettings) => string>> = {
  nginx: (host) => `cat >/etc/nginx/conf.d/twinorigin.conf <<'CONF'
${writeNginxConfig(host)}CONF
cd ${host.volume.mount}
mkdir -p rules/none
cat >rules/none/nginx-server.conf <<'CONF'
${writeNginxBasis(host)}CONF
[ -L live ] || ln -s rules/none live
rm -f /etc/nginx/sites-enabled/default
nginx -t -q || sed -i '/brotli_static/d' /etc/nginx/conf.d/twinorigin.conf
nginx -t -q || sed -i '/redirects/d' /etc/nginx/conf.d/twinorigin.conf
nginx -t -q || ln -sfn rules/none live
basename "$(readlink live)" >rules/loaded
chown -R 1000:1000 rules
chown -h 1000:1000 live
cd /
systemctl enable nginx
systemctl restart nginx
`,
  apache: (host) => `dir=/etc/apache2/sites-enabled
[ -d "$dir" ] || dir=/etc/httpd/conf.d
! command -v a2enmod >/dev/null || a2enmod -q rewrite headers
cat >"$dir/000-default.conf" <<'CONF'
${writeApacheConfig(host)}CONF
if [ -d /etc/apache2 ]; then systemctl enable apache2; systemctl restart apache2; else systemctl enable httpd; systemctl restart httpd; fi
`,
  caddy: ({ volume: { mount }, health }) => `cat >/etc/caddy/Caddyfile <<'CONF'
:${health.port} {
  handle ${health.path} {
    root * ${mount}/health
    rewrite * /ok.txt
    file_server
  }
  handle {
    root * ${mount}/current
    try_files {path} {path}.html
    file_server {
      precompressed br gzip
    }
    header Cache-Control "public, max-age=0, must-revalidate"
  }
  handle_errors {
    root * ${mount}/current
    rewrite * /404.html
    file_server
  }
}
CONF
systemctl enable caddy
systemctl restart caddy
`,
};
