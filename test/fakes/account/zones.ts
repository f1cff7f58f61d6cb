/** Route 53: a batch is done as a whole or not at all, CREATE refuses what is there, CNAME stands alone. */
import { ServiceError } from './codec.js';
import type { Handlers } from './server.js';

export interface FakeRecord {
  readonly Name: string;
  readonly Type: string;
  readonly [member: string]: unknown;
}

export interface FakeZone {
  readonly id: string;
  /** Without the dot at its end. */
  readonly name: string;
  readonly records: FakeRecord[];
}

export interface FakeZones {
  readonly byId: Map<string, FakeZone>;
  readonly handlers: Handlers;
  readonly isThere: (name: string) => boolean;
}

interface Change {
  readonly Action: string;
  readonly ResourceRecordSet: FakeRecord;
}

export function openZones(): FakeZones {
  const byId = new Map<string, FakeZone>();
  const zoneOf = (id: string): FakeZone => {
    const zone = byId.get(id);
    if (zone === undefined) throw new ServiceError(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
    return zone;
  };
  const handlers: Handlers = {
    ListHostedZones: () => ({
      HostedZones: [...byId.values()].map(({ id, name }) => ({
        Id: `/hostedzone/${id}`,
        Name: `${name}.`,
        CallerReference: id,
        Config: { PrivateZone: false },
      })),
      Marker: '',
      IsTruncated: false,
      MaxItems: 100,
    }),
    ListResourceRecordSets({ HostedZoneId, StartRecordName = '' }: { HostedZoneId: string; StartRecordName?: string }) {
      const order = (name: string) => normal(name).split('.').reverse().join('.');
      const records = zoneOf(HostedZoneId)
        .records.filter(({ Name }) => order(Name) >= order(StartRecordName))
        .sort((a, b) => (order(a.Name) < order(b.Name) ? -1 : 1))
        .map((record) => ({ ...record, Name: `${normal(record.Name)}.` }));
      return { ResourceRecordSets: records.slice(0, 20), IsTruncated: false, MaxItems: 20 };
    },
    ChangeResourceRecordSets({
      HostedZoneId,
      ChangeBatch,
    }: {
      HostedZoneId: string;
      ChangeBatch: { Changes: Change[] };
    }) {
      const zone = zoneOf(HostedZoneId);
      const after = [...zone.records];
      for (const { Action, ResourceRecordSet: set } of ChangeBatch.Changes) {
        const same = after.findIndex(({ Name, Type }) => normal(Name) === normal(set.Name) && Type === set.Type);
        if (Action === 'CREATE' && same >= 0) throw refuse(`it already exists: ${set.Name} ${set.Type}`);
        if (!normal(set.Name).endsWith(zone.name)) throw refuse(`${set.Name} is not in the zone ${zone.name}`);
        const besides = after.filter(({ Name }, index) => normal(Name) === normal(set.Name) && index !== same);
        if (besides.some(({ Type }) => Type === 'CNAME') || (set.Type === 'CNAME' && besides.length > 0))
          throw refuse(`CNAME beside another record: ${set.Name}`);
        if (same >= 0) after.splice(same, 1);
        if (Action !== 'DELETE') after.push(set);
      }
      zone.records.splice(0, zone.records.length, ...after);
      return { ChangeInfo: { Id: '/change/C1', Status: 'INSYNC', SubmittedAt: new Date(0) } };
    },
  };
  return {
    byId,
    handlers,
    isThere: (name) =>
      [...byId.values()].some(({ records }) => records.some((record) => normal(record.Name) === normal(name))),
  };
}

function refuse(message: string): ServiceError {
  return new ServiceError(400, 'InvalidChangeBatch', `[${message}]`);
}

function normal(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
