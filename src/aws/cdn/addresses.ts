/** Names that lead to the distributions. One that leads elsewhere is never changed: that would move a live site. */
import type { ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import type { Live, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import type { AddressWish } from '../../provision/cdn/wishes.js';
import { knownLater, type Difference } from '../../provision/resource.js';
import { foreign } from './facts.js';
import type { Services } from './services.js';
import { openZones, type Zone } from './zones.js';

/** The zone of all CloudFront distributions (Route 53 API Reference, AliasTarget). */
export const cloudFrontZone = 'Z2FDTNDATAQYW2';
export const addressTypes = ['A', 'AAAA'] as const satisfies readonly RRType[];

interface LiveAddress extends Live {
  readonly zone: Zone | null;
  readonly records: readonly ResourceRecordSet[];
}

export function readAddresses(services: Services): ShelfReader<AddressWish, LiveAddress> {
  const zones = openZones(services);
  return {
    async find({ host }) {
      const zone = await zones.zoneOf(host);
      if (zone === null) return { id: host, zone, records: [] };
      const records = (await zones.records(zone, host)).filter(({ Type }) => leads(Type));
      return records.length === 0 ? null : { id: host, zone, records };
    },
    compare({ zone, records }, wish): readonly Difference[] {
      if (zone === null) return [foreign('DNS', `not in Route 53: it needs a CNAME record to ${wish.target}`)];
      const missing = missingTypes(records);
      const elsewhere = records.filter((record) => !leadsTo(record, wish.target)).map(describe);
      if (elsewhere.length > 0)
        return [
          foreign('DNS', `leads to ${elsewhere.join(', ')}; change it to ${wish.target} when you want to go live`),
        ];
      return missing.map((type) => ({ setting: `${type} record`, to: wish.target, owner: 'ours' }));
    },
  };
}

export function openAddresses(services: Services): Shelf<AddressWish, LiveAddress> {
  const zones = openZones(services);
  const reader = readAddresses(services);
  async function add(wish: AddressWish, wanted: readonly RRType[]): Promise<LiveAddress> {
    const { host, target } = wish;
    const zone = await zones.zoneOf(host);
    if (zone !== null)
      await zones.create(
        zone,
        wanted.map((Type) => ({
          Name: host,
          Type,
          AliasTarget: { HostedZoneId: cloudFrontZone, DNSName: target, EvaluateTargetHealth: false },
        })),
      );
    return (await reader.find(wish)) ?? { id: host, zone, records: [] };
  }
  return {
    ...reader,
    create: (wish) => add(wish, addressTypes),
    update: (live, wish) => add(wish, missingTypes(live.records)),
  };
}

/** A CNAME stands for both. */
function missingTypes(records: readonly ResourceRecordSet[]): readonly RRType[] {
  if (records.some(({ Type }) => Type === 'CNAME')) return [];
  return addressTypes.filter((type) => !records.some(({ Type }) => Type === type));
}

function leads(type: RRType | undefined): boolean {
  return type === 'A' || type === 'AAAA' || type === 'CNAME';
}

function leadsTo({ AliasTarget, ResourceRecords }: ResourceRecordSet, target: string): boolean {
  if (target === knownLater) return false;
  const names = [AliasTarget?.DNSName, ...(ResourceRecords ?? []).map(({ Value }) => Value)];
  return names.some((name) => name?.replace(/\.$/, '').toLowerCase() === target.toLowerCase());
}

function describe({ AliasTarget, ResourceRecords }: ResourceRecordSet): string {
  return AliasTarget?.DNSName ?? (ResourceRecords ?? []).map(({ Value }) => Value).join(' ');
}
