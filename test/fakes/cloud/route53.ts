/**
 * Route 53 with its rules (API Reference, ChangeResourceRecordSets; Developer Guide, "Supported DNS record types"): a
 * change batch is all or nothing, CREATE of what exists and DELETE of what differs are refused, a CNAME stands alone
 * and never at the apex, and name servers answer with a change only once it is INSYNC.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { readTags, tag } from '../s3/reply.js';
import {
  CloudError,
  nextId,
  type CloudState,
  type FakeHealthCheck,
  type FakeRecordSet,
  type FakeZone,
} from './state.js';

const namespace = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

export interface Route53Reply {
  readonly operation: string;
  readonly perform: (state: CloudState, body: string) => string;
}

const routes: readonly (readonly [
  string,
  RegExp,
  string,
  (state: CloudState, body: string, id: string, url: URL) => string,
])[] = [
  ['GET', /^\/hostedzonesbyname$/, 'ListHostedZonesByName', listZonesByName],
  ['GET', /^\/hostedzone\/([^/]+)$/, 'GetHostedZone', (state, _, id) => showZone(findZone(state, id))],
  ['GET', /^\/hostedzone\/([^/]+)\/rrset$/, 'ListResourceRecordSets', listSets],
  ['POST', /^\/hostedzone\/([^/]+)\/rrset$/, 'ChangeResourceRecordSets', changeSets],
  ['GET', /^\/change\/([^/]+)$/, 'GetChange', getChange],
  ['GET', /^\/healthcheck$/, 'ListHealthChecks', listHealthChecks],
  ['POST', /^\/healthcheck$/, 'CreateHealthCheck', createHealthCheck],
  ['POST', /^\/healthcheck\/([^/]+)$/, 'UpdateHealthCheck', updateHealthCheck],
  ['DELETE', /^\/healthcheck\/([^/]+)$/, 'DeleteHealthCheck', deleteHealthCheck],
  ['GET', /^\/tags\/healthcheck\/([^/]+)$/, 'ListTagsForResource', listHealthCheckTags],
  ['POST', /^\/tags\/healthcheck\/([^/]+)$/, 'ChangeTagsForResource', tagHealthCheck],
];

export function routeRoute53(method: string, url: URL): Route53Reply | undefined {
  if (!url.pathname.startsWith('/2013-04-01/')) return undefined;
  const path = url.pathname.slice('/2013-04-01'.length).replace(/\/$/, '');
  for (const [verb, pattern, operation, perform] of routes) {
    const match = pattern.exec(path);
    if (verb !== method || match === null) continue;
    return { operation, perform: (state, body) => perform(state, body, match[1] ?? '', url) };
  }
  return undefined;
}

export function addZone(state: CloudState, name: string): FakeZone {
  const zone: FakeZone = {
    id: `Z${String(state.hostedZones.length + 1).padStart(13, '0')}`,
    name,
    servers: ['ns-1.awsdns-01.test', 'ns-2.awsdns-02.test'],
    sets: [
      { name, type: 'SOA', ttl: 900, values: ['ns-1.awsdns-01.test. hostmaster. 1 7200 900 1209600 86400'] },
      { name, type: 'NS', ttl: 172800, values: ['ns-1.awsdns-01.test.', 'ns-2.awsdns-02.test.'] },
    ],
    changes: [],
  };
  state.hostedZones.push(zone);
  return zone;
}

/** What the zone's name servers answer now. */
export function answerOf(state: CloudState, name: string, type: string): { ttl: number; values: string[] } {
  for (const zone of state.hostedZones) {
    const settled = zone.changes.filter(({ inSync }) => state.now >= inSync).at(-1)?.sets ?? [];
    const set = settled.find((one) => one.name === name && one.type === type && one.failover !== 'SECONDARY');
    if (set !== undefined) return { ttl: set.ttl ?? 60, values: set.alias ? ['203.0.113.250'] : [...set.values] };
  }
  return { ttl: 0, values: [] };
}

function listZonesByName(state: CloudState, _: string, __: string, url: URL): string {
  const from = url.searchParams.get('dnsname')?.replace(/\.$/, '');
  const shown = state.hostedZones.filter(({ name }) => from === undefined || name === from);
  const zones = shown.map(
    ({ id, name }) => `<HostedZone>${tag('Id', `/hostedzone/${id}`)}${tag('Name', `${name}.`)}</HostedZone>`,
  );
  return `<ListHostedZonesByNameResponse ${namespace}><HostedZones>${zones.join('')}</HostedZones><IsTruncated>false</IsTruncated></ListHostedZonesByNameResponse>`;
}

function showZone({ id, name, servers }: FakeZone): string {
  const zone = `<HostedZone>${tag('Id', `/hostedzone/${id}`)}${tag('Name', `${name}.`)}</HostedZone>`;
  const delegation = servers.map((server) => tag('NameServer', server)).join('');
  return `<GetHostedZoneResponse ${namespace}>${zone}<DelegationSet><NameServers>${delegation}</NameServers></DelegationSet></GetHostedZoneResponse>`;
}

