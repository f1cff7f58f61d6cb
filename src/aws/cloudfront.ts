/** A CloudFront distribution as the cache in front of an origin. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { PublishError } from '../errors.js';
import type { Cdn, InvalidationStatus } from '../release/ports.js';
import type { Aws, CloudFrontAccess } from './clients.js';
import { toPublishError } from './errors.js';
import { errorName } from './failure.js';

/**
 * In progress at once per distribution (CloudFront Developer Guide, "Concurrent invalidation request maximum"):
 * 3,000 single paths, and beside them 15 paths with a wildcard.
 */
const maxPaths = 3000;
const maxWildcards = 15;
/** Milliseconds between tries while earlier invalidations are in progress; the last one repeats. */
const delays = [5_000, 10_000, 20_000, 30_000, 60_000] as const;

export interface CdnSettings {
  /** Its id. */
  readonly distribution: string;
  readonly aws: Aws;
  /** How long to wait for earlier invalidations to end, in milliseconds; 15 minutes. */
  readonly patience?: number;
  /** Ends that waiting, not a request under way. */
  readonly signal?: AbortSignal;
  readonly clock?: () => Date;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * Several batches become one status whose id lists theirs, separated by commas.
 * @throws PublishError `distribution-missing`, `access-denied`, `cdn-failed`…
 */
export function openCloudFrontCdn(settings: CdnSettings): Cdn {
  const { distribution, aws } = settings;
  const clock = settings.clock ?? ((): Date => new Date());
  const sleep =
    settings.sleep ??
    ((milliseconds: number): Promise<void> => wait(milliseconds, undefined, endOf(settings.signal ?? aws.signal)));
  const send = aws.signal === undefined ? {} : { abortSignal: aws.signal };

  async function run<T>(action: string, request: (access: CloudFrontAccess) => Promise<T>): Promise<T> {
    let endpoint: string | undefined;
    try {
      const access = await aws.cloudfront();
      endpoint = access.endpoint;
      return await request(access);
    } catch (error) {
      throw toPublishError(error, { action, resource: distribution, endpoint, profile: aws.profile });
    }
  }

  const create = (paths: readonly string[], reference: string): Promise<InvalidationStatus> =>
    run('cloudfront:CreateInvalidation', async ({ client, sdk }) => {
      const command = new sdk.CreateInvalidationCommand({
        DistributionId: distribution,
        InvalidationBatch: { CallerReference: reference, Paths: { Quantity: paths.length, Items: [...paths] } },
      });
      const { Invalidation } = await client.send(command, send);
      return statusOf(Invalidation?.Id, Invalidation?.Status);
    });

  /** The same reference with other paths is refused; one that tells the paths apart is made of both. */
  async function createOnce(paths: readonly string[], reference: string): Promise<InvalidationStatus> {
    try {
      return await create(paths, reference);
    } catch (error) {
      if (!isCausedBy(error, 'InvalidationBatchAlreadyExists')) throw error;
      return create(paths, `${reference}-${createHash('sha256').update(paths.join('\n')).digest('hex').slice(0, 16)}`);
    }
  }

  async function createPatiently(paths: readonly string[], reference: string): Promise<InvalidationStatus> {
    const end = clock().getTime() + (settings.patience ?? 15 * 60_000);
    for (let attempt = 0; ; attempt++) {
      try {
        return await createOnce(paths, reference);
      } catch (error) {
        if (!isCausedBy(error, 'TooManyInvalidationsInProgress')) throw error;
        const delay = delays[Math.min(attempt, delays.length - 1)] ?? 60_000;
        if (clock().getTime() + delay > end) throw tooMany(distribution, error);
        await run('cloudfront:CreateInvalidation', () => sleep(delay));
      }
    }
  }

  return {
    name: distribution,
    async invalidate(paths, reference) {
      const statuses: InvalidationStatus[] = [];
      for (const [index, batch] of inBatches([...new Set(paths)]).entries()) {
        statuses.push(await createPatiently(batch, index === 0 ? reference : `${reference}-${index + 1}`));
      }
      return { id: statuses.map(({ id }) => id).join(','), completed: statuses.every(({ completed }) => completed) };
    },
    async invalidation(id) {
      const parts = await Promise.all(
        id.split(',').map((one) =>
          run('cloudfront:GetInvalidation', async ({ client, sdk }) => {
            const command = new sdk.GetInvalidationCommand({ DistributionId: distribution, Id: one });
            const { Invalidation } = await client.send(command, send);
            return statusOf(one, Invalidation?.Status);
          }),
        ),
      );
      return { id, completed: parts.every(({ completed }) => completed) };
    },
  };
}

function endOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function inBatches(paths: readonly string[]): readonly (readonly string[])[] {
  const batches: { readonly paths: string[]; wildcards: number }[] = [];
  for (const path of paths) {
    const wildcard = path.endsWith('*') ? 1 : 0;
    let batch = batches.at(-1);
    if (batch === undefined || batch.paths.length === maxPaths || batch.wildcards + wildcard > maxWildcards) {
      batch = { paths: [], wildcards: 0 };
      batches.push(batch);
    }
    batch.paths.push(path);
    batch.wildcards += wildcard;
  }
  return batches.map((batch) => batch.paths);
}

/** `InProgress` or `Completed`. */
function statusOf(id: string | undefined, status: string | undefined): InvalidationStatus {
  return { id: id ?? '', completed: status?.toLowerCase() === 'completed' };
}

function isCausedBy(error: unknown, name: string): boolean {
  return (
    errorName(error) === name ||
    (error instanceof Error && error.cause !== undefined && errorName(error.cause) === name)
  );
}

function tooMany(distribution: string, cause: unknown): PublishError {
  const message = `Too many invalidations of ${distribution} are in progress, and have been for minutes`;
  return new PublishError('cdn-failed', message, {
    cause,
    hint: 'Run the same command again later: the release is live, and its invalidation will be finished.',
  });
}
