/**
 * The references found in a file, remembered by the file's digest: an unchanged file is not tokenised twice,
 * wherever it lies and whatever it is called.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from './references/reference.js';
import type { Digest, MediaType } from './site.js';

export interface FoundCache {
  recall(mediaType: MediaType, digest: Digest): Found | undefined;
  remember(mediaType: MediaType, digest: Digest, found: Found): void;
  /** Writes the cache; a cache that cannot be written is no error, only slower. */
  save(): void;
}

/**
 * @param recipe names the finders' version and options: another recipe finds nothing here.
 */
export function openFoundCache(cacheDir: string | undefined, recipe: string): FoundCache {
  const file = cacheDir === undefined ? undefined : join(cacheDir, 'references.ndjson');
  const known = file === undefined ? new Map<string, string>() : load(file, recipe);
  const used = new Map<string, string>();
  let changed = false;
  return {
    recall(mediaType, digest) {
      const key = `${digest} ${mediaType}`;
      const text = known.get(key);
      if (text === undefined) return undefined;
      used.set(key, text);
      try {
        return JSON.parse(text) as Found;
      } catch {
        return undefined;
      }
    },
    remember(mediaType, digest, found) {
      changed = true;
      used.set(`${digest} ${mediaType}`, JSON.stringify(found));
    },
    save() {
      if (file === undefined || (!changed && used.size === known.size)) return;
      try {
        mkdirSync(join(file, '..'), { recursive: true });
        const temporary = `${file}.${process.pid}`;
        const lines = [recipe, ...[...used].flat()];
        writeFileSync(temporary, lines.join('\n'));
        renameSync(temporary, file);
      } catch {
        // Read-only or full: the next run finds the references again.
      }
    },
  };
}

/** First line: the recipe. Then two lines for each file: its key, and what was found as JSON (parsed only when asked for). */
function load(file: string, recipe: string): Map<string, string> {
  const known = new Map<string, string>();
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    if (lines[0] !== recipe) return known;
    for (let index = 1; index + 1 < lines.length; index += 2) {
      const key = lines[index];
      const text = lines[index + 1];
      if (key !== undefined && text !== undefined) known.set(key, text);
    }
  } catch {
    // None yet.
  }
  return known;
}
