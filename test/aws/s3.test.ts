import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openS3Reader, openS3Store } from '../../src/aws/index.js';
import { objectKey } from '../../src/build/keys.js';
import { ConditionFailed } from '../../src/release/ports.js';
import { digestOf } from '../../src/site/names.js';
import { S3Error } from '../fakes/fakeS3.js';
import { errorOf, headers, openBench, putOf } from './bench.js';
import { withCredentials } from './credentials.js';

withCredentials();

const key = objectKey('dir/file name+ü.txt');
const absent = { absent: true } as const;

describe('a put', () => {
  it('sends one request whose single SHA-256 is checksum and signature at once', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('a.txt', 'text'));
    const digest = createHash('sha256').update('text').digest();
    expect(fake.log.map(({ operation }) => operation)).toEqual(['PutObject']);
    expect(fake.log[0]!.headers['x-amz-checksum-sha256']).toBe(digest.toString('base64'));
    expect(fake.log[0]!.headers['x-amz-content-sha256']).toBe(digest.toString('hex'));
  });

  it('is sent with the digest that whoever read the bytes made sure of: of other bytes the server takes none', async () => {
    const { fake, store } = await openBench();
    const bytes = Buffer.from('text');
    await store.put(putOf('a', '', { body: { bytes, digest: digestOf(bytes) } }));
    expect(fake.bucket('bucket').objects.get('a')!.bytes.toString()).toBe('text');
    const wrong = await errorOf(store.put(putOf('b', '', { body: { bytes, digest: digestOf('other') } })));
    expect(wrong.message).toContain('XAmzContentSHA256Mismatch');
    expect(fake.bucket('bucket').objects.has('b')).toBe(false);
  });

  it('keeps its identity in the metadata', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('a.txt', 'text', { identity: { digest: digestOf('source'), recipe: 'gzip-9-1' } }));
    expect(fake.bucket('bucket').objects.get('a.txt')!.headers).toMatchObject({
      'x-amz-meta-twinorigin-digest': digestOf('source'),
      'x-amz-meta-twinorigin-recipe': 'gzip-9-1',
    });
  });

  it('goes below the prefix, which no key ever shows', async () => {
    const { aws, fake } = await openBench();
    const store = openS3Store({ bucket: 'bucket', prefix: 'folder/deep', aws });
    expect(store.name).toBe('s3://bucket/folder/deep');
    await store.put({ ...putOf('x', 'text'), key });
    await store.copy({ from: key, to: objectKey('copy'), headers });
    fake.bucket('bucket').objects.set('folder/deeper', fake.bucket('bucket').objects.get(`folder/deep/${key}`)!);
    expect([...fake.bucket('bucket').objects.keys()].sort()).toEqual(
      [`folder/deep/${key}`, 'folder/deep/copy', 'folder/deeper'].sort(),
    );
    const listed: string[] = [];
    for await (const object of store.list('')) listed.push(object.key);
    expect(listed).toEqual(['copy', key]);
    expect(await store.delete([key])).toEqual([]);
    expect(await store.head(key)).toBeNull();
  });

  it('streams what is above 16 MiB from the file, in parts, and leaves no upload behind', async () => {
    const { fake, store } = await openBench();
    const bytes = randomBytes(17 * 1024 * 1024);
    await withFile(bytes, async (file) => {
      const { etag } = await store.put({ ...putOf('big', ''), body: { file, size: bytes.length }, condition: absent });
      expect(etag).toMatch(/-3"$/);
    });
    expect(fake.count('UploadPart')).toBe(3);
    expect(fake.bucket('bucket').objects.get('big')!.bytes.equals(bytes)).toBe(true);
    expect(fake.bucket('bucket').uploads.size).toBe(0);
  });

  it('stores nothing of a large file that is not as long as it was', async () => {
    const { fake, store } = await openBench();
    const bytes = randomBytes(17 * 1024 * 1024);
    await withFile(bytes, async (file) => {
      for (const size of [bytes.length + 1, bytes.length - 1]) {
        const error = await errorOf(store.put({ ...putOf('big', ''), body: { file, size } }));
        expect(error).toMatchObject({ code: 'site-changed' });
      }
    });
    expect(fake.bucket('bucket').objects.size).toBe(0);
    expect(fake.bucket('bucket').uploads.size).toBe(0);
  });

  it('stores nothing of a large file that holds other bytes than it did', async () => {
    const { fake, store } = await openBench();
    const bytes = randomBytes(17 * 1024 * 1024);
    await withFile(bytes, async (file) => {
      const digest = digestOf('what it was');
      const error = await errorOf(store.put({ ...putOf('big', ''), body: { file, size: bytes.length, digest } }));
      expect(error).toMatchObject({ code: 'site-changed' });
    });
    // Its last part was never sent, so nobody could have put it together.
    expect(fake.count('UploadPart')).toBe(2);
    expect(fake.bucket('bucket').objects.size).toBe(0);
    expect(fake.bucket('bucket').uploads.size).toBe(0);
  });

  it('sends at most eight parts of all uploads at once, and each with its SHA-256', async () => {
    const { fake, store } = await openBench();
    let underWay = 0;
    let most = 0;
    const sums: unknown[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    fake.before = async ({ operation, headers: sent }) => {
      if (operation !== 'UploadPart') return undefined;
      sums.push(sent['x-amz-checksum-sha256']);
      most = Math.max(most, ++underWay);
      // Nobody is answered before the eighth has come, and a ninth would have had time to.
      if (underWay === 8) setTimeout(open, 200);
      await gate;
      underWay--;
      return undefined;
    };
    const bytes = randomBytes(40 * 1024 * 1024);
    const names = ['one', 'two', 'three'];
    await withFile(bytes, async (file) => {
      await Promise.all(names.map((name) => store.put({ ...putOf(name, ''), body: { file, size: bytes.length } })));
    });
    expect(most).toBe(8);
    expect(sums.length).toBe(15);
    expect(new Set(sums).size).toBe(5);
    for (const name of names) expect(fake.bucket('bucket').objects.get(name)!.bytes.equals(bytes)).toBe(true);
  });

  it('leaves no upload behind when a part is refused, and what comes next is sent whole', async () => {
    const { fake, store } = await openBench();
    fake.before = ({ operation, query }) => {
      if (operation === 'UploadPart' && query.get('partNumber') === '2') throw new S3Error(403, 'AccessDenied');
      return undefined;
    };
    const bytes = randomBytes(40 * 1024 * 1024);
    await withFile(bytes, async (file) => {
      const put = (): Promise<unknown> => store.put({ ...putOf('big', ''), body: { file, size: bytes.length } });
      expect(await errorOf(put())).toMatchObject({ code: 'access-denied' });
      expect(fake.bucket('bucket').uploads.size).toBe(0);
      fake.before = () => undefined;
      await put();
    });
    expect(fake.bucket('bucket').objects.get('big')!.bytes.equals(bytes)).toBe(true);
  });

  it('does not begin a large upload whose condition fails already', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('big', 'small'));
    const body = { bytes: randomBytes(17 * 1024 * 1024) };
    const error = await errorOf(store.put({ ...putOf('big', ''), body, condition: absent }));
    expect(error).toBeInstanceOf(ConditionFailed);
    expect(fake.count('CreateMultipartUpload')).toBe(0);
  });

  it('sends the condition of a large upload with its completion', async () => {
    const { fake, store } = await openBench();
    fake.before = ({ operation }) => {
      if (operation === 'UploadPart')
        fake.bucket('bucket').objects.set('big', fake.bucket('bucket').objects.get('other')!);
      return undefined;
    };
    await store.put(putOf('other', 'of somebody else'));
    const body = { bytes: randomBytes(17 * 1024 * 1024) };
    const error = await errorOf(store.put({ ...putOf('big', ''), body, condition: absent }));
    expect(error).toBeInstanceOf(ConditionFailed);
    expect((await store.get(objectKey('big')))?.bytes.toString()).toBe('of somebody else');
    expect(fake.bucket('bucket').uploads.size).toBe(0);
  });
});

