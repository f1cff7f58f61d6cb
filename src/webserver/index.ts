/** What a web server of one's own is told of a release: the same rules as the edge follows. */
import { digestOf } from '../site/names.js';
import { writeApacheRules } from './apache.js';
import { writeNginxRules } from './nginx.js';
import type { RuleFile, ServedSite, WebServerKind } from './site.js';

export { webServerKinds } from './site.js';
export type { RuleFile, ServedFile, ServedSite, WebServerKind } from './site.js';

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
