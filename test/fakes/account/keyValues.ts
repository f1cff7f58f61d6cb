/** The data plane of CloudFront's key-value stores: every write under the condition of the store's version. */
import { ServiceError } from './codec.js';
import type { FakeCloudFrontState, FakeKeyValueStore } from './cloudFront.js';
import type { Handlers } from './server.js';

/** "Maximum size of a key: 512 bytes, of a value: 1 KB, of a store: 5 MB" (Developer Guide, "Quotas on key value stores"). */
const largest = { key: 512, value: 1024, store: 5 * 1024 * 1024, batch: 50 };

interface Input {
  readonly KvsARN: string;
  readonly Key?: string;
  readonly Value?: string;
  readonly IfMatch?: string;
  readonly Puts?: readonly { readonly Key: string; readonly Value: string }[];
  readonly Deletes?: readonly { readonly Key: string }[];
}

export function openKeyValues(state: FakeCloudFrontState): Handlers {
  const storeOf = ({ KvsARN }: Input): FakeKeyValueStore => {
    const store = [...state.keyValueStores.values()].find(({ arn }) => arn === KvsARN);
    if (store === undefined) throw new ServiceError(404, 'ResourceNotFoundException', KvsARN);
    if (store.status !== 'READY') throw new ServiceError(409, 'ConflictException', 'The store is not ready.');
    return store;
  };
  const facts = (store: FakeKeyValueStore) => ({
    ItemCount: store.items.size,
    TotalSizeInBytes: sizeOf(store),
    ETag: store.dataVersion,
  });
  const write = (
    input: Input,
    puts: readonly { Key: string; Value: string }[],
    deletes: readonly { Key: string }[],
  ) => {
    const store = storeOf(input);
    if (input.IfMatch !== store.dataVersion) throw new ServiceError(409, 'ConflictException', 'Pre-Condition failed.');
    if (puts.length + deletes.length > largest.batch)
      throw new ServiceError(400, 'ValidationException', 'too many keys');
    for (const { Key, Value } of puts)
      if (Buffer.byteLength(Key) > largest.key || Buffer.byteLength(Value) > largest.value)
        throw new ServiceError(400, 'ValidationException', 'key or value too large');
    for (const { Key } of deletes) store.items.delete(Key);
    for (const { Key, Value } of puts) store.items.set(Key, Value);
    if (sizeOf(store) > largest.store) throw new ServiceError(402, 'ServiceQuotaExceededException', 'store too large');
    store.dataVersion = state.nextVersion();
    return facts(store);
  };
  return {
    DescribeKeyValueStore: (input: Input) => ({ ...facts(storeOf(input)), KvsARN: input.KvsARN, Created: 0 }),
    ListKeys: (input: Input) => ({ Items: [...storeOf(input).items].map(([Key, Value]) => ({ Key, Value })) }),
    GetKey(input: Input) {
      const store = storeOf(input);
      const Value = store.items.get(input.Key ?? '');
      if (Value === undefined) throw new ServiceError(404, 'ResourceNotFoundException', 'Key was not found.');
      return { Key: input.Key, Value, ItemCount: store.items.size, TotalSizeInBytes: sizeOf(store) };
    },
    PutKey: (input: Input) => write(input, [{ Key: input.Key ?? '', Value: input.Value ?? '' }], []),
    DeleteKey: (input: Input) => write(input, [], [{ Key: input.Key ?? '' }]),
    UpdateKeys: (input: Input) => write(input, input.Puts ?? [], input.Deletes ?? []),
  };
}

function sizeOf({ items }: FakeKeyValueStore): number {
  return [...items].reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}
