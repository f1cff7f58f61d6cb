/** Redirects for IIS: `web.config` with rewrite maps (URL Rewrite module 2). */
import { encodedFrom, sortRedirects, type Redirect } from './redirect.js';

const types: Readonly<Record<Redirect['status'], string>> = {
  301: 'Permanent',
  302: 'Found',
  307: 'Temporary',
  308: 'Permanent', // IIS knows no 308
};

export function writeIis(redirects: Iterable<Redirect>): string {
  const all = sortRedirects(redirects);
  const maps: string[] = [];
  const rules: string[] = [];
  for (const type of [...new Set(all.map(({ status }) => types[status]))])
    for (const withQuery of [true, false]) {
      const some = all.filter((one) => types[one.status] === type && (one.query !== undefined) === withQuery);
      if (some.length === 0) continue;
      const name = `twinorigin ${type}${withQuery ? ' with query' : ''}`;
      const seen = new Set<string>();
      maps.push(`        <rewriteMap name="${name}">`);
      for (const redirect of some) {
        const key = withQuery ? `${encodedFrom(redirect)}?${redirect.query ?? ''}` : redirect.from;
        // Maps are compared without regard to case, and a key that is there twice is an error.
        if (seen.has(key.toLowerCase())) continue;
        seen.add(key.toLowerCase());
        maps.push(`          <add key="${escape(key)}" value="${escape(redirect.to)}" />`);
      }
      maps.push('        </rewriteMap>');
      rules.push(
        `        <rule name="${name}" stopProcessing="true">`,
        '          <match url=".*" />',
        '          <conditions>',
        `            <add input="{${name}:{${withQuery ? 'REQUEST_URI' : 'PATH_INFO'}}}" pattern="(.+)" />`,
        '          </conditions>',
        `          <action type="Redirect" url="{C:1}" appendQueryString="false" redirectType="${type}" />`,
        '        </rule>',
      );
    }
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<configuration>',
    '  <system.webServer>',
    '    <rewrite>',
    '      <rewriteMaps>',
    ...maps,
    '      </rewriteMaps>',
    '      <rules>',
    ...rules,
    '      </rules>',
    '    </rewrite>',
    '  </system.webServer>',
    '</configuration>',
    '',
  ].join('\n');
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
