/**
 * Content Security Policies in `<meta>`: a page whose policy does not know the CDN hosts would go blank.
 * (CSP Level 3, sections 6.7.2.8 "effective directive" and 6.7.2 source list matching.)
 */
import type { Use } from '../site/references/reference.js';

/** Which directive decides about a use, most specific first; the last resort is always default-src. */
const directivesOf: Readonly<Partial<Record<Use, readonly string[]>>> = {
  'image': ['img-src'],
  'image-cors': ['img-src'],
  'media': ['media-src'],
  'media-cors': ['media-src'],
  'track': ['media-src'],
  'style': ['style-src-elem', 'style-src'],
  'script': ['script-src-elem', 'script-src'],
  'module': ['script-src-elem', 'script-src'],
  'font': ['font-src'],
  'fetch': ['connect-src'],
};

/** One thing a page loads from another host. */
export interface Need {
  readonly use: Use;
  /** Address of the origin: `https://images.example.com`. */
  readonly url: string;
}

/** The policy with the hosts added that the needs demand; the same string when it allows them already. */
export function allowSources(policy: string, needs: readonly Need[]): string {
  let result = policy;
  for (const { use, url } of needs) {
    const wanted = directivesOf[use];
    if (wanted !== undefined) result = allowSource(result, wanted, new URL(url).origin);
  }
  return result;
}

function allowSource(policy: string, wanted: readonly string[], origin: string): string {
  const parts = policy.split(';');
  const effective = [...wanted, 'default-src']
    .map((name) => parts.findIndex((part) => directiveName(part) === name))
    .find((index) => index >= 0);
  // No directive, no restriction.
  if (effective === undefined) return policy;
  const part = parts[effective] ?? '';
  const sources = part.trim().split(/\s+/).slice(1);
  if (sources.some((source) => allows(source, origin))) return policy;
  const extended = [...sources.filter((source) => source.toLowerCase() !== "'none'"), origin].join(' ');
  const own = wanted.at(-1) ?? '';
  if (directiveName(part) === 'default-src' && own !== 'default-src') {
    // What default-src says about everything else stays as strict as it was.
    return `${policy.replace(/[;\s]*$/, '')}; ${own} ${extended}`;
  }
  const lead = /^\s*/.exec(part)?.[0] ?? '';
  parts[effective] = `${lead}${part.trim().split(/\s+/)[0] ?? ''} ${extended}`;
  return parts.join(';');
}

function directiveName(part: string): string {
  return (part.trim().split(/\s+/)[0] ?? '').toLowerCase();
}

/** Whether a source expression matches an origin (paths in it are ignored: a wider answer only means no edit). */
function allows(source: string, origin: string): boolean {
  const { protocol, host, hostname, port } = new URL(origin);
  const lower = source.toLowerCase();
  if (lower === '*' || lower === protocol) return true;
  const match = /^(?:([a-z][a-z0-9+.-]*:)\/\/)?([^/:]+)(?::(\d+|\*))?(\/.*)?$/.exec(lower);
  if (match === null) return false;
  const [, scheme, name = '', wantedPort, path] = match;
  if (path !== undefined && path !== '/') return false;
  if (scheme !== undefined && scheme !== protocol && !(scheme === 'http:' && protocol === 'https:')) return false;
  if (wantedPort !== '*' && (wantedPort ?? '') !== port) return false;
  return name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : name === hostname || `${name}:${port}` === host;
}

/** Escapes a policy for the attribute it stands in. */
export function escapePolicy(policy: string, quote: '"' | "'" | ''): string {
  const escaped = policy.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  // An unquoted value cannot hold the spaces that a policy with two sources needs.
  if (quote === '') return `"${escaped}"`;
  return quote === "'" ? escaped.replaceAll("'", '&#39;') : escaped;
}