function listSets(state: CloudState, _: string, id: string, url: URL): string {
  const from = (url.searchParams.get('name') ?? '').replace(/\.$/, '');
  const sets = findZone(state, id).sets.filter(({ name }) => name === from);
  const shown = sets.map((set) => `<ResourceRecordSet>${showSet(set)}</ResourceRecordSet>`).join('');
  return `<ListResourceRecordSetsResponse ${namespace}><ResourceRecordSets>${shown}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListResourceRecordSetsResponse>`;
}

function showSet(set: FakeRecordSet): string {
  const records = set.values.map((value) => `<ResourceRecord>${tag('Value', value)}</ResourceRecord>`).join('');
  const alias =
    set.alias === undefined
      ? ''
      : `<AliasTarget>${tag('HostedZoneId', set.alias.zone)}${tag('DNSName', set.alias.target)}${tag('EvaluateTargetHealth', false)}</AliasTarget>`;
  return [
    tag('Name', `${set.name}.`.replace('*', '\\052')),
    tag('Type', set.type),
    set.setId === undefined ? '' : tag('SetIdentifier', set.setId),
    set.failover === undefined ? '' : tag('Failover', set.failover),
    set.ttl === undefined ? '' : tag('TTL', set.ttl),
    records === '' ? '' : `<ResourceRecords>${records}</ResourceRecords>`,
    alias,
    set.healthCheck === undefined ? '' : tag('HealthCheckId', set.healthCheck),
  ].join('');
}

function changeSets(state: CloudState, body: string, id: string): string {
  const zone = findZone(state, id);
  let sets = [...zone.sets];
  const wrong: string[] = [];
  for (const change of body.matchAll(/<Change>([\s\S]*?)<\/Change>/g)) {
    const action = readTags(change[1]!, 'Action')[0] ?? '';
    const set = readSet(change[1]!);
    const shown = `[name='${set.name}.', type='${set.type}']`;
    const here = sets.find((one) => isSamePlace(one, set));
    if (set.name !== zone.name && !set.name.endsWith(`.${zone.name}`))
      wrong.push(`RRSet with DNS name ${set.name}. is not permitted in zone ${zone.name}.`);
    if (action === 'CREATE' && here !== undefined)
      wrong.push(`Tried to create resource record set ${shown} but it already exists`);
    if (action === 'DELETE' && (here === undefined || JSON.stringify(here) !== JSON.stringify(set)))
      wrong.push(
        `Tried to delete resource record set ${shown} but ${here === undefined ? 'it was not found' : 'the values provided do not match the current values'}`,
      );
    if (set.type === 'A' && !set.values.every((value) => isIPv4(value)))
      wrong.push(`Invalid Resource Record: ARRDATAIllegalIPv4Address`);
    if (set.type === 'AAAA' && !set.values.every((value) => isIPv6(value)))
      wrong.push(`Invalid Resource Record: AAAARRDATAIllegalIPv6Address`);
    if (set.type === 'TXT' && !set.values.every((value) => /^".*"$/.test(value)))
      wrong.push(`Invalid Resource Record: InvalidCharacterString (Value should be enclosed in quotation marks)`);
    sets = sets.filter((one) => !isSamePlace(one, set));
    if (action !== 'DELETE') sets.push(set);
  }
  for (const set of sets) {
    const names = sets.filter(({ name }) => name === set.name);
    if (set.type === 'CNAME' && set.name === zone.name)
      wrong.push(`RRSet of type CNAME with DNS name ${set.name}. is not permitted at apex in zone ${zone.name}.`);
    if (set.type === 'CNAME' && names.some(({ type }) => type !== 'CNAME'))
      wrong.push(
        `RRSet of type CNAME with DNS name ${set.name}. is not permitted as it conflicts with other records with the same DNS name`,
      );
    if (names.some((one) => one.type === set.type && (one.failover === undefined) !== (set.failover === undefined)))
      wrong.push(
        `RRSet with DNS name ${set.name}., type ${set.type} cannot be created as other RRSets exist with the same name and type but without failover`,
      );
  }
  if (wrong.length > 0) throw new CloudError('InvalidChangeBatch', `[${[...new Set(wrong)].join(', ')}]`);
  zone.sets = sets;
  const change = { id: nextId(state, 'C'), inSync: state.now + state.timing.dns, sets };
  zone.changes.push(change);
  return `<ChangeResourceRecordSetsResponse ${namespace}>${showChange(state, change)}</ChangeResourceRecordSetsResponse>`;
}

