/** Zones and records of Route 53. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Services } from './services.js';

export interface Zone {
  /** Without `/hostedzone/`. */
  readonly id: string;
  /** Without the dot at its end. */
  readonly name: string;
}

export interface Zones {
  /** The most specific public zone of this account that a host name lies in; null when its DNS is elsewhere. */
  zoneOf(host: string): Promise<Zone | null>;
  /** Record sets of exactly this name. */
  records(zone: Zone, host: string): Promise<readonly ResourceRecordSet[]>;
  /** Creates record sets; one that exists already is not touched, and the request fails. */
  create(zone: Zone, sets: readonly ResourceRecordSet[]): Promise<void>;
}

export function openZones({ route53, send }: Services): Zones {
  let all: Promise<readonly Zone[]> | undefined;

  async function list(): Promise<readonly Zone[]> {
    const zones: Zone[] = [];
    for (let Marker: string | undefined; ;) {
      const page = await route53('ListHostedZones', 'hosted zones', ({ client, sdk }) =>
        client.send(new sdk.ListHostedZonesCommand({ Marker }), send),
      );
      for (const { Id = '', Name = '', Config } of page.HostedZones ?? [])
        if (Config?.PrivateZone !== true)
          zones.push({ id: Id.replace('/hostedzone/', ''), name: Name.replace(/\.$/, '') });
      Marker = page.IsTruncated === true ? page.NextMarker : undefined;
      if (Marker === undefined) return zones;
    }
  }

  return {
    async zoneOf(host) {
      const zones = (await (all ??= list())).filter(({ name }) => host === name || host.endsWith(`.${name}`));
      return zones.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
    },
    async records(zone, host) {
      const page = await route53('ListResourceRecordSets', zone.id, ({ client, sdk }) =>
        client.send(
          new sdk.ListResourceRecordSetsCommand({ HostedZoneId: zone.id, StartRecordName: host, MaxItems: 20 }),
          send,
        ),
      );
      const isIt = ({ Name = '' }: ResourceRecordSet) => Name.replace(/\.$/, '').toLowerCase() === host.toLowerCase();
      return (page.ResourceRecordSets ?? []).filter(isIt);
    },
    async create(zone, sets) {
      await route53('ChangeResourceRecordSets', zone.id, ({ client, sdk }) =>
        client.send(
          new sdk.ChangeResourceRecordSetsCommand({
            HostedZoneId: zone.id,
            ChangeBatch: {
              Comment: 'twinorigin',
              Changes: sets.map((set) => ({ Action: 'CREATE' as const, ResourceRecordSet: set })),
            },
          }),
          send,
        ),
      );
    },
  };
}
