/**
 * The references found in a file, remembered by the file's digest: an unchanged file is not tokenised twice,
 * wherever it lies and whatever it is called.
 */
import { join } from 'node:path';
import { openPack } from './pack.js';
import type { Found } from './references/reference.js';
import type { Digest, MediaType } from './site.js';

export interface FoundCache {
  recall(mediaType: MediaType, digest: Digest): Found | undefined;
  /** @returns the same, without the file's text: a piece of a string keeps all of it in memory. */
  remember(mediaType: MediaType, digest: Digest, found: Found): Found;
  save(): void;
}

/** @param recipe names the finders' version and options: another recipe finds nothing here. */
export function openFoundCache(cacheDir: string | undefined, recipe: string): FoundCache {
  const pack = openPack(cacheDir === undefined ? undefined : join(cacheDir, 'references.pack'), recipe);
  return {
    recall(mediaType, digest) {
      const text = pack.get(`${digest} ${mediaType}`);
      try {
        return text === undefined ? undefined : (JSON.parse(text) as Found);
      } catch {
        return undefined;
      }
    },
    remember: (mediaType, digest, found) => {
      const text = JSON.stringify(found);
      pack.set(`${digest} ${mediaType}`, text);
      return JSON.parse(text) as Found;
    },
    save: () => {
      pack.save();
    },
  };
}
