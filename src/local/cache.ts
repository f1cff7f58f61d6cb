/** The memory of the edge: least recently used objects go first. */
import type { StoredObject } from '../release/ports.js';

export interface CachedObject {
  readonly object: StoredObject;
  readonly bytes: Buffer;
  /** Milliseconds since 1970: when the store gave or confirmed it. */
  readonly confirmed: number;
  readonly freshSeconds: number;
}

/** What an entry costs beside its body. */
const entryBytes = 1024;

export class ObjectCache {
  readonly #entries = new Map<string, CachedObject>();
  readonly #capacity: number;
  #bytes = 0;

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): CachedObject | undefined {
    const entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  set(key: string, entry: CachedObject): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#bytes += entryBytes + entry.bytes.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#capacity) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry && this.#entries.delete(key)) this.#bytes -= entryBytes + entry.bytes.length;
  }

  /** Every key with the cache tags of its object. */
  *tagged(): Iterable<readonly [key: string, tags: string | undefined]> {
    for (const [key, { object }] of this.#entries) yield [key, object.headers.cacheTags];
  }
}
