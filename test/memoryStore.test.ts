import { describe, expect, it } from 'vitest';
import { objectKey } from '../src/build/keys.js';
import { describeObjectStore } from './contract/objectStore.js';
import { plainHeaders } from './contract/room.js';
import { memoryStore } from './memoryStore.js';

describeObjectStore('memory store', () => Promise.resolve({ store: memoryStore(), close: () => Promise.resolve() }));

describe('the hooks of the memory store', () => {
  it('count operations and let them fail before they do anything', async () => {
    const store = memoryStore('m', (operation, key) => {
      if (operation === 'put' && key === 'bad') throw new Error('planned');
    });
    const put = (key: string) =>
      store.put({ key: objectKey(key), body: { bytes: Buffer.from(key) }, headers: plainHeaders });
    await put('good');
    await expect(put('bad')).rejects.toThrow('planned');
    expect(store.keys()).toEqual(['good']);
    expect(store.operations).toEqual(['put good', 'put bad']);
    store.onOperation = () => {
      throw new Error('all fails');
    };
    expect(await store.delete([objectKey('good')])).toEqual([{ key: 'good', message: 'all fails' }]);
    expect(store.text('good')).toBe('good');
  });
});
