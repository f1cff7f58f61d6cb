/** Names in which a bundler has put a hash of the content. */
import { posix } from 'node:path';
import type { LogicalPath } from '../site/site.js';

/**
 * The files whose name may serve as a fingerprint. A wrong yes would publish changing bytes under a name that is cached
 * for a year, a wrong no only renames a file once more: so the rules are strict, and only where most of a folder keeps
 * them, hashes that look like words are taken for hashes too.
 */
export function findHashedNames(paths: Iterable<LogicalPath>): ReadonlySet<LogicalPath> {
  const hashed = new Set<LogicalPath>();
  const folders = new Map<string, LogicalPath[]>();
  for (const path of paths) {
    const folder = posix.dirname(path);
    const files = folders.get(folder);
    if (files === undefined) folders.set(folder, [path]);
    else files.push(path);
  }
  for (const files of folders.values()) {
    const sure = files.filter((path) => isHashed(path, surely));
    for (const path of sure) hashed.add(path);
    const likely = files.filter((path) => isHashed(path, probably));
    if (sure.length >= 2 && likely.length >= files.length * 0.8) for (const path of likely) hashed.add(path);
  }
  return hashed;
}

/** Folders in which a framework keeps nothing but files of one build under names of that build. */
const frameworkFolders = /^(?:.*\/)?(?:_next\/static\/(?:chunks|css|media)|_app\/immutable)\//;
/** Next.js: files in a folder that is named after the build. */
const buildFolder = /(?:^|\/)_next\/static\/[\w-]{16,}\/_\w+\.js$/;

/** What may stand behind the hash: `main.8f3a2c1b.chunk.js`, `index.md.B3xYz123.lean.js`. */
const endings = /(?:\.(?:min|chunk|bundle|module|esm|iife|prod|lean|async|legacy))+$/;

function isHashed(path: LogicalPath, test: (token: string) => boolean): boolean {
  if (frameworkFolders.test(path) || buildFolder.test(path)) return true;
  const { name, ext } = posix.parse(path.replace(/\.map$/, ''));
  if (ext === '' || ext === '.html') return false;
  const stem = name.replace(endings, '');
  // `index-B3xYz123`, `main.8f3a2c1b`, `B3xYz123`: base64url itself has `-` and `_`, so eight characters are also cut off.
  const last = /(?:^|[.~-])([\w]+)$/.exec(stem)?.[1] ?? '';
  // Cameras write such names too (`2K5A2345.jpg`): alone, only a long number is a hash.
  if (last === stem) return /^[\da-f]{16,64}$/.test(last) && surely(last);
  return test(last) || (/[.-]$/.test(stem.slice(0, -8)) && test(stem.slice(-8)));
}

function surely(token: string): boolean {
  // Hexadecimal, as of webpack, Parcel, Gatsby: letters and digits mixed, so neither a date nor a word.
  if (/^[\da-f]{8,64}$/.test(token)) return /\d/.test(token) && /[a-f]/.test(token);
  // Eight characters of base64url (Rollup, Vite) or base32 (esbuild). Four small letters in a row may be a word, digits at
  // the end alone a version or a number.
  if (!/^[\w-]{8}$/.test(token) || /[a-z]{4}/.test(token)) return false;
  if (!/[a-z]/.test(token) && !/^[A-Z2-7]{8}$/.test(token)) return false;
  return /\d/.test(token.replace(/[\d]+$/, '')) && /[A-Z]/.test(token);
}

function probably(token: string): boolean {
  return surely(token) || (/^[\w-]{8}$/.test(token) && /[A-Z]/.test(token.slice(1)));
}