function readSet(xml: string): FakeRecordSet {
  const one = (name: string): string | undefined => readTags(xml, name)[0];
  const target = one('DNSName');
  const [ttl, failover, setId, healthCheck] = [one('TTL'), one('Failover'), one('SetIdentifier'), one('HealthCheckId')];
  return {
    name: (one('Name') ?? '').replace(/\.$/, '').replace('\\052', '*'),
    type: one('Type') ?? '',
    ...(ttl !== undefined && { ttl: Number(ttl) }),
    values: readTags(xml, 'Value').sort(),
    ...(target !== undefined && { alias: { target: target.replace(/\.$/, ''), zone: one('HostedZoneId') ?? '' } }),
    ...(failover !== undefined && { failover }),
    ...(setId !== undefined && { setId }),
    ...(healthCheck !== undefined && { healthCheck }),
  };
}

function isSamePlace(a: FakeRecordSet, b: FakeRecordSet): boolean {
  return a.name === b.name && a.type === b.type && a.setId === b.setId;
}

function getChange(state: CloudState, _: string, id: string): string {
  const change = state.hostedZones.flatMap(({ changes }) => changes).find((one) => one.id === id);
  if (change === undefined) throw new CloudError('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
  return `<GetChangeResponse ${namespace}>${showChange(state, change)}</GetChangeResponse>`;
}

function showChange(state: CloudState, { id, inSync }: { id: string; inSync: number }): string {
  const status = state.now >= inSync ? 'INSYNC' : 'PENDING';
  return `<ChangeInfo>${tag('Id', `/change/${id}`)}${tag('Status', status)}${tag('SubmittedAt', new Date(state.now).toISOString())}</ChangeInfo>`;
}

function listHealthChecks(state: CloudState): string {
  const shown = state.healthChecks.map(showHealthCheck).join('');
  return `<ListHealthChecksResponse ${namespace}><HealthChecks>${shown}</HealthChecks><Marker/><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHealthChecksResponse>`;
}

function createHealthCheck(state: CloudState, body: string): string {
  const reference = readTags(body, 'CallerReference')[0] ?? '';
  const config = /<HealthCheckConfig>([\s\S]*?)<\/HealthCheckConfig>/.exec(body)?.[1] ?? '';
  const earlier = state.healthChecks.find((one) => one.reference === reference);
  if (earlier !== undefined && earlier.config !== config)
    throw new CloudError('HealthCheckAlreadyExists', 'A health check with the same caller reference exists.', 409);
  const check: FakeHealthCheck = earlier ?? { id: nextId(state, 'hc'), reference, config, tags: {} };
  if (earlier === undefined) state.healthChecks.push(check);
  return `<CreateHealthCheckResponse ${namespace}>${showHealthCheck(check)}</CreateHealthCheckResponse>`;
}

function updateHealthCheck(state: CloudState, body: string, id: string): string {
  const check = state.healthChecks.find((one) => one.id === id);
  if (check === undefined) throw new CloudError('NoSuchHealthCheck', id, 404);
  for (const name of ['IPAddress', 'Port', 'ResourcePath']) {
    const value = readTags(body, name)[0];
    if (value !== undefined)
      check.config = check.config.replace(new RegExp(`<${name}>.*?</${name}>`), tag(name, value));
  }
  return `<UpdateHealthCheckResponse ${namespace}>${showHealthCheck(check)}</UpdateHealthCheckResponse>`;
}

function showHealthCheck({ id, reference, config }: FakeHealthCheck): string {
  return `<HealthCheck>${tag('Id', id)}${tag('CallerReference', reference)}<HealthCheckConfig>${config}</HealthCheckConfig>${tag('HealthCheckVersion', 1)}</HealthCheck>`;
}

function deleteHealthCheck(state: CloudState, _: string, id: string): string {
  const index = state.healthChecks.findIndex((one) => one.id === id);
  if (index < 0) throw new CloudError('NoSuchHealthCheck', id, 404);
  state.healthChecks.splice(index, 1);
  return `<DeleteHealthCheckResponse ${namespace}/>`;
}

function listHealthCheckTags(state: CloudState, _: string, id: string): string {
  const tags = Object.entries(state.healthChecks.find((one) => one.id === id)?.tags ?? {});
  const shown = tags.map(([key, value]) => `<Tag>${tag('Key', key)}${tag('Value', value)}</Tag>`).join('');
  return `<ListTagsForResourceResponse ${namespace}><ResourceTagSet>${tag('ResourceId', id)}<Tags>${shown}</Tags></ResourceTagSet></ListTagsForResourceResponse>`;
}

function tagHealthCheck(state: CloudState, body: string, id: string): string {
  const check = state.healthChecks.find((one) => one.id === id);
  if (check === undefined) throw new CloudError('NoSuchHealthCheck', id, 404);
  const [keys, values] = [readTags(body, 'Key'), readTags(body, 'Value')];
  for (const [index, key] of keys.entries()) check.tags[key] = values[index] ?? '';
  return `<ChangeTagsForResourceResponse ${namespace}/>`;
}

function findZone(state: CloudState, id: string): FakeZone {
  const found = state.hostedZones.find((zone) => zone.id === id);
  if (found === undefined) throw new CloudError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
  return found;
}
