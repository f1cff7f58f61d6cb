/**
 * Looks at everything that was migrated once more: whether it is there, with the headers it should have, and with the
 * bytes it should have. Nothing of what the migration believed is used but the journal's checksums.
 */
import { createHash } from 'node:crypto';
import { objectKey } from '../build/keys.js';
import { isSameHeaders } from '../release/inventory.js';
import { runPool } from '../release/pool.js';
import type { BulkWorld } from './bulk.js';
import { decideBulk } from './decide.js';
import type { JournalEntry } from './journal.js';

export interface Audit {
  readonly objects: number;
  /** `key: what is wrong`; the first ones. */
  readonly wrong: readonly string[];
  readonly wrongCount: number;
  /** Compared by checksum; the others, whose ETag is not one of their content, by reading both. */
  readonly byChecksum: number;
  readonly byReading: number;
  /** Large objects changed in place: nothing is left to compare their bytes with but the size. */
  readonly bySize: number;
}

const shownWrong = 100;
const chunk = 1000;
/** Larger bodies are not read for a comparison. */
const readableBytes = 256 * 1024 * 1024;

export async function auditBulk(world: BulkWorld, entries: AsyncIterable<JournalEntry>, total: number): Promise<Audit> {
  const { emit, signal, concurrency } = world;
  const started = performance.now();
  const counts = { objects: 0, byChecksum: 0, byReading: 0, bySize: 0 };
  const wrong: string[] = [];
  let wrongCount = 0;
  emit({ type: 'phase-started', phase: 'audit', total });
  let waiting: JournalEntry[] = [];
  const look = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const failures = await runPool(batch, { most: concurrency, signal }, async (entry) => {
      const found = await auditObject(entry, world);
      counts.objects++;
      if (typeof found === 'string') counts[found]++;
      else {
        wrongCount++;
        if (wrong.length < shownWrong) wrong.push(`${entry.key}: ${found.wrong}`);
      }
    });
    const first = failures[0];
    if (first !== undefined) throw first.error instanceof Error ? first.error : new Error(String(first.error));
    emit({ type: 'phase-progress', phase: 'audit', done: counts.objects });
  };
  for await (const entry of entries) {
    // Deleted while it was migrated.
    if (entry.etag === '') continue;
    waiting.push(entry);
    if (waiting.length >= chunk) await look();
  }
  await look();
  emit({ type: 'phase-finished', phase: 'audit', done: counts.objects, milliseconds: performance.now() - started });
  return { ...counts, wrong, wrongCount };
}

type Found = 'byChecksum' | 'byReading' | 'bySize' | { readonly wrong: string };

async function auditObject(entry: JournalEntry, { source, target, rules }: BulkWorld): Promise<Found> {
  const key = objectKey(entry.key);
  const held = await target.head(key);
  if (held === null) return { wrong: 'it is not there' };
  // What is as it should be is decided to be left alone.
  const { headers } = decideBulk(held, { ...rules, inPlace: true });
  if (!isSameHeaders(held, { headers }))
    return { wrong: `headers ${JSON.stringify(held.headers)} instead of ${JSON.stringify(headers)}` };
  if (entry.action === 'compress' && held.headers.contentEncoding !== 'gzip') return { wrong: 'it is not compressed' };
  if (entry.action !== 'compress' && held.size !== entry.size)
    return { wrong: `${held.size} bytes instead of ${entry.size}` };
  // "The ETag may or may not be an MD5 digest of the object data" (Object): equal ones prove it, others prove nothing.
  if (held.etag === entry.etag) return 'byChecksum';
  if (isDigest(held.etag) && isDigest(entry.etag)) return { wrong: `its content has changed (${held.etag})` };
  if (rules.inPlace || entry.action === 'compress' || entry.size > readableBytes) return 'bySize';
  const [here, there] = await Promise.all([target.read(key), source.read(key)]);
  if (here === null || there === null || sha256(here) !== sha256(there)) return { wrong: 'its content has changed' };
  return 'byReading';
}

/** Of one part, and not encrypted with a key of KMS, which cannot be seen here: those differ on every write. */
function isDigest(etag: string): boolean {
  return /^"?[0-9a-f]{32}"?$/.test(etag);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
