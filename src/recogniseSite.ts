/**
 * Recognises a site by all that decides what becomes of it, so that one that is live already need not be built again to
 * find that out: finding references, naming and rewriting are most of the work of a publish that has nothing to do.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteBuild } from './build/build.js';
import type { Config } from './config.js';
import type { Problem } from './problems.js';
import { digestOf } from './site/names.js';
import type { Digest, Site } from './site/site.js';

/** What a build came to, without its objects. */
export interface KnownBuild {
  readonly root: Digest;
  readonly objects: number;
  readonly bytes: SiteBuild['bytes'];
  readonly problems: readonly Problem[];
}

export interface Recognition {
  /** What the same site came to under the same configuration and program. */
  recall(): KnownBuild | undefined;
  /** A cache that cannot be written is no error, only slower. */
  remember(build: KnownBuild): void;
}

/** @param program changes with every version of the program's code. */
export function openRecognition(config: Config, site: Site, program: string): Recognition {
  const settings = JSON.stringify(config);
  const file = join(config.cacheDir, `built-${digestOf(settings).slice(0, 16)}.json`);
  const key = keyOf(site, `${program}\0${settings}`);
  return {
    recall() {
      try {
        const found = JSON.parse(readFileSync(file, 'utf8')) as { readonly key?: unknown; readonly build: KnownBuild };
        return found.key === key ? found.build : undefined;
      } catch {
        return undefined;
      }
    },
    remember({ root, objects, bytes, problems }) {
      try {
        mkdirSync(config.cacheDir, { recursive: true });
        const temporary = `${file}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify({ key, build: { root, objects, bytes, problems } }));
        renameSync(temporary, file);
      } catch {
        // Read-only or full: the next run builds the site.
      }
    },
  };
}

/** Digest over everything that a build and its messages are made from. */
function keyOf({ root, files, rules, problems }: Site, circumstances: string): string {
  const hash = createHash('sha256').update(JSON.stringify([circumstances, root, rules, problems]));
  for (const { path, size, digest, mediaType, charset } of files.values())
    hash.update(`\n${JSON.stringify(path)} ${size} ${digest} ${mediaType} ${charset ?? ''}`);
  return hash.digest('hex');
}
