/** A hosted zone of Route 53 as the keeper of names. */
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { PublishError } from '../../errors.js';
import {
  DnsConflict,
  recordTypes,
  type DnsProvider,
  type RecordSet,
  type RecordType,
} from '../../provision/host/dns.js';
import type { HealthChecks, HealthCheckRequest } from '../../provision/host/healthChecks.js';
import { isAnswer, type HostServices } from './services.js';
import { hostTag, readTags } from './tags.js';

/**
 * Opens a zone by its name. A change batch is all or nothing, refuses to CREATE what is there and to DELETE what is
 * not there exactly so (API Reference, ChangeResourceRecordSets): just what the port asks for.
 */
export function openHostedZone(services: HostServices, zone: string): DnsProvider {
  let known: Promise<string> | undefined;
  const zoneId = (): Promise<string> => (known ??= findZone(services, zone));
  return {
    name: `zone ${zone} in Route 53`,
    servers: async () => {
      const id = await zoneId();
      return services.route53('GetHostedZone', zone, async ({ client, sdk }) => {
        const { DelegationSet } = await client.send(new sdk.GetHostedZoneCommand({ Id: id }));
        return DelegationSet?.NameServers ?? [];
      });
    },
    async find(name) {
      const id = await zoneId();
      return services.route53('ListResourceRecordSets', name, async ({ client, sdk }) => {
        const request = { HostedZoneId: id, StartRecordName: name };
        const { ResourceRecordSets = [] } = await client.send(new sdk.ListResourceRecordSetsCommand(request));
        return ResourceRecordSets.filter((set) => plainName(set.Name) === name).flatMap(readSet);
      });
    },
    async change({ remove, add }) {
      const id = await zoneId();
      const changes: Change[] = [
        ...remove.map((set): Change => ({ Action: 'DELETE', ResourceRecordSet: writeSet(set) })),
        ...add.map((set): Change => ({ Action: 'CREATE', ResourceRecordSet: writeSet(set) })),
      ];
      return services.route53('ChangeResourceRecordSets', zone, async ({ client, sdk }) => {
        try {
          const request = { HostedZoneId: id, ChangeBatch: { Comment: 'twinorigin', Changes: changes } };
          const { ChangeInfo } = await client.send(new sdk.ChangeResourceRecordSetsCommand(request));
          return bareId(ChangeInfo?.Id);
        } catch (error) {
          const message = error instanceof Error ? error.message : '';
          const isOld = /already exists|not found|do not match/.test(message);
          if (isAnswer(error, 'InvalidChangeBatch') && isOld) throw new DnsConflict(`zone ${zone}: ${message}`);
          throw error;
        }
      });
    },
    // Nothing here can be tried without being done; a zone that is not there is noticed.
    rehearse: async () => void (await zoneId()),
    isSettled: (change) =>
      services.route53('GetChange', change, async ({ client, sdk }) => {
        const { ChangeInfo } = await client.send(new sdk.GetChangeCommand({ Id: change }));
        return ChangeInfo?.Status === 'INSYNC';
      }),
  };
}

/** Health checks of Route 53, found again by their tag. */
export function openHealthChecks(services: HostServices, host: string): HealthChecks {
  /** Health checks are made without tags: a run that broke off in between has left one bare. */
  const tag = (id: string, name: string): Promise<void> =>
    services.route53('ChangeTagsForResource', id, async ({ client, sdk }) => {
      const AddTags = [
        { Key: hostTag, Value: host },
        { Key: 'Name', Value: name },
      ];
      const request = { ResourceType: 'healthcheck' as const, ResourceId: id, AddTags };
      await client.send(new sdk.ChangeTagsForResourceCommand(request));
    });
  return {
    find: () =>
      services.route53('ListHealthChecks', host, async ({ client, sdk }) => {
        for await (const { HealthChecks = [] } of sdk.paginateListHealthChecks({ client }, {})) {
          for (const { Id = '', CallerReference = '', HealthCheckConfig } of HealthChecks) {
            if (!CallerReference.startsWith(`twinorigin-${host}-`)) continue;
            const { IPAddress = '', Port = 0, ResourcePath = '' } = HealthCheckConfig ?? {};
            const request = { ResourceType: 'healthcheck' as const, ResourceId: Id };
            const { ResourceTagSet } = await client.send(new sdk.ListTagsForResourceCommand(request));
            const isTagged = readTags(ResourceTagSet?.Tags)[hostTag] === host;
            return { id: Id, address: IPAddress, port: Port, path: ResourcePath, isTagged };
          }
        }
        return null;
      }),
    create: ({ address, port, path, name, reference }: HealthCheckRequest) =>
      services.route53('CreateHealthCheck', host, async ({ client, sdk }) => {
        const { HealthCheck } = await client.send(
          new sdk.CreateHealthCheckCommand({
            CallerReference: `twinorigin-${host}-${reference}`,
            HealthCheckConfig: {
              Type: 'HTTP',
              IPAddress: address,
              Port: port,
              ResourcePath: path,
              FullyQualifiedDomainName: name,
              RequestInterval: 30,
              FailureThreshold: 3,
            },
          }),
        );
        const id = HealthCheck?.Id ?? '';
        await tag(id, name);
        return { id, address, port, path, isTagged: true };
      }),
    update: (id, { address, port, path, name }) =>
      services.route53('UpdateHealthCheck', id, async ({ client, sdk }) => {
        const request = { HealthCheckId: id, IPAddress: address, Port: port, ResourcePath: path };
        await client.send(new sdk.UpdateHealthCheckCommand({ ...request, FullyQualifiedDomainName: name }));
        await tag(id, name);
        return { id, address, port, path, isTagged: true };
      }),
    remove: (id) =>
      services.route53('DeleteHealthCheck', id, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DeleteHealthCheckCommand({ HealthCheckId: id }));
        } catch (error) {
          if (!isAnswer(error, 'NoSuchHealthCheck')) throw error;
        }
      }),
  };
}

