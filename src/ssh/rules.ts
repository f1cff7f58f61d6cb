/**
 * Shell text that makes a web server follow the rules of a release.
 *
 * nginx reads its configuration only when told, and a reload ends connections that are kept open. So rules have a name
 * of their own (`rules/<generation>`), with a link `site` to the release they serve. A release with the rules of the one
 * before is switched to by that link, one rename. New rules are proven first; then nginx reads them: its old processes
 * go on with the old rules and the old release, the new ones have both new. `rules/loaded` says which it has read.
 *
 * Apache reads `.htaccess` in the folder of the release at each request: the link `current` switches both.
 */
import type { WebServer } from '../config.js';
import { refusedRules, unloadedRules } from './run.js';

const asRoot = 'as_root() { [ "$(id -u)" = 0 ] || set -- sudo -n "$@"; "$@"; }; PATH=$PATH:/usr/sbin:/sbin';
const generationOf = (release: string): string =>
  `g=$(cat ${release}/.twinorigin/generation 2>/dev/null); case "$g" in nginx-*) ;; *) g=none ;; esac`;

/** Prints what `current` leads to, or nothing where the server does not serve that with its own rules. */
export function printLive({ server }: WebServer): string {
  if (server !== 'nginx') return 'readlink current || echo';
  return (
    `l=$(readlink current); ${generationOf('current')}; ` +
    `[ "$(cat rules/loaded 2>/dev/null || echo none)" = "$g" ] || l=; ` +
    `[ "$g" = none ] || { [ "$(readlink live)" = "rules/$g" ] && [ "$(readlink "rules/$g/site")" = "../../$l" ]; } || l=; ` +
    `echo "$l"`
  );
}

/** Asks the web server whether it takes the rules of a release; leaves everything as it is. */
export function proveRules(target: WebServer, release: string): string | undefined {
  if (target.server === 'apache') {
    const command = target.test ?? 'as_root $(command -v apache2ctl || command -v httpd) -t';
    const file = `${target.folder}/.${release}.conf`;
    return (
      `${asRoot}; d=${target.folder}/releases/${release}; [ -f $d/.htaccess ] || exit 0; ` +
      `printf '<Directory "%s">\\nInclude "%s"\\n</Directory>\\n' $d $d/.htaccess >${file} && ` +
      `said=$(${command} -c "Include ${file}" 2>&1); code=$?; rm -f ${file}; ` +
      `[ $code = 0 ] || { echo "$said" >&2; exit ${refusedRules}; }`
    );
  }
  if (target.server !== 'nginx') return undefined;
  return (
    `${enterRules(target, release)}; [ "$(cat rules/loaded 2>/dev/null)" != "$g" ] || exit 0; ` +
    `${lead('site', `../../releases/${release}`, '"rules/$g/"')}; ${tryRules}; put_back`
  );
}

/** Switches nginx to a release. */
export function switchRules(target: WebServer, release: string): string {
  if (target.server !== 'nginx') return ':';
  const reload = target.reload ?? 'as_root nginx -s reload';
  return (
    `${enterRules(target, release)}; ${lead('site', `../../releases/${release}`, '"rules/$g/"')}; ` +
    `if [ "$(cat rules/loaded 2>/dev/null)" != "$g" ]; then rm -f rules/loaded; ${tryRules}; ` +
    `said=$(${reload} 2>&1) || { put_back; echo "$said" >&2; exit ${unloadedRules}; }; ` +
    `echo "$g" >rules/.loaded && mv -T rules/.loaded rules/loaded; fi`
  );
}

/** Rules that serve no release any more. */
export const letGoOfRules = 'for one in rules/nginx-*; do [ -e "$one/site/." ] || rm -rf "$one"; done';

function enterRules(target: WebServer, release: string): string {
  const command = target.test ?? 'as_root nginx -t';
  return (
    `${asRoot}; r=releases/${release}; ${generationOf('$r')}; ` +
    `mkdir -p "rules/none"; if [ ! -d "rules/$g" ]; then rm -rf "rules/.$g"; mkdir "rules/.$g" && ` +
    `cp $r/.twinorigin/nginx-*.conf "rules/.$g/" && mv -T "rules/.$g" "rules/$g" || exit 1; fi; ` +
    `was=$(readlink live); had=$(cat rules/loaded 2>/dev/null); ` +
    `put_back() { if [ -n "$was" ]; then ${lead('live', '$was')}; else rm -f live; fi; ` +
    `[ -z "$had" ] || echo "$had" >rules/loaded; }; prove() { ${command} 2>&1; }`
  );
}

const tryRules = `${lead('live', 'rules/$g')}; said=$(prove) || { put_back; echo "$said" >&2; exit ${refusedRules}; }`;

/** One rename. @param folder with its slash. */
function lead(name: string, to: string, folder = ''): string {
  return `ln -sfn "${to}" ${folder}.${name}.next && mv -T ${folder}.${name}.next ${folder}${name} || exit 1`;
}
