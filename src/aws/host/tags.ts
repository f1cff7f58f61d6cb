/** The tags by which everything of a host is found again; nothing without them is ever touched. */

export type Tags = Readonly<Record<string, string>>;

export const hostTag = 'twinorigin:host';
export const slotTag = 'twinorigin:slot';
export const generationTag = 'twinorigin:generation';
export const recipeTag = 'twinorigin:recipe';
export const imageTag = 'twinorigin:image';
export const purposeTag = 'twinorigin:purpose';

interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function readTags(tags: readonly AwsTag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

export function writeTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** What EC2 filters by. */
export function ofHost(host: string): { Filters: { Name: string; Values: string[] }[] } {
  return { Filters: [{ Name: `tag:${hostTag}`, Values: [host] }] };
}

export function numberOf(tags: Tags, name: string): number {
  return Number(tags[name] ?? 0);
}
