/** Buckets and distributions that exist already, as origins of a configuration. */
import type * as AwsRoom from '../../aws/index.js';
import { originNames, type OriginName } from '../../build/build.js';

type FoundDistribution = AwsRoom.FoundDistribution;

/** What people call the bucket of each origin. */
const names: Readonly<Record<OriginName, RegExp>> = {
  images: /(^|[-._])(images?|img|pictures|photos)([-._]|$)/,
  resources: /(^|[-._])(static|resources?|assets?|cdn)([-._]|$)/,
  pages: /(^|[-._])(www|pages?|web|site|html)([-._]|$)/,
};

interface FoundBucketOrigin {
  readonly bucket: string;
  readonly prefix?: string;
  readonly url: string;
  readonly distribution: string;
}

/**
 * One bucket for each origin, in front of which there is a distribution; undefined unless there is exactly one choice
 * for each: what is not certain is for a person to say.
 */
export function matchOrigins(
  distributions: readonly FoundDistribution[],
): Readonly<Record<OriginName, FoundBucketOrigin>> | undefined {
  const found = originNames.map((name) => [name, findOrigin(names[name], distributions)] as const);
  if (found.some(([, origin]) => origin === undefined)) return undefined;
  const places = new Set(found.map(([, origin]) => `${origin?.bucket ?? ''}/${origin?.prefix ?? ''}`));
  if (places.size < originNames.length) return undefined;
  return Object.fromEntries(found) as Record<OriginName, FoundBucketOrigin>;
}

function findOrigin(name: RegExp, distributions: readonly FoundDistribution[]): FoundBucketOrigin | undefined {
  const choices = distributions.flatMap(({ id, enabled, hosts, origins }) => {
    const [origin, ...others] = origins;
    const host = hosts[0];
    if (!enabled || origin?.bucket === undefined || others.length > 0 || host === undefined) return [];
    if (!name.test(origin.bucket) && !name.test(host)) return [];
    const prefix = origin.prefix === '' ? {} : { prefix: origin.prefix };
    return [{ bucket: origin.bucket, ...prefix, url: `https://${host}`, distribution: id }];
  });
  return choices.length === 1 ? choices[0] : undefined;
}
