/** A host on the fake AWS: the real SDK, the real adapters, and a clock that sleeping moves. */
import { openAws, type Aws } from '../../../src/aws/index.js';
import type { HostServices } from '../../../src/aws/host/services.js';
import { openCloud, openHealthChecks, openHostedZone, openHostServices } from '../../../src/aws/host/index.js';
import type { Event } from '../../../src/events.js';
import { applyProvision, type ProvisionOutcome, type ProvisionWorld } from '../../../src/provision/apply.js';
import { planProvision, type ProvisionPlan } from '../../../src/provision/plan.js';
import type { AskServer, DnsProvider } from '../../../src/provision/host/dns.js';
import type { HostParts } from '../../../src/provision/host/parts.js';
import type { ReplaceRequest } from '../../../src/provision/host/openReplacement.js';
import { planReplacement, type ReplacementPlan } from '../../../src/provision/host/planReplacement.js';
import { replaceServer, type Replacement } from '../../../src/provision/host/replace.js';
import { listHostResources } from '../../../src/provision/host/resources.js';
import { setUpHost } from '../../../src/provision/host/setUp.js';
import { hostSchema, type HostSettings } from '../../../src/provision/host/settings.js';
import { watchHost } from '../../../src/provision/host/watch.js';
import type { FakeCloud } from './fakeCloud.js';
import { answerOf } from './route53.js';
import { instanceState, publicAddress, settle, type FakeInstance } from './state.js';

export interface HostRun {
  readonly host: HostSettings;
  readonly parts: HostParts;
  readonly events: Event[];
  plan(): Promise<ProvisionPlan>;
  /** Looks after it for some rounds. */
  watch(rounds: number): Promise<void>;
  up(): Promise<ProvisionOutcome>;
  down(withVolumes?: boolean): Promise<ProvisionOutcome>;
  planReplacement(request?: Partial<ReplaceRequest>): Promise<ReplacementPlan>;
  replace(request?: Partial<ReplaceRequest>): Promise<Replacement>;
}

/** Milliseconds from "has its volume" to "answers": what the boot script takes. */
const setupTime = 20_000;

/** Clients hold connections and nothing else: making them anew for every run costs more than the runs. */
const clients = new WeakMap<FakeCloud, { readonly services: HostServices; readonly aws: Aws }>();

function joinAws(fake: FakeCloud): { readonly services: HostServices; readonly aws: Aws } {
  const known = clients.get(fake);
  if (known !== undefined) return known;
  const aws = openAws({ endpointUrl: fake.url, attempts: 1 });
  const made = { aws, services: openHostServices(aws) };
  clients.set(fake, made);
  return made;
}

export async function closeCloud(fake: FakeCloud): Promise<void> {
  clients.get(fake)?.aws.close();
  await fake.close();
}

/** Whoever keeps the names, instead of the fake Route 53. */
export interface Names {
  readonly dns: DnsProvider;
  readonly ask: AskServer;
}

/** Opens a process: nothing of an earlier one is known to it. */
export function openHost(fake: FakeCloud, input: Record<string, unknown> = {}, names?: Names): HostRun {
  const host = hostSchema.parse(input);
  const clock = (): Date => new Date(fake.state.now);
  const sleep = (milliseconds: number): Promise<void> => {
    fake.pass(milliseconds);
    return Promise.resolve();
  };
  const { services } = joinAws(fake);
  const cloud = openCloud({ services, host: host.name, sleep, clock });
  const dns = host.dns === undefined ? undefined : (names?.dns ?? openHostedZone(services, host.dns.zone));
  const checks = openHealthChecks(services, host.name);
  const world = {
    cloud,
    dns,
    checks,
    clock,
    setup: '',
    ask:
      names?.ask ??
      ((_: string, name: string, type: string) => {
        const { ttl, values } = answerOf(fake.state, name, type);
        return Promise.resolve({ authoritative: true, ttl, values });
      }),
    probe: (url: string) => Promise.resolve(probe(fake, new URL(url).hostname)),
  };
  const events: Event[] = [];
  const applying: ProvisionWorld = {
    clock,
    sleep,
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    patience: 900_000,
  };
  const reading: HostParts = { host, world };
  const parts: HostParts = { ...reading, writers: { cloud, dns, checks, sleep } };
  return {
    host,
    parts,
    events,
    plan: () => planProvision(listHostResources(reading).all),
    watch: (rounds) => watchHost(parts, applying, applying.signal, rounds),
    up: () => setUpHost(parts, applying),
    async down(withVolumes = false) {
      const { all } = listHostResources({ ...parts, unwanted: 'the host goes' }, withVolumes);
      return applyProvision(await planProvision(all), all, applying);
    },
    planReplacement: (request = {}) => planReplacement(reading, { slot: 1, reason: 'asked for', ...request }),
    replace: (request = {}) => replaceServer(parts, { slot: 1, reason: 'asked for', ...request }, applying),
  };
}

/** A server answers when it runs, is well, and has had its volume for a while. */
function probe(fake: FakeCloud, address: string): { status: number } | { failure: string } {
  const { state } = fake;
  settle(state);
  const server = state.instances.find((one) => publicAddress(state, one) === address);
  if (server === undefined || instanceState(state, server) !== 'running') return { failure: 'no route' };
  if (server.impaired === true) return { failure: 'timed out' };
  const disk = state.volumes.find(({ attachment }) => attachment?.instance === server.id);
  const isMounted = disk?.attachment !== undefined && disk.attachment.detach === undefined;
  const ready = isMounted && state.now >= disk.attachment!.since + setupTime;
  return ready ? { status: 200 } : { failure: 'connection refused' };
}

export function aliveOf(fake: FakeCloud): readonly FakeInstance[] {
  return fake.state.instances.filter(({ terminated }) => terminated === undefined);
}

/** Everything in the account that somebody pays for, by kind. */
export function countThings(fake: FakeCloud): Readonly<Record<string, number>> {
  const { state } = fake;
  return {
    servers: aliveOf(fake).length,
    volumes: state.volumes.filter(({ deleted }) => deleted !== true).length,
    addresses: state.addresses.length,
    firewalls: state.groups.length,
    balancers: state.balancers.length,
    targetGroups: state.targetGroups.length,
    listeners: state.listeners.length,
    healthChecks: state.healthChecks.length,
    alarms: state.alarms.length,
    records: state.hostedZones.flatMap(({ sets }) => sets).filter(({ type }) => type !== 'SOA' && type !== 'NS').length,
  };
}
