/** The names under which the local edge answers. */
import type { OriginName } from '../build/build.js';

/** First label of each origin's host name. */
export const hostLabels: Readonly<Record<OriginName, string>> = {
  images: 'images',
  resources: 'resources',
  pages: 'www',
};

const hosts: ReadonlyMap<string, OriginName | 'front'> = new Map([
  ['images.localhost', 'images'],
  ['resources.localhost', 'resources'],
  ['www.localhost', 'pages'],
  ['localhost', 'front'],
  ['127.0.0.1', 'front'],
  ['[::1]', 'front'],
]);

/** The public address of an origin at the local edge. */
export function edgeUrl(origin: OriginName, port: number): string {
  return `http://${hostLabels[origin]}.localhost:${port}`;
}

/**
 * Who answers for a Host header. Undefined for every other name: a site on the internet whose name was pointed at
 * 127.0.0.1 (DNS rebinding) must not reach local files.
 */
export function readHost(host: string | undefined): OriginName | 'front' | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+?)\.?(?::\d{1,5})?$/i.exec(host ?? '');
  if (!match) return undefined;
  const name = match[1]!.toLowerCase();
  // Previews have names of their own: `draft--www.localhost`.
  return hosts.get(name) ?? (/^[a-z0-9-]+--www\.localhost$/.test(name) ? 'pages' : undefined);
}
