/** Distributions: found by their id, or by the bucket they stand in front of. */
import type { DistributionConfig, DistributionSummary } from '@aws-sdk/client-cloudfront';
import { PublishError } from '../../errors.js';
import type { LiveDistribution, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import type { DistributionWish, Tags } from '../../provision/cdn/wishes.js';
import { AlreadyThere, knownLater, type Difference } from '../../provision/resource.js';
import { isSameBucket, listForeignSettings, mergeDistribution } from './distributionConfig.js';
import { compareDocuments } from './facts.js';
import { listPages } from './pages.js';
import type { Services } from './services.js';

interface LiveDocument extends LiveDistribution {
  readonly config: DistributionConfig;
  /** ETag. */
  readonly version: string | undefined;
  readonly tags: Tags;
}

export function readDistributions(services: Services): ShelfReader<DistributionWish, LiveDocument> {
  const { cloudfront, send } = services;

  async function load(Id: string): Promise<LiveDocument> {
    const { Distribution, ETag } = await cloudfront('GetDistribution', Id, ({ client, sdk }) =>
      client.send(new sdk.GetDistributionCommand({ Id }), send),
    );
    const { ARN = '', DomainName = '', Status, DistributionConfig } = Distribution ?? {};
    if (DistributionConfig === undefined) throw new Error(`CloudFront has no configuration for ${Id}`);
    const { Tags } = await cloudfront('ListTagsForResource', Id, ({ client, sdk }) =>
      client.send(new sdk.ListTagsForResourceCommand({ Resource: ARN }), send),
    );
    const tags = Object.fromEntries((Tags?.Items ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    const known = { id: Id, arn: ARN, domain: DomainName, config: DistributionConfig, version: ETag, tags };
    return Status === 'Deployed' ? known : { ...known, readiness: { ready: false, reason: 'is being deployed' } };
  }

  return {
    async find(wish) {
      if (wish.id !== undefined) return load(wish.id);
      if (wish.bucketDomain === knownLater) return null; // no bucket, so nothing stands in front of it
      const all = await listPages(
        async (Marker) =>
          (
            await cloudfront('ListDistributions', wish.origin, ({ client, sdk }) =>
              client.send(new sdk.ListDistributionsCommand({ Marker }), send),
            )
          ).DistributionList,
      );
      const own = all.filter((one) => isInFrontOf(one, wish));
      const named = own.filter(({ Aliases }) => wish.aliases.some((alias) => Aliases?.Items?.includes(alias) ?? false));
      const [first, second] = named.length > 0 ? named : own;
      if (second !== undefined)
        throw new PublishError('config-invalid', `several distributions stand in front of ${wish.bucketDomain}`, {
          items: own.map(({ Id, Aliases }) => `${Id} ${Aliases?.Items?.join(' ') ?? ''}`),
          hint: `Name one: "distribution" in origins.${wish.origin}.`,
        });
      return first?.Id === undefined ? null : load(first.Id);
    },
    compare: ({ config, tags }, wish) => [
      ...compareDocuments(config, mergeDistribution(wish, config)),
      ...missingTags(tags, wish),
      ...listForeignSettings(config, wish),
    ],
  };
}

/** With the bucket as the origin of its default behavior. */
function isInFrontOf({ Origins, DefaultCacheBehavior }: DistributionSummary, wish: DistributionWish): boolean {
  const origin = Origins?.Items?.find(({ Id }) => Id === DefaultCacheBehavior?.TargetOriginId);
  return isSameBucket(origin?.DomainName, wish.bucketDomain) && (origin?.OriginPath ?? '') === wish.originPath;
}

function missingTags(tags: Tags, wish: DistributionWish): readonly Difference[] {
  return Object.entries(wish.tags).flatMap(([key, to]): Difference[] => {
    const from = tags[key];
    if (from === to) return [];
    return [{ setting: `tag ${key}`, to, owner: 'ours', ...(from === undefined ? {} : { from }) }];
  });
}

export function openDistributions(services: Services): Shelf<DistributionWish, LiveDocument> {
  const { cloudfront, send } = services;
  const reader = readDistributions(services);
  const reload = async (wish: DistributionWish, id: string): Promise<LiveDocument> => {
    const live = await reader.find({ ...wish, id });
    if (live === null) throw new Error(`${id} is gone after it was written`);
    return live;
  };
  const tagsOf = (tags: Tags) => ({ Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });

  async function createWith(wish: DistributionWish, reference: string): Promise<string> {
    const DistributionConfig = { ...mergeDistribution(wish, null), CallerReference: reference };
    const { Distribution } = await cloudfront('CreateDistribution', wish.comment, ({ client, sdk }) =>
      client.send(
        new sdk.CreateDistributionWithTagsCommand({
          DistributionConfigWithTags: { DistributionConfig, Tags: tagsOf(wish.tags) },
        }),
        send,
      ),
    );
    return Distribution?.Id ?? '';
  }

  return {
    ...reader,
    /** A reference stays used when its distribution is deleted: then the next one is taken. */
    async create(wish) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await reload(
            wish,
            await createWith(wish, attempt === 1 ? wish.reference : `${wish.reference}-${attempt}`),
          );
        } catch (error) {
          if (!(error instanceof AlreadyThere) || attempt === 9 || (await reader.find(wish)) !== null) throw error;
        }
      }
    },
    async update({ id, arn, config, version, tags }, wish) {
      const merged = mergeDistribution(wish, config);
      if (compareDocuments(config, merged).length > 0)
        await cloudfront('UpdateDistribution', id, ({ client, sdk }) =>
          client.send(
            new sdk.UpdateDistributionCommand({ Id: id, IfMatch: version, DistributionConfig: merged }),
            send,
          ),
        );
      if (missingTags(tags, wish).length > 0)
        await cloudfront('TagResource', id, ({ client, sdk }) =>
          client.send(new sdk.TagResourceCommand({ Resource: arn, Tags: tagsOf(wish.tags) }), send),
        );
      return reload(wish, id);
    },
  };
}