async function findZone(services: HostServices, zone: string): Promise<string> {
  return services.route53('ListHostedZonesByName', zone, async ({ client, sdk }) => {
    const { HostedZones = [] } = await client.send(new sdk.ListHostedZonesByNameCommand({ DNSName: zone }));
    const found = HostedZones.filter(({ Name, Config }) => plainName(Name) === zone && Config?.PrivateZone !== true);
    if (found.length === 1) return bareId(found[0]?.Id);
    throw new PublishError(
      'config-invalid',
      found.length === 0
        ? `there is no public hosted zone ${zone} in this account`
        : `there are ${found.length} hosted zones ${zone} in this account`,
      { hint: 'Name the zone that the domain is delegated to ("host.dns.zone").' },
    );
  });
}

/** `/hostedzone/Z1` and `/change/C1` */
function bareId(id = ''): string {
  return id.replace(/^.*\//, '');
}

/** Names come with a final dot, and `*` as an octal number. */
function plainName(name = ''): string {
  return name.replace(/\.$/, '').replace('\\052', '*').toLowerCase();
}

function readSet(set: ResourceRecordSet): readonly RecordSet[] {
  const type = recordTypes.find((one) => one === set.Type);
  if (type === undefined) return [];
  const values = (set.ResourceRecords ?? []).map(({ Value = '' }) => readValue(type, Value));
  return [
    {
      name: plainName(set.Name),
      type,
      ttl: set.TTL ?? 0,
      values: values.sort(),
      ...(set.AliasTarget !== undefined && {
        alias: { target: plainName(set.AliasTarget.DNSName), zone: set.AliasTarget.HostedZoneId ?? '' },
      }),
      ...(set.Failover !== undefined && {
        failover: {
          role: set.Failover,
          id: set.SetIdentifier ?? '',
          ...(set.HealthCheckId !== undefined && { healthCheck: set.HealthCheckId }),
        },
      }),
    },
  ];
}

function writeSet({ name, type, ttl, values, alias, failover }: RecordSet): ResourceRecordSet {
  return {
    Name: name,
    Type: type,
    ...(alias === undefined
      ? { TTL: ttl, ResourceRecords: values.map((value) => ({ Value: writeValue(type, value) })) }
      : { AliasTarget: { DNSName: alias.target, HostedZoneId: alias.zone, EvaluateTargetHealth: false } }),
    ...(failover !== undefined && {
      SetIdentifier: failover.id,
      Failover: failover.role,
      ...(failover.healthCheck !== undefined && { HealthCheckId: failover.healthCheck }),
    }),
  };
}

/** Texts are in quotes, in parts of at most 255 characters (Developer Guide, "TXT record type"). */
function writeValue(type: RecordType, value: string): string {
  if (type !== 'TXT') return value;
  const parts = value.match(/[\s\S]{1,255}/g) ?? [''];
  return parts.map((part) => `"${part.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

function readValue(type: RecordType, value: string): string {
  if (type === 'CNAME') return plainName(value);
  if (type !== 'TXT') return value;
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part = '']) => part.replace(/\\(.)/g, '$1')).join('');
}