describe('a store that is not quite S3', () => {
  it('is asked again with a bare ETag where it knows no quotes, once', async () => {
    const { fake, store } = await openBench({ deviations: { bareIfMatch: true, missingIfMatch412: true } });
    let { etag } = await store.put(putOf('a', '0'));
    ({ etag } = await store.put(putOf('a', '1', { condition: { etag } })));
    fake.log.length = 0;
    ({ etag } = await store.put(putOf('a', '2', { condition: { etag } })));
    expect(fake.count()).toBe(1);
    const stale = await errorOf(store.put(putOf('a', '3', { condition: { etag: '"0"' } })));
    const missing = await errorOf(store.put(putOf('b', '3', { condition: { etag } })));
    expect([stale, missing].every((error) => error instanceof ConditionFailed)).toBe(true);
    expect((await store.get(objectKey('a')))?.bytes.toString()).toBe('2');
  });

  it.each(['ignored', 'refused'] as const)(
    'is found out when it has conditions %s, and checked by hand',
    async (how) => {
      const { fake, store } = await openBench({ deviations: { conditionalWrites: how } });
      await store.put(putOf('a', 'first'));
      expect(store.capabilities()).toEqual({ conditionalWrites: 'unknown' });
      expect(await errorOf(store.put(putOf('a', 'second', { condition: absent })))).toBeInstanceOf(ConditionFailed);
      const { etag } = await store.put(putOf('b', 'first', { condition: absent }));
      expect(store.capabilities()).toEqual({ conditionalWrites: 'no' });
      await store.put(putOf('b', 'second', { condition: { etag } }));
      expect(await errorOf(store.put(putOf('b', 'third', { condition: { etag } })))).toBeInstanceOf(ConditionFailed);
      expect(fake.bucket('bucket').objects.get('b')!.bytes.toString()).toBe('second');
    },
  );

  it('is known to be S3 after one conditional put more', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('a', 'a', { condition: absent }));
    expect(store.capabilities()).toEqual({ conditionalWrites: 'yes' });
    expect(fake.count('PutObject')).toBe(2);
    fake.log.length = 0;
    await store.put(putOf('b', 'b', { condition: absent }));
    expect(fake.log.map(({ operation }) => operation)).toEqual(['PutObject']);
  });

  it('is found out by one write for all its buckets, however many are written at once', async () => {
    const { fake, aws, store } = await openBench({ buckets: ['bucket', 'other'] });
    const other = openS3Store({ bucket: 'other', aws });
    const names = Array.from({ length: 20 }, (_, index) => `a${index}`);
    await Promise.all(
      names.flatMap((name) => [store, other].map((to) => to.put(putOf(name, name, { condition: absent })))),
    );
    // One look and one write more.
    expect([fake.count('HeadObject'), fake.count('PutObject')]).toEqual([1, 41]);
    expect([store, other].map((to) => to.capabilities().conditionalWrites)).toEqual(['yes', 'yes']);
  });

  it('is asked for the ETag that it did not tell', async () => {
    const { store } = await openBench({ deviations: { emptyCompleteEtag: true } });
    const body = { bytes: randomBytes(17 * 1024 * 1024) };
    const { etag } = await store.put({ ...putOf('big', ''), body });
    expect(etag).toBe((await store.head(objectKey('big')))?.etag);
    expect(etag).not.toBe('');
  });

  it('may list keys without encoding them', async () => {
    const { store } = await openBench({ deviations: { plainListing: true } });
    await store.put(putOf('a%20b+c', 'text'));
    expect(await keysOf(store.list(''))).toEqual(['a%20b+c']);
  });

  it('cannot make a listing endless', async () => {
    const { store } = await openBench({ deviations: { endlessListing: true } });
    await store.put(putOf('a', 'text'));
    expect(await errorOf(keysOf(store.list('')))).toMatchObject({ code: 'store-failed' });
  });

  it('cannot bring in keys from outside the prefix', async () => {
    const { aws, store } = await openBench({ deviations: { unfilteredListing: true } });
    await store.put(putOf('a/1', 'text'));
    await store.put(putOf('b/1', 'text'));
    await store.put(putOf('c/1', 'text'));
    expect(await keysOf(store.list('b/'))).toEqual(['b/1']);
    expect(await keysOf(openS3Reader({ bucket: 'bucket', prefix: 'b', aws }).list(''))).toEqual(['1']);
  });
});

