/** Compresses one body as `build` would, without keeping anything: what is migrated is compressed once. */
import { createEncoder, recipeName, type Content } from '../build/encode.js';
import type { ObjectIdentity } from '../release/ports.js';
import { gzipFor } from '../build/variants.js';
import { digestOf } from '../site/names.js';

const recipe = gzipFor('best');

/** Null where compression gains nothing. */
export async function compressBulk(
  bytes: Buffer,
): Promise<{ readonly body: Buffer; readonly identity: ObjectIdentity } | null> {
  const digest = digestOf(bytes);
  const content: Content = { digest, size: bytes.length, mode: 'text', read: () => Promise.resolve(bytes) };
  // One for each body: an encoder remembers the sizes of all it has seen.
  const body = await createEncoder(undefined).encode(content, recipe);
  const isSmaller = body.length <= bytes.length * 0.95 && bytes.length - body.length >= 32;
  return isSmaller ? { body, identity: { digest, recipe: recipeName(recipe) } } : null;
}
