/** Which release a rollback goes back to. */
import { PublishError } from '../errors.js';
import type { StoreReader } from './ports.js';
import { listReleases, readPointer, readRecord } from './record.js';
import type { ReleaseId } from './release.js';

/**
 * The release that was named, or the one before the live one. Where the live one was itself rolled back to, that is the
 * one before its original: two people who roll back at once never bring the bad release back.
 * @param id may be shortened to its beginning.
 * @throws PublishError `release-missing`.
 */
export async function findRollbackTarget(reader: StoreReader, id?: string): Promise<ReleaseId> {
  if (id !== undefined) return findNamed(reader, id);
  const { live } = (await readPointer(reader)).pointer;
  let record = live === null ? null : await readRecord(reader, live);
  while (record?.rollbackOf !== undefined) record = await readRecord(reader, record.rollbackOf);
  const target = record?.previous ?? null;
  if (target === null) throw new PublishError('release-missing', 'there is no earlier release to roll back to');
  return target;
}

async function findNamed(reader: StoreReader, name: string): Promise<ReleaseId> {
  const found: ReleaseId[] = [];
  for await (const id of listReleases(reader)) if (id.startsWith(name)) found.push(id);
  const [only] = found;
  if (only !== undefined && (found.length === 1 || only === name)) return only;
  if (only === undefined) throw new PublishError('release-missing', `${reader.name} has no record of release ${name}`);
  throw new PublishError('release-missing', `${found.length} releases begin with ${name}`, { items: found });
}