describe('a copy', () => {
  it('says so when the object is too large for S3 to copy', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('a', 'more than four'));
    fake.copyLimit = 4;
    const error = await errorOf(store.copy({ from: objectKey('a'), to: objectKey('b'), headers }));
    expect(error).toMatchObject({ code: 'store-failed' });
    expect(error.message).toMatch(/larger than 5 GB/);
  });
});

describe('a deletion', () => {
  it('goes in batches of 1,000', async () => {
    const { fake, store } = await openBench();
    const keys = Array.from({ length: 2500 }, (_, index) => objectKey(`k${index}`));
    expect(await store.delete(keys)).toEqual([]);
    expect(fake.count('DeleteObjects')).toBe(3);
  });

  it('returns the keys that the store refused, with its reason', async () => {
    const { fake, store } = await openBench();
    for (const name of ['a', 'b', 'c <&>']) await store.put(putOf(name, name));
    fake.undeletable.set('c <&>', 'AccessDenied');
    const failures = await store.delete(['a', 'b', 'c <&>'].map(objectKey));
    expect(failures).toEqual([{ key: 'c <&>', message: 'AccessDenied to s3:DeleteObject: No.' }]);
    expect([...fake.bucket('bucket').objects.keys()]).toEqual(['c <&>']);
  });

  it('tries keys again that failed in passing', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('a', 'a'));
    await store.put(putOf('b', 'b'));
    fake.undeletable.set('a', 'InternalError');
    fake.after = ({ operation }) => {
      if (operation === 'DeleteObjects') fake.undeletable.clear();
      return undefined;
    };
    expect(await store.delete(['a', 'b'].map(objectKey))).toEqual([]);
    expect(fake.bucket('bucket').objects.size).toBe(0);
  });

  it('deletes keys that XML cannot carry', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('bell\u0007', 'text'));
    expect(await keysOf(store.list(''))).toEqual(['bell\u0007']);
    expect(await store.delete([objectKey('bell\u0007')])).toEqual([]);
    expect(fake.bucket('bucket').objects.size).toBe(0);
  });
});

describe('a reader', () => {
  it('has no way to write', async () => {
    const { aws } = await openBench();
    expect(Object.keys(openS3Reader({ bucket: 'bucket', aws })).sort()).toEqual(['get', 'head', 'list', 'name']);
  });

  it('takes metadata that is not ours for no identity', async () => {
    const { fake, store } = await openBench();
    await store.put(putOf('a', 'a'));
    const object = fake.bucket('bucket').objects.get('a')!;
    const foreign = {
      ...object.headers,
      'x-amz-meta-twinorigin-digest': 'nonsense',
      'x-amz-meta-twinorigin-recipe': 'x',
    };
    fake.bucket('bucket').objects.set('a', { ...object, headers: foreign });
    expect((await store.head(objectKey('a')))?.identity).toBeUndefined();
  });
});

async function keysOf(objects: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of objects) keys.push(object.key);
  return keys;
}

async function withFile(bytes: Buffer, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  try {
    await writeFile(join(folder, 'body'), bytes);
    await use(join(folder, 'body'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
