/** What a web server of one's own is told of a release: the same rules as the edge follows. */
import { digestOf } from '../site/names.js';
import { writeApacheRules } from './apache.js';
import { writeIisRules } from './iis.js';
import { writeNginxRules } from './nginx.js';
import type { RuleFile, RuleKind, ServedSite, WebServerKind } from './site.js';

export { ruleKinds, webServerKinds } from './site.js';
export type { RuleFile, RuleKind, ServedFile, ServedSite, WebServerKind } from './site.js';

/** Names the rules of a release: `<server>-<digest>`, so that equal rules have one name. */
export const generationFile = '.twinorigin/generation';

/** @param folder on the server that holds `releases` and `rules`. */
export function writeServerRules(kind: WebServerKind, site: ServedSite, folder: string): readonly RuleFile[] {
  if (kind === 'apache') {
    const text = writeApacheRules(site);
    return [
      { path: '.htaccess', text },
      { path: generationFile, text: `apache-${digestOf(text).slice(0, 12)}\n` },
    ];
  }
  const { http, server } = writeNginxRules(site, '');
  const generation = `nginx-${digestOf(http + server).slice(0, 12)}`;
  const placed = writeNginxRules(site, `${folder}/rules/${generation}/site`);
  return [
    { path: '.twinorigin/nginx-http.conf', text: placed.http },
    { path: '.twinorigin/nginx-server.conf', text: placed.server },
    { path: generationFile, text: `${generation}\n` },
  ];
}

/** The rules as they are put into a folder that somebody brings to the server. @param folder where that will be. */
export function writeRulesForFolder(kind: RuleKind, site: ServedSite, folder: string): readonly RuleFile[] {
  if (kind === 'apache') return [{ path: '.htaccess', text: writeApacheRules(site) }];
  if (kind === 'iis') return [{ path: 'web.config', text: writeIisRules(site) }];
  const { http, server } = writeNginxRules(site, folder);
  return [
    { path: '.twinorigin/nginx-http.conf', text: http },
    { path: '.twinorigin/nginx-server.conf', text: server },
  ];
}
