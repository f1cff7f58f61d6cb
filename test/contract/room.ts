import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';
import { objectKey } from '../../src/build/keys.js';
import type { ObjectHeaders, ObjectKey } from '../../src/build/build.js';
import type { ListedObject, ObjectIdentity, ObjectStore, StoredObject } from '../../src/release/ports.js';
import { digestOf } from '../../src/site/names.js';

export const plainHeaders: ObjectHeaders = {
  contentType: 'text/plain; charset=utf-8',
  cacheControl: 'public, max-age=60',
};

export const allHeaders: ObjectHeaders = {
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'public, max-age=0, s-maxage=31536000, must-revalidate',
  contentEncoding: 'gzip',
  contentDisposition: `attachment; filename="r.html"; filename*=UTF-8''r%C3%A9.html`,
  contentLanguage: 'de',
  cacheTags: 'o0a1b2c3d,p',
};

export function identityOf(text: string, recipe = 'gzip-9-1'): ObjectIdentity {
  return { digest: digestOf(text), recipe };
}

/** An object without the time of its making, which no test can know. */
export function timeless(object: StoredObject | null | undefined): StoredObject | null | undefined {
  if (!object) return object;
  const copy: { -readonly [name in keyof StoredObject]: StoredObject[name] } = { ...object };
  delete copy.modified;
  return copy;
}

/** A store and a prefix that belongs to one case. */
export class Room {
  constructor(
    readonly store: ObjectStore,
    readonly prefix: string,
  ) {}

  key(name: string): ObjectKey {
    return objectKey(this.prefix + name);
  }

  /** Puts text with the plain headers. */
  put(name: string, text = 'text'): Promise<{ readonly etag: string }> {
    return this.store.put({ key: this.key(name), body: { bytes: Buffer.from(text) }, headers: plainHeaders });
  }

  /** Puts many small objects, 32 at a time. */
  async putAll(names: readonly string[]): Promise<void> {
    const limit = pLimit(32);
    await Promise.all(names.map((name) => limit(() => this.put(name, name))));
  }

  async text(name: string): Promise<string | undefined> {
    return (await this.store.get(this.key(name)))?.bytes.toString();
  }

  async list(prefix = ''): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    for await (const object of this.store.list(this.prefix + prefix)) found.push(object);
    return found;
  }

  /** Listed names without the prefix of the room. */
  async names(prefix = ''): Promise<string[]> {
    return (await this.list(prefix)).map(({ key }) => key.slice(this.prefix.length));
  }
}

/** Lets other work run before a new try. */
export async function pause(): Promise<void> {
  await setImmediate();
}
