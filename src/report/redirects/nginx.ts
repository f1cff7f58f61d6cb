/** Redirects for nginx: a map, which is one lookup however many there are. */
import { sortRedirects, type Redirect } from './redirect.js';

export interface NginxRedirects {
  /** The maps, to be included in `http { }`. */
  readonly http: string;
  /** What asks them, to be included in `server { }`. */
  readonly server: string;
}

/** `ngx_http_map_module`: `$uri` is decoded and normalised; values are not looked into but for variables. */
export function writeNginx(redirects: Iterable<Redirect>): NginxRedirects {
  const all = sortRedirects(redirects);
  const statuses = [...new Set(all.map(({ status }) => status))];
  const longest = Math.max(0, ...all.map(({ from, query }) => Buffer.byteLength(`${from}?${query ?? ''}`)));
  const lines = [
    '# Include this in http { }, and nginx-server.conf in server { }.',
    // A key must fit into a bucket, with room for bookkeeping (nginx, "Setting up hashes").
    `map_hash_bucket_size ${2 ** Math.max(7, Math.ceil(Math.log2(longest + 64)))};`,
    `map_hash_max_size ${2 ** Math.max(11, Math.ceil(Math.log2(all.length * 2 + 1)))};`,
  ];
  const rules = ['# Include this in server { }, and nginx-http.conf in http { }.'];
  for (const status of statuses)
    for (const withQuery of [true, false]) {
      const some = all.filter((one) => one.status === status && (one.query !== undefined) === withQuery);
      if (some.length === 0) continue;
      const variable = `$twinorigin_${withQuery ? 'query' : 'path'}_${status}`;
      lines.push(`map ${withQuery ? '"$uri?$args"' : '$uri'} ${variable} {`, '    default "";');
      for (const { from, query, to } of some)
        lines.push(`    ${quote(query === undefined ? from : `${from}?${query}`)} ${quote(to)};`);
      lines.push('}');
      rules.push(`if (${variable}) { return ${status} ${variable}; }`);
    }
  return { http: `${lines.join('\n')}\n`, server: `${rules.join('\n')}\n` };
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
