import { expect, it } from 'vitest';
import { openPace } from '../../src/aws/pace.js';
import { slowDown } from '../fakes/faultProxy.js';
import { openBench, putOf } from './bench.js';
import { withCredentials } from './credentials.js';

withCredentials();

const trouble = Object.assign(new Error('slow down'), { name: 'SlowDown' });

it('grows with every success up to the width it was given', () => {
  const pace = openPace(40);
  expect(pace.width).toBe(32);
  for (let success = 0; success < 20; success++) pace.tell(undefined);
  expect(pace.width).toBe(40);
});

it('halves after trouble, once for all that was under way, and then grows by one per round', () => {
  let now = 0;
  const pace = openPace(64, () => now);
  for (let failure = 0; failure < 10; failure++) pace.tell(trouble);
  expect(pace.width).toBe(16);
  now = 1000;
  pace.tell(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
  expect(pace.width).toBe(8);
  for (let success = 0; success < 8; success++) pace.tell(undefined);
  expect(pace.width).toBe(9);
});

it('never falls below one, and takes no notice of refusals', () => {
  let now = 0;
  const pace = openPace(4, () => (now += 1000));
  for (let failure = 0; failure < 10; failure++) pace.tell(trouble);
  expect(pace.width).toBe(1);
  const wide = openPace(4);
  wide.tell(Object.assign(new Error('denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }));
  expect(wide.width).toBe(4);
});

it('is told by every attempt on the bucket, also by those that a retry makes good', async () => {
  const { aws, store } = await openBench({ rules: [{ fault: slowDown, times: 1 }] });
  await store.put(putOf('a', 'text'));
  expect(aws.pace('bucket').width).toBe(16);
  expect(aws.pace('another').width).toBe(32);
});

it('of one request at a time is enough for an operation of several', async () => {
  const { store } = await openBench({ aws: { width: 1 } });
  const { etag } = await store.put(putOf('a', 'text', { condition: { absent: true } }));
  await Promise.all([1, 2, 3].map((number) => store.head(putOf(`k${number}`, '').key)));
  await store.put(putOf('a', 'other', { condition: { etag } }));
  expect(store.capabilities()).toEqual({ conditionalWrites: 'yes' });
});
