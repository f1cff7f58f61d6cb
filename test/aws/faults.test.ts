import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { objectKey } from '../../src/build/keys.js';
import { ConditionFailed } from '../../src/release/ports.js';
import { digestOf } from '../../src/site/names.js';
import { S3Error } from '../fakes/fakeS3.js';
import { slowDown, type Rule } from '../fakes/faultProxy.js';
import { errorOf, openBench, putOf } from './bench.js';
import { withCredentials } from './credentials.js';

withCredentials();

const absent = { absent: true } as const;
const identity = { digest: digestOf('source'), recipe: 'gzip-9-1' };
const text = 'text '.repeat(1000);
const lost: Rule = { fault: { kind: 'lose-answer' }, method: 'PUT', times: 1 };

describe('an upload', () => {
  it.each<readonly [string, Rule]>([
    ['a reset', { fault: { kind: 'reset' }, times: 2 }],
    ['a reset in the middle', { fault: { kind: 'reset-upload', bytes: 2000 }, times: 2 }],
    ['a 500', { fault: { kind: 'status', status: 500, code: 'InternalError' }, times: 2 }],
    ['SlowDown', { fault: slowDown, times: 1 }],
    ['a lost answer', { fault: { kind: 'lose-answer' }, times: 1 }],
  ])('is stored in spite of %s', async (_, rule) => {
    const { fake, proxy, store } = await openBench({ rules: [rule] });
    await store.put(putOf('a', text));
    expect(fake.bucket('bucket').objects.get('a')!.bytes.toString()).toBe(text);
    expect(proxy.seen.faults.get(rule.fault.kind)).toBe(rule.times);
  });

  it('is tried again when the server says nothing for too long', async () => {
    const { fake, store } = await openBench({
      rules: [{ fault: { kind: 'stall' }, times: 1 }],
      aws: { timeouts: { request: 300 } },
    });
    await store.put(putOf('a', text));
    expect(fake.count('PutObject')).toBe(1);
  });

  it('of 300 objects is complete although one request in ten fails', async () => {
    const { fake, store } = await openBench({
      seed: 7,
      rules: [{ fault: { kind: 'status', status: 500, code: 'InternalError' }, probability: 0.1 }],
    });
    const limit = pLimit(32);
    await Promise.all(Array.from({ length: 300 }, (_, index) => limit(() => store.put(putOf(`k${index}`, text)))));
    expect(fake.bucket('bucket').objects.size).toBe(300);
  });

  it('ends with an error that tells what to do when the server only ever asks to slow down', async () => {
    const { store } = await openBench({ rules: [{ fault: slowDown }], aws: { attempts: 2 } });
    const error = await errorOf(store.put(putOf('a', text)));
    expect(error).toMatchObject({ code: 'store-failed' });
    expect(error.message).toMatch(/fewer requests after 2 attempts/);
  });
});

