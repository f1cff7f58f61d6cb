/** A CloudFront KeyValueStore as what the edge looks up at every request. */
import type { EdgeChange, EdgeState, EdgeStore } from '../release/ports.js';
import { EdgeChanged } from '../release/ports.js';
import type { Aws, KeyValueStoreAccess } from './clients.js';
import { toPublishError } from './errors.js';
import { errorName } from './failure.js';

/** Entries that one request may change (AWS, "Quotas on key value stores": 50 keys, 3 MB). */
const mostEntries = 50;

export interface KeyValueStoreSettings {
  readonly arn: string;
  readonly aws: Aws;
}

/**
 * Up to 50 entries change in one step, all or none; more take several, in order: what the entries of a release name is
 * put first, and the one entry that switches is a change of its own.
 * @throws PublishError `access-denied`, `cdn-failed`…
 */
export function openKeyValueStore({ arn, aws }: KeyValueStoreSettings): EdgeStore {
  const name = `key-value store ${arn.slice(arn.lastIndexOf('/') + 1)}`;
  const send = aws.signal === undefined ? {} : { abortSignal: aws.signal };

  async function run<T>(action: string, request: (access: KeyValueStoreAccess) => Promise<T>): Promise<T> {
    let endpoint: string | undefined;
    try {
      const access = await aws.keyValueStore();
      endpoint = access.endpoint;
      return await request(access);
    } catch (error) {
      // The version that was named is no longer the latest.
      if (errorName(error) === 'ConflictException') throw new EdgeChanged(name);
      throw toPublishError(error, { action, resource: arn, endpoint, profile: aws.profile });
    }
  }

  return {
    name,
    read: () =>
      run('cloudfront-keyvaluestore:ListKeys', async ({ client, sdk }): Promise<EdgeState> => {
        const { ETag } = await client.send(new sdk.DescribeKeyValueStoreCommand({ KvsARN: arn }), send);
        const entries = new Map<string, string>();
        let next: string | undefined;
        do {
          const command = new sdk.ListKeysCommand({ KvsARN: arn, MaxResults: mostEntries, NextToken: next });
          const page = await client.send(command, send);
          for (const { Key, Value } of page.Items ?? []) if (Key !== undefined) entries.set(Key, Value ?? '');
          next = page.NextToken;
        } while (next !== undefined);
        // Read under another version than it was described with, the entries are of no version: `write` finds out.
        return { entries, version: ETag ?? '' };
      }),
    write: (change, version) =>
      run('cloudfront-keyvaluestore:UpdateKeys', async ({ client, sdk }) => {
        let etag = version;
        for (const { puts, deletes } of splitChange(change)) {
          const Puts = puts.map(([Key, Value]) => ({ Key, Value }));
          const Deletes = deletes.map((Key) => ({ Key }));
          const command = new sdk.UpdateKeysCommand({ KvsARN: arn, IfMatch: etag, Puts, Deletes });
          etag = (await client.send(command, send)).ETag ?? '';
        }
      }),
  };
}

interface Batch {
  readonly puts: [string, string][];
  readonly deletes: string[];
}

/** New entries first: nothing is removed while something may still name it. */
function splitChange({ put, remove }: EdgeChange): Batch[] {
  const batches: Batch[] = [];
  const room = (): Batch => {
    const last = batches.at(-1);
    if (last !== undefined && last.puts.length + last.deletes.length < mostEntries) return last;
    const next: Batch = { puts: [], deletes: [] };
    batches.push(next);
    return next;
  };
  for (const entry of put) room().puts.push(entry);
  for (const key of remove) room().deletes.push(key);
  return batches;
}
