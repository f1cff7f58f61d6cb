import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { ConditionFailed, type Condition } from '../../src/release/ports.js';
import type { ContractCase } from './objectStore.js';
import { allHeaders, pause, plainHeaders, type Room, timeless } from './room.js';

function putIf(room: Room, name: string, text: string, condition: Condition): Promise<{ readonly etag: string }> {
  const body = { bytes: Buffer.from(text) };
  return room.store.put({ key: room.key(name), body, headers: plainHeaders, condition });
}

/** `count` creators at once: exactly one wins, and what is there is the winner's. */
async function raceCreators(room: Room, name: string, count: number, bodyOf: (creator: number) => Buffer) {
  const bodies = Array.from({ length: count }, (_, creator) => bodyOf(creator));
  const outcomes = await Promise.allSettled(
    bodies.map((bytes) =>
      room.store.put({ key: room.key(name), body: { bytes }, headers: plainHeaders, condition: { absent: true } }),
    ),
  );
  const winners = outcomes.flatMap((outcome, creator) => (outcome.status === 'fulfilled' ? [creator] : []));
  const losses = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  for (const loss of losses) expect(loss).toBeInstanceOf(ConditionFailed);
  expect(winners).toHaveLength(1);
  expect((await room.store.get(room.key(name)))?.bytes.equals(bodies[winners[0]!]!)).toBe(true);
}

export const conditionCases: Readonly<Record<string, ContractCase>> = {
  'creates under the condition `absent` only what is not there': async (room) => {
    await putIf(room, 'once', 'first', { absent: true });
    const again = putIf(room, 'once', 'second', { absent: true });
    await expect(again).rejects.toBeInstanceOf(ConditionFailed);
    await expect(again).rejects.toMatchObject({ key: room.key('once') });
    expect(await room.text('once')).toBe('first');
  },

  'creates again under the condition `absent` what was deleted': async (room) => {
    await putIf(room, 'again', 'first', { absent: true });
    await room.store.delete([room.key('again')]);
    await putIf(room, 'again', 'second', { absent: true });
    expect(await room.text('again')).toBe('second');
  },

  'leaves headers alone when a condition fails': async (room) => {
    const key = room.key('headers');
    const { etag } = await room.store.put({ key, body: { bytes: Buffer.from('one') }, headers: allHeaders });
    await expect(putIf(room, 'headers', 'two', { absent: true })).rejects.toBeInstanceOf(ConditionFailed);
    expect(timeless(await room.store.head(key))).toStrictEqual({ key, size: 3, etag, headers: allHeaders });
  },

  'replaces under an etag, whether put, head, get or list told it': async (room) => {
    const told = [
      (await room.put('swap', 'put')).etag,
      async () => (await room.store.head(room.key('swap')))!.etag,
      async () => (await room.store.get(room.key('swap')))!.object.etag,
      async () => (await room.list('swap'))[0]!.etag,
    ];
    for (const [index, etag] of told.entries()) {
      await putIf(room, 'swap', `after ${index}`, { etag: typeof etag === 'string' ? etag : await etag() });
      expect(await room.text('swap')).toBe(`after ${index}`);
    }
  },

  'does not replace under the etag of an earlier version': async (room) => {
    const { etag } = await room.put('stale', 'first');
    await room.put('stale', 'second');
    await expect(putIf(room, 'stale', 'third', { etag })).rejects.toBeInstanceOf(ConditionFailed);
    expect(await room.text('stale')).toBe('second');
  },

  'does not create under an etag': async (room) => {
    const { etag } = await room.put('other', 'other');
    await expect(putIf(room, 'missing', 'text', { etag })).rejects.toBeInstanceOf(ConditionFailed);
    expect(await room.store.head(room.key('missing'))).toBeNull();
  },

  'lets exactly one of 64 creators win': async (room) => {
    for (let round = 0; round < 3; round++)
      await raceCreators(room, `small-${round}`, 64, (creator) => Buffer.from(`creator ${creator}`));
  },

  'lets exactly one of 16 creators of 6 MiB win': async (room) => {
    const filler = randomBytes(6 * 1024 * 1024);
    await raceCreators(room, 'big', 16, (creator) => {
      const bytes = Buffer.from(filler);
      bytes[0] = creator;
      return bytes;
    });
  },

  'loses no increment of a counter that is kept by compare-and-swap': async (room) => {
    const [workers, increments] = [8, 6];
    await room.put('counter', '0');
    const increment = async (): Promise<void> => {
      for (;;) {
        const now = (await room.store.get(room.key('counter')))!;
        try {
          await putIf(room, 'counter', String(Number(now.bytes) + 1), { etag: now.object.etag });
          return;
        } catch (error) {
          if (!(error instanceof ConditionFailed)) throw error;
          await pause();
        }
      }
    };
    await Promise.all(
      Array.from({ length: workers }, async () => {
        for (let done = 0; done < increments; done++) await increment();
      }),
    );
    expect(await room.text('counter')).toBe(String(workers * increments));
  },
};