describe('a conditional put whose answer is lost', () => {
  it('counts as done when its own object is there, recognised by identity', async () => {
    const { fake, proxy, store } = await openBench();
    await store.put(putOf('first', 'finds out about the store', { condition: absent }));
    proxy.rules = [lost];
    fake.log.length = 0;
    const { etag } = await store.put(putOf('a', text, { condition: absent, identity }));
    expect(etag).toBe((await store.head(objectKey('a')))?.etag);
    expect(fake.count('PutObject')).toBe(2);
    expect(fake.count('GetObject')).toBe(0);
  });

  it('counts as done when its own object is there, recognised by the id of the write', async () => {
    const { store } = await openBench({ rules: [lost] });
    await store.put(putOf('lock', text, { condition: absent }));
    expect((await store.get(objectKey('lock')))?.bytes.toString()).toBe(text);
  });

  it('counts as done under an etag too', async () => {
    const { proxy, store } = await openBench();
    const { etag } = await store.put(putOf('current', 'one'));
    proxy.rules = [lost];
    const after = await store.put(putOf('current', 'two', { condition: { etag } }));
    expect(after.etag).toBe((await store.head(objectKey('current')))?.etag);
  });

  it('is a conflict when somebody else was faster meanwhile', async () => {
    const { fake, store } = await openBench({
      rules: [{ fault: { kind: 'reset-upload', bytes: 100 }, method: 'PUT', times: 1 }],
    });
    fake.before = ({ operation, key, headers: sent }) => {
      if (operation !== 'PutObject' || sent['if-none-match'] === undefined) return undefined;
      const bytes = Buffer.from('of somebody else');
      const object = { bytes, etag: 'e', headers: {}, checksums: {}, modified: new Date() };
      fake.bucket('bucket').objects.set(key, object);
      return undefined;
    };
    expect(await errorOf(store.put(putOf('lock', text, { condition: absent })))).toBeInstanceOf(ConditionFailed);
  });

  it('is a conflict when somebody else wrote the very same bytes meanwhile: only one of the two has won', async () => {
    const { fake, proxy, store } = await openBench();
    const { etag } = await store.put(putOf('counter', '1'));
    proxy.rules = [{ fault: { kind: 'status', status: 500, code: 'InternalError' }, method: 'PUT', times: 1 }];
    fake.before = ({ operation, key, headers: sent }) => {
      if (operation !== 'PutObject' || sent['if-match'] === undefined) return undefined;
      const object = { bytes: Buffer.from('2'), etag: 'e', headers: {}, checksums: {}, modified: new Date() };
      fake.bucket('bucket').objects.set(key, object);
      return undefined;
    };
    expect(await errorOf(store.put(putOf('counter', '2', { condition: { etag } })))).toBeInstanceOf(ConditionFailed);
  });

  it('is a conflict at once when nothing was lost, even if the same content is there', async () => {
    const { store } = await openBench();
    await store.put(putOf('first', 'finds out about the store', { condition: absent }));
    await store.put(putOf('a', text, { identity }));
    const again = store.put(putOf('a', text, { condition: absent, identity }));
    expect(await errorOf(again)).toBeInstanceOf(ConditionFailed);
  });

  it('counts a large upload as done when its completion was lost', async () => {
    const { fake, store } = await openBench({
      rules: [{ fault: { kind: 'lose-answer' }, method: 'POST', path: /uploadId/, times: 1 }],
    });
    const body = { bytes: Buffer.alloc(17 * 1024 * 1024, 'x') };
    await store.put({ ...putOf('big', ''), body, identity, condition: absent });
    expect(fake.bucket('bucket').objects.get('big')!.bytes.length).toBe(body.bytes.length);
  });

  it('counts an unconditional large upload as done when its completion was lost', async () => {
    const { fake, store } = await openBench({
      rules: [{ fault: { kind: 'lose-answer' }, method: 'POST', path: /uploadId/, times: 1 }],
    });
    const body = { bytes: Buffer.alloc(17 * 1024 * 1024, 'x') };
    await store.put({ ...putOf('big', ''), body, identity });
    expect(fake.bucket('bucket').objects.get('big')!.bytes.length).toBe(body.bytes.length);
  });
});

describe('AWS asking to try again', () => {
  it('is followed after 409 ConditionalRequestConflict', async () => {
    const { fake, store } = await openBench();
    let conflicts = 3;
    fake.before = ({ operation }) => {
      if (operation === 'PutObject' && conflicts-- > 0) throw new S3Error(409, 'ConditionalRequestConflict');
      return undefined;
    };
    await store.put(putOf('a', text, { condition: absent }));
    expect(fake.bucket('bucket').objects.has('a')).toBe(true);
  });

  it('is followed from the start of a large upload', async () => {
    const { fake, store } = await openBench();
    let conflicts = 1;
    fake.before = ({ operation }) => {
      if (operation === 'CompleteMultipartUpload' && conflicts-- > 0)
        throw new S3Error(409, 'ConditionalRequestConflict');
      return undefined;
    };
    const body = { bytes: Buffer.alloc(17 * 1024 * 1024, 'x') };
    await store.put({ ...putOf('big', ''), body, condition: absent });
    expect(fake.count('CreateMultipartUpload')).toBe(2);
    expect(fake.bucket('bucket').uploads.size).toBe(0);
  });
});

describe('a download', () => {
  it.each<readonly [string, Rule['fault']]>([
    ['cut by a reset', { kind: 'truncate', bytes: 1000, end: 'reset' }],
    ['cut as if it were complete', { kind: 'truncate', bytes: 1000, end: 'fin' }],
    ['with a wrong byte', { kind: 'corrupt', offset: 1234 }],
    ['that stops half-way', { kind: 'stall-body', bytes: 1000 }],
  ])('%s is fetched again', async (_, fault) => {
    const { proxy, store } = await openBench({ aws: { timeouts: { idle: 300 } } });
    await store.put(putOf('a', text));
    proxy.rules = [{ fault, method: 'GET', times: 2 }];
    expect((await store.get(objectKey('a')))?.bytes.toString()).toBe(text);
    expect(proxy.seen.faults.get(fault.kind)).toBe(2);
  });

  it('that is always cut ends with an error', async () => {
    const { store } = await openBench({
      rules: [{ fault: { kind: 'truncate', bytes: 100, end: 'reset' }, method: 'GET' }],
      aws: { attempts: 3 },
    });
    await store.put(putOf('a', text));
    expect(await errorOf(store.get(objectKey('a')))).toMatchObject({ code: 'unreachable' });
  });

  it('ends when it is interrupted', async () => {
    const controller = new AbortController();
    const { store } = await openBench({ rules: [{ fault: { kind: 'stall' } }], aws: { signal: controller.signal } });
    const waiting = errorOf(store.get(objectKey('a')));
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'interrupted' });
  });
});
