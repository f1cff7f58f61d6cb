/** CloudFront Functions and the key-value stores they read: made in the stage DEVELOPMENT, published to LIVE. */
import type { FunctionConfig } from '@aws-sdk/client-cloudfront';
import type { LiveNamed, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import type { FunctionWish, KeyValueStoreWish } from '../../provision/cdn/wishes.js';
import type { Difference } from '../../provision/resource.js';
import { createHash } from 'node:crypto';
import { compareDocuments } from './facts.js';
import { orNull, type Services } from './services.js';

interface LiveFunction extends LiveNamed {
  /** ETag of the stage DEVELOPMENT, which is what can be changed. */
  readonly version: string | undefined;
  /** What runs; null when it was never published. */
  readonly published: { readonly config: FunctionConfig; readonly code: string } | null;
}

export function readFunctions({ cloudfront, send }: Services): ShelfReader<FunctionWish, LiveFunction> {
  return {
    async find({ name }) {
      return cloudfront('DescribeFunction', name, async ({ client, sdk }) => {
        const describe = (Stage: 'DEVELOPMENT' | 'LIVE') =>
          orNull(client.send(new sdk.DescribeFunctionCommand({ Name: name, Stage }), send), 'NoSuchFunctionExists');
        const developed = await describe('DEVELOPMENT');
        if (developed === null) return null;
        const live = await describe('LIVE');
        const code =
          live === null
            ? null
            : await orNull(
                client.send(new sdk.GetFunctionCommand({ Name: name, Stage: 'LIVE' }), send),
                'NoSuchFunctionExists',
              );
        const config = live?.FunctionSummary?.FunctionConfig;
        return {
          id: name,
          arn: developed.FunctionSummary?.FunctionMetadata?.FunctionARN ?? '',
          version: developed.ETag,
          published:
            config === undefined || code === null
              ? null
              : { config, code: Buffer.from(code.FunctionCode ?? []).toString() },
        };
      });
    },
    compare({ published }, wish) {
      if (published === null) return [{ setting: 'stage', from: 'DEVELOPMENT', to: 'LIVE', owner: 'ours' }];
      const [from, to] = [digest(published.code), digest(wish.code)];
      const code: Difference[] = from === to ? [] : [{ setting: 'code', from, to, owner: 'ours' }];
      return [...code, ...compareDocuments(published.config, mergeFunction(wish, published.config))];
    },
  };
}

export function openFunctions(services: Services): Shelf<FunctionWish, LiveFunction> {
  const { cloudfront, send } = services;
  const reader = readFunctions(services);

  async function publish(name: string, version: string | undefined, wish: FunctionWish): Promise<LiveFunction> {
    await cloudfront('PublishFunction', name, ({ client, sdk }) =>
      client.send(new sdk.PublishFunctionCommand({ Name: name, IfMatch: version }), send),
    );
    const live = await reader.find(wish);
    if (live === null) throw new Error(`${name} is gone after it was published`);
    return live;
  }

  return {
    ...reader,
    async create(wish) {
      const { name, code } = wish;
      const made = await cloudfront('CreateFunction', name, ({ client, sdk }) =>
        client.send(
          new sdk.CreateFunctionCommand({
            Name: name,
            FunctionConfig: mergeFunction(wish, null),
            FunctionCode: Buffer.from(code),
          }),
          send,
        ),
      );
      return publish(name, made.ETag, wish);
    },
    async update({ published, version }, wish) {
      const { name, code } = wish;
      const updated = await cloudfront('UpdateFunction', name, ({ client, sdk }) =>
        client.send(
          new sdk.UpdateFunctionCommand({
            Name: name,
            IfMatch: version,
            FunctionConfig: mergeFunction(wish, published?.config ?? null),
            FunctionCode: Buffer.from(code),
          }),
          send,
        ),
      );
      return publish(name, updated.ETag, wish);
    },
  };
}

export function mergeFunction({ comment, keyValueStore }: FunctionWish, now: FunctionConfig | null): FunctionConfig {
  const stores = keyValueStore === null ? [] : [{ KeyValueStoreARN: keyValueStore }];
  return {
    Comment: now?.Comment ?? comment,
    Runtime: 'cloudfront-js-2.0',
    ...(stores.length === 0 ? {} : { KeyValueStoreAssociations: { Quantity: stores.length, Items: stores } }),
  };
}

function digest(code: string): string {
  const start = createHash('sha256').update(code).digest('hex').slice(0, 8);
  return `${Buffer.byteLength(code)} bytes ${start}`;
}

export function readKeyValueStores({ cloudfront, send }: Services): ShelfReader<KeyValueStoreWish, LiveNamed> {
  return {
    async find({ name }) {
      const found = await cloudfront('DescribeKeyValueStore', name, ({ client, sdk }) =>
        orNull(client.send(new sdk.DescribeKeyValueStoreCommand({ Name: name }), send), 'EntityNotFound'),
      );
      if (found?.KeyValueStore === undefined) return null;
      const { ARN = '', Status } = found.KeyValueStore;
      // PROVISIONING, then READY (CloudFront Developer Guide, "Work with CloudFront KeyValueStore").
      return Status === 'READY'
        ? { id: name, arn: ARN }
        : { id: name, arn: ARN, readiness: { ready: false, reason: 'is being made' } };
    },
    compare: () => [],
  };
}

export function openKeyValueStores(services: Services): Shelf<KeyValueStoreWish, LiveNamed> {
  const { cloudfront, send } = services;
  const reader = readKeyValueStores(services);
  const load = async (wish: KeyValueStoreWish): Promise<LiveNamed> => {
    const live = await reader.find(wish);
    if (live === null) throw new Error(`${wish.name} is gone after it was made`);
    return live;
  };
  return {
    ...reader,
    async create(wish) {
      await cloudfront('CreateKeyValueStore', wish.name, ({ client, sdk }) =>
        client.send(new sdk.CreateKeyValueStoreCommand({ Name: wish.name, Comment: wish.comment }), send),
      );
      return load(wish);
    },
    update: (_, wish) => load(wish),
  };
}
