/** An `ObjectStore` in memory, with hooks to count operations and to make them fail. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { objectKey } from '../src/build/keys.js';
import type { Body, ObjectHeaders, ObjectKey } from '../src/build/build.js';
import { PublishError } from '../src/errors.js';
import { ConditionFailed, type ObjectIdentity, type ObjectStore, type StoredObject } from '../src/release/ports.js';
import { compareBytewise } from '../src/site/names.js';

export type StoreOperation = 'head' | 'get' | 'list' | 'put' | 'copy' | 'delete';
/** Called before each operation; what it throws is thrown by the operation, which then does nothing. */
export type OnOperation = (name: StoreOperation, key: string) => void | Promise<void>;

interface Held {
  readonly object: StoredObject;
  readonly bytes: Buffer;
}

export interface MemoryStore extends ObjectStore {
  /** What is stored, by key. Tests may look, change and delete: that is what foreign hands do. */
  readonly objects: Map<ObjectKey, Held>;
  /** Operations so far, as `put index.html`; `delete` once per key; `list` with its prefix. */
  readonly operations: string[];
  /** May be set and changed at any time. */
  onOperation: OnOperation | undefined;
  /** Puts a foreign object. */
  plant(key: string, content: string | Buffer, headers?: Partial<ObjectHeaders>): void;
  /** Keys in order, those of records (`.twinorigin/`) left out. */
  keys(): string[];
  /** Body of an object as text; undefined when there is none. */
  text(key: string): string | undefined;
}

/** Makes an empty store. `onOperation` counts or fails operations; a delete that it fails becomes a per-key failure. */
export function memoryStore(name = 'memory', onOperation?: OnOperation): MemoryStore {
  const objects = new Map<ObjectKey, Held>();
  const operations: string[] = [];

  function hold(key: ObjectKey, bytes: Buffer, headers: ObjectHeaders, identity?: ObjectIdentity): { etag: string } {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const object: StoredObject = {
      key,
      size: bytes.length,
      etag,
      headers: { ...headers },
      ...(identity && { identity: { ...identity } }),
    };
    objects.set(key, { object, bytes });
    return { etag };
  }

  const store: MemoryStore = {
    name,
    objects,
    operations,
    onOperation,
    plant(key, content, headers) {
      hold(objectKey(key), Buffer.from(content), { contentType: 'text/plain', cacheControl: 'no-cache', ...headers });
    },
    keys: () => [...objects.keys()].filter((key) => !key.startsWith('.twinorigin/')).sort(compareBytewise),
    text: (key) => objects.get(objectKey(key))?.bytes.toString(),

    async head(key) {
      await begin('head', key);
      return objects.get(key)?.object ?? null;
    },
    async get(key) {
      await begin('get', key);
      const held = objects.get(key);
      return held ? { object: held.object, bytes: Buffer.from(held.bytes) } : null;
    },
    async *list(prefix) {
      await begin('list', prefix);
      for (const key of [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareBytewise)) {
        const held = objects.get(key);
        if (held) yield { key, size: held.object.size, etag: held.object.etag };
      }
    },
    async put({ key, body, headers, identity, condition }) {
      await begin('put', key);
      const bytes = await readBody(body);
      const current = objects.get(key);
      if (condition && ('absent' in condition ? current : current?.object.etag !== condition.etag))
        throw new ConditionFailed(key);
      return hold(key, bytes, headers, identity);
    },
    async copy({ from, to, headers, identity }) {
      await begin('copy', to);
      const source = objects.get(from);
      if (!source) throw new PublishError('store-failed', `${name}: ${from} is not there to be copied`);
      return hold(to, source.bytes, headers, identity);
    },
    async delete(keys) {
      const failures: { key: ObjectKey; message: string }[] = [];
      for (const key of keys) {
        try {
          await begin('delete', key);
          objects.delete(key);
        } catch (error) {
          failures.push({ key, message: error instanceof Error ? error.message : String(error) });
        }
      }
      return failures;
    },
  };

  async function begin(operation: StoreOperation, key: string): Promise<void> {
    // A real store answers later, never in the same turn: races must be able to happen.
    await new Promise((resolve) => setImmediate(resolve));
    operations.push(`${operation} ${key}`);
    await store.onOperation?.(operation, key);
  }
  return store;
}

async function readBody(body: Body): Promise<Buffer> {
  if ('bytes' in body) return Buffer.from(body.bytes);
  const bytes = await readFile(body.file);
  if (bytes.length !== body.size) throw new PublishError('site-changed', `${body.file} is not ${body.size} bytes long`);
  return bytes;
}
