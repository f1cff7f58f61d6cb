/** Content as it is served, before compression: a site file with edits applied. */
import { createHash } from 'node:crypto';
import type { Pack } from '../site/pack.js';
import { digestOf, parseDigest } from '../site/names.js';
import type { Digest, Site, SiteFile } from '../site/site.js';
import { splice, type Edit } from './rewrite.js';

export interface Served {
  readonly file: SiteFile;
  readonly edits: readonly Edit[];
  /** SHA-256 of the content with the edits applied. */
  readonly digest: Digest;
  /** Its length in bytes. */
  readonly size: number;
}

/** Serves files with edits; remembers the digest of every result, so that an unchanged file is not read again. */
export interface Server {
  serve(file: SiteFile, edits: readonly Edit[]): Promise<Served>;
  /** The content itself. */
  read(served: Served): Promise<Buffer>;
  /** Where the file lies on disk, when it does. */
  locate(served: Served): string | undefined;
  /**
   * Metadata for an integrity attribute (W3C Subresource Integrity), one hash for each algorithm of `before`, the value
   * it replaces; `sha384-…` where that names none.
   */
  integrityOf(served: Served, before?: string): Promise<string>;
}

export function createServer(site: Site, pack: Pack): Server {
  const read = async ({ file, edits }: Served) => splice(await site.read(file), edits);
  return {
    read,
    locate: ({ file }) => site.locate(file),
    async serve(file, edits) {
      if (edits.length === 0) return { file, edits, digest: file.digest, size: file.size };
      const key = digestOf(`${file.digest}\0${JSON.stringify(edits)}`);
      const known = pack.get(key)?.split(' ');
      if (known?.[0] !== undefined) return { file, edits, digest: parseDigest(known[0]), size: Number(known[1]) };
      const bytes = splice(await site.read(file), edits);
      const digest = digestOf(bytes);
      pack.set(key, `${digest} ${bytes.length}`);
      return { file, edits, digest, size: bytes.length };
    },
    async integrityOf(served, before = '') {
      const algorithms = [...new Set(before.match(/sha(?:256|384|512)(?=-)/g))];
      const values: string[] = [];
      let content: Buffer | undefined;
      for (const algorithm of algorithms.length === 0 ? ['sha384'] : algorithms) {
        const key = `${algorithm} ${served.digest}`;
        let value = pack.get(key);
        if (value === undefined) {
          content ??= await read(served);
          value = hashExpression(algorithm, content);
          pack.set(key, value);
        }
        values.push(value);
      }
      return values.join(' ');
    },
  };
}

/** `sha256-…`: what integrity attributes and policies call a content (W3C SRI, "hash-expression"; CSP, "hash-source"). */
export function hashExpression(algorithm: string, bytes: Buffer): string {
  return `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`;
}
