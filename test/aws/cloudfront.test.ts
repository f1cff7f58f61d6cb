import { afterEach, describe, expect, it } from 'vitest';
import { openAws, openCloudFrontCdn, type CdnSettings } from '../../src/aws/index.js';
import type { Cdn } from '../../src/release/ports.js';
import { CloudFrontError, startFakeCloudFront, type FakeCloudFront } from '../fakes/fakeCloudFront.js';
import { errorOf } from './bench.js';
import { withCredentials } from './credentials.js';

withCredentials();

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function openCdn(settings: Partial<CdnSettings> = {}): Promise<{ fake: FakeCloudFront; cdn: Cdn }> {
  const fake = await startFakeCloudFront();
  const aws = openAws({ endpointUrl: fake.url });
  opened.push(aws, fake);
  return { fake, cdn: openCloudFrontCdn({ distribution: 'E1TEST', aws, ...settings }) };
}

/** A clock that a sleep moves on. */
function fakeTime(): { clock: () => Date; sleep: (milliseconds: number) => Promise<void>; slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    clock: () => new Date(now),
    sleep(milliseconds) {
      now += milliseconds;
      slept.push(milliseconds);
      return Promise.resolve();
    },
  };
}

const many = (count: number, end = ''): string[] => Array.from({ length: count }, (_, index) => `/p${index}${end}`);

describe('an invalidation', () => {
  it('is made once with the reference it is given, and then followed to its end', async () => {
    const { cdn, fake } = await openCdn();
    const begun = await cdn.invalidate(['/a', '/dir/*', '/h%C3%B8yde', '/a'], 'release-1');
    expect(begun.completed).toBe(false);
    expect(fake.invalidations).toMatchObject([{ reference: 'release-1', paths: ['/a', '/dir/*', '/h%C3%B8yde'] }]);
    expect(await cdn.invalidation(begun.id)).toEqual({ id: begun.id, completed: false });
    expect(await cdn.invalidation(begun.id)).toEqual({ id: begun.id, completed: true });
  });

  it('takes cache tags among its paths', async () => {
    const { cdn, fake } = await openCdn();
    await cdn.invalidate(['#f0123456789', '/a.html'], 'release-1');
    expect(fake.invalidations).toMatchObject([{ paths: ['#f0123456789', '/a.html'] }]);
  });

  it('is the same one when it is asked for again', async () => {
    const { cdn, fake } = await openCdn();
    const first = await cdn.invalidate(['/a', '/b'], 'release-1');
    expect((await cdn.invalidate(['/a', '/b'], 'release-1')).id).toBe(first.id);
    expect(fake.invalidations).toHaveLength(1);
  });

  it('is the same one when the answer was lost', async () => {
    const { cdn, fake } = await openCdn();
    let answers = 0;
    fake.after = () => (answers++ === 0 ? 'reset' : undefined);
    await cdn.invalidate(['/a'], 'release-1');
    expect(fake.log).toEqual(['CreateInvalidation', 'CreateInvalidation']);
    expect(fake.invalidations).toHaveLength(1);
  });

  it('is made although the reference was used for other paths, and still only once', async () => {
    const { cdn, fake } = await openCdn();
    const first = await cdn.invalidate(['/a'], 'release-1');
    const second = await cdn.invalidate(['/b'], 'release-1');
    expect(second.id).not.toBe(first.id);
    expect((await cdn.invalidate(['/b'], 'release-1')).id).toBe(second.id);
    expect(fake.invalidations).toHaveLength(2);
  });

  it('of 3,000 paths and 15 wildcards goes in one request', async () => {
    const { cdn, fake } = await openCdn();
    await cdn.invalidate([...many(2985), ...many(15, '*')], 'release-1');
    expect(fake.invalidations).toHaveLength(1);
  });

  it('of more goes in several, each waiting for the one before, under one id', async () => {
    const time = fakeTime();
    const { cdn, fake } = await openCdn({
      clock: time.clock,
      sleep: (milliseconds) => {
        fake.completeAll();
        return time.sleep(milliseconds);
      },
    });
    const status = await cdn.invalidate([...many(3001), ...many(16, '*')], 'release-1');
    expect(fake.invalidations.map(({ paths }) => paths.length)).toEqual([3000, 16, 1]);
    expect(fake.invalidations.map(({ reference }) => reference)).toEqual(['release-1', 'release-1-2', 'release-1-3']);
    expect(status.id.split(',')).toHaveLength(3);
    fake.completeAll();
    expect(await cdn.invalidation(status.id)).toEqual({ id: status.id, completed: true });
  });
});

describe('too many invalidations in progress', () => {
  it('are waited for', async () => {
    const time = fakeTime();
    const { cdn, fake } = await openCdn({
      clock: time.clock,
      sleep: (milliseconds) => {
        if (time.slept.length === 2) fake.completeAll();
        return time.sleep(milliseconds);
      },
    });
    await cdn.invalidate(many(15, '*'), 'other');
    await cdn.invalidate(['/mine*'], 'release-1');
    expect(time.slept).toEqual([5_000, 10_000, 20_000]);
    expect(fake.invalidations).toHaveLength(2);
  });

  it('are waited for 15 minutes and no longer', async () => {
    const time = fakeTime();
    const { cdn } = await openCdn(time);
    await cdn.invalidate(many(15, '*'), 'other');
    const error = await errorOf(cdn.invalidate(['/mine*'], 'release-1'));
    expect(error).toMatchObject({ code: 'cdn-failed' });
    const total = time.slept.reduce((sum, milliseconds) => sum + milliseconds, 0);
    expect(total).toBeGreaterThan(13 * 60_000);
    expect(total).toBeLessThanOrEqual(15 * 60_000);
  });
});

it('lets the waiting be interrupted', async () => {
  const controller = new AbortController();
  const { cdn, fake } = await openCdn({ signal: controller.signal });
  await cdn.invalidate(many(15, '*'), 'other');
  fake.before = () => {
    setImmediate(() => controller.abort());
    return undefined;
  };
  expect(await errorOf(cdn.invalidate(['/mine*'], 'release-1'))).toMatchObject({ code: 'interrupted' });
});

describe('an error', () => {
  it('names a distribution that does not exist', async () => {
    const { cdn } = await openCdn({ distribution: 'E404' });
    const error = await errorOf(cdn.invalidate(['/a'], 'release-1'));
    expect(error).toMatchObject({ code: 'distribution-missing', name: 'PublishError' });
    expect(error.message).toContain('E404');
  });

  it('names the permission that is missing', async () => {
    const { cdn, fake } = await openCdn();
    fake.before = () => {
      throw new CloudFrontError(
        403,
        'AccessDenied',
        'User: arn:aws:iam::123456789012:user/u is not authorized to perform it',
      );
    };
    const error = await errorOf(cdn.invalidate(['/a'], 'release-1'));
    expect(error).toMatchObject({ code: 'access-denied' });
    expect(error.message).toMatch(/^cloudfront:CreateInvalidation on E1TEST is not allowed/);
    expect(error.message).not.toContain('123456789012');
  });

  it('says which request was refused, and why', async () => {
    const { cdn } = await openCdn();
    const error = await errorOf(cdn.invalidate(['/a~b'], 'release-1'));
    expect(error).toMatchObject({ code: 'cdn-failed' });
    expect(error.message).toMatch(/InvalidArgument: Your request contains one or more invalid invalidation paths/);
  });
});
