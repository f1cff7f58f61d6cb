/**
 * Compresses content in libuv's thread pool, once: results are kept under the digest of the content and the recipe.
 * Compressed bytes are never an identity (another zlib makes other bytes of the same content).
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import pLimit from 'p-limit';
import { whenFilesAllow } from '../site/openFiles.js';
import { openPack } from '../site/pack.js';
import type { Digest } from '../site/site.js';

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** Bumped when the same codec and level would make other bytes on purpose. */
const recipeVersion = 1;

export interface Recipe {
  readonly encoding: 'gzip' | 'br';
  readonly level: number;
}

/** `br-11-1`: codec, level and version. */
export function recipeName({ encoding, level }: Recipe): string {
  return `${encoding}-${level}-${recipeVersion}`;
}

export interface Content {
  readonly digest: Digest;
  readonly size: number;
  /** Text compresses better when brotli is told. */
  readonly mode: 'text' | 'font' | 'generic';
  read(): Promise<Buffer>;
}

/** Below this nothing is gained (a network packet holds it anyway). */
const smallest = 256;

export interface Encoder {
  /** Size in bytes after compression; null where it would save less than 5 % or 32 bytes. */
  measure(content: Content, recipe: Recipe): Promise<number | null>;
  /** The compressed bytes. */
  encode(content: Content, recipe: Recipe): Promise<Buffer>;
  save(): void;
}

/** @param cacheDir undefined to keep nothing. */
export function createEncoder(cacheDir: string | undefined): Encoder {
  const sizes = openPack(cacheDir === undefined ? undefined : join(cacheDir, 'variants.pack'), 'variants-1');
  const limit = pLimit(availableParallelism());

  const fileOf = (digest: Digest, recipe: Recipe) =>
    cacheDir === undefined
      ? undefined
      : join(cacheDir, 'variants', digest.slice(0, 2), `${digest}-${recipeName(recipe)}`);

  async function compress(content: Content, recipe: Recipe): Promise<Buffer> {
    const bytes = await limit(async () => compressBytes(await content.read(), content, recipe));
    const file = fileOf(content.digest, recipe);
    if (file !== undefined && isWorthwhile(content.size, bytes.length)) await keep(file, bytes);
    return bytes;
  }

  return {
    async measure(content, recipe) {
      if (content.size < smallest) return null;
      const key = `${content.digest} ${recipeName(recipe)}`;
      const known = sizes.get(key);
      const size = known === undefined ? (await compress(content, recipe)).length : Number(known);
      if (known === undefined) sizes.set(key, String(size));
      return isWorthwhile(content.size, size) ? size : null;
    },
    async encode(content, recipe) {
      const file = fileOf(content.digest, recipe);
      const expected = sizes.get(`${content.digest} ${recipeName(recipe)}`);
      try {
        const bytes = file === undefined ? undefined : await whenFilesAllow(() => readFile(file));
        if (bytes !== undefined && String(bytes.length) === expected) return bytes;
      } catch {
        // Swept away: made again below.
      }
      return compress(content, recipe);
    },
    save() {
      sizes.save();
    },
  };
}

function isWorthwhile(before: number, after: number): boolean {
  return after <= before * 0.95 && before - after >= 32;
}

async function compressBytes(bytes: Buffer, { mode }: Content, { encoding, level }: Recipe): Promise<Buffer> {
  if (encoding === 'gzip') {
    const compressed = await compressGzip(bytes, { level });
    // RFC 1952: byte 9 names the operating system; "unknown" everywhere makes the same file on every machine.
    compressed[9] = 255;
    return compressed;
  }
  const modes = {
    text: constants.BROTLI_MODE_TEXT,
    font: constants.BROTLI_MODE_FONT,
    generic: constants.BROTLI_MODE_GENERIC,
  };
  return compressBrotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      [constants.BROTLI_PARAM_MODE]: modes[mode],
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      // A window that fits the content gives the same bytes in half the time.
      [constants.BROTLI_PARAM_LGWIN]: Math.min(22, Math.max(10, Math.ceil(Math.log2(bytes.length + 16)))),
    },
  });
}

/** A cache that cannot be written only costs time. */
async function keep(file: string, bytes: Buffer): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await whenFilesAllow(() => writeFile(temporary, bytes));
    await rename(temporary, file);
  } catch {
    // Read-only or full.
  }
}
