/** What the fake AWS holds. Everything that takes time ends at a time of the fake's own clock. */

export class CloudError extends Error {
  constructor(
    readonly code: string,
    message: string = code,
    readonly status = 400,
  ) {
    super(message);
  }
}

export type Tags = Record<string, string>;

/** `shown`: from when on Describe tells of it. */
interface Thing {
  readonly id: string;
  readonly shown: number;
  tags: Tags;
}

export interface FakeInstance extends Thing {
  readonly token: string;
  readonly parameters: string;
  readonly zone: string;
  readonly subnet: string;
  readonly type: string;
  readonly image: string;
  readonly groups: readonly string[];
  readonly userData: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly privateAddress: string;
  /** Replaced by an Elastic IP while one is associated. */
  readonly ownAddress: string;
  readonly launched: number;
  /** Set by what happens to it. */
  stopped?: number;
  terminated?: number;
  /** Of the status checks. */
  impaired?: boolean;
  spot: boolean;
}

export interface FakeAttachment {
  readonly instance: string;
  readonly device: string;
  readonly since: number;
  /** When detaching was asked for. */
  detach?: { readonly since: number; readonly force: boolean };
}

export interface FakeVolume extends Thing {
  readonly token: string;
  readonly parameters: string;
  readonly zone: string;
  readonly size: number;
  readonly kind: string;
  readonly encrypted: boolean;
  readonly snapshot: string;
  readonly created: number;
  attachment?: FakeAttachment | undefined;
  deleted?: boolean;
}

export interface FakeSnapshot extends Thing {
  readonly volume: string;
  readonly size: number;
  readonly started: number;
}

export interface FakeAddress extends Thing {
  readonly address: string;
  association?: { readonly id: string; readonly instance: string } | undefined;
}

export interface FakeGroup extends Thing {
  readonly name: string;
  readonly description: string;
  readonly vpc: string;
  /** `tcp 80 80 0.0.0.0/0` */
  readonly rules: Set<string>;
}

export interface FakeBalancer {
  readonly arn: string;
  readonly name: string;
  readonly created: number;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly kind: string;
  readonly parameters: string;
}

export interface FakeTargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly parameters: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Instance and when it was registered. */
  readonly targets: Map<string, number>;
}

export interface FakeListener {
  readonly arn: string;
  readonly balancer: string;
  readonly port: string;
  readonly protocol: string;
  readonly certificate: string;
  readonly action: unknown;
}

export interface FakeRecordSet {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly values: readonly string[];
  readonly alias?: { readonly target: string; readonly zone: string };
  readonly failover?: string;
  readonly setId?: string;
  readonly healthCheck?: string;
}

export interface FakeZone {
  readonly id: string;
  readonly name: string;
  readonly servers: readonly string[];
  sets: FakeRecordSet[];
  /** What the name servers answer: follows `sets` when a change is in sync. */
  readonly changes: { readonly id: string; readonly inSync: number; readonly sets: readonly FakeRecordSet[] }[];
}

export interface FakeHealthCheck {
  readonly id: string;
  readonly reference: string;
  config: string;
  tags: Tags;
}

export interface FakeAlarm {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  state: 'INSUFFICIENT_DATA' | 'OK' | 'ALARM';
  tags: Tags;
}

/** Milliseconds that things take. */
export interface Timing {
  /** Until Describe shows what was created. */
  lag: number;
  boot: number;
  stop: number;
  terminate: number;
  createVolume: number;
  attach: number;
  detach: number;
  snapshot: number;
  balancer: number;
  target: number;
  dns: number;
}

export interface CloudState {
  now: number;
  readonly timing: Timing;
  readonly zones: readonly string[];
  readonly instances: FakeInstance[];
  readonly volumes: FakeVolume[];
  readonly snapshots: FakeSnapshot[];
  readonly addresses: FakeAddress[];
  readonly groups: FakeGroup[];
  readonly balancers: FakeBalancer[];
  readonly targetGroups: FakeTargetGroup[];
  readonly listeners: FakeListener[];
  /** Of balancers and target groups, by ARN. */
  readonly tags: Map<string, Tags>;
  readonly hostedZones: FakeZone[];
  readonly healthChecks: FakeHealthCheck[];
  readonly alarms: FakeAlarm[];
  readonly keyPairs: string[];
  readonly parameters: Map<string, string>;
  /** Set: every server and address is here, so that a test can play them. */
  address?: string;
  /** Seen violations of rules that must never be broken, whatever the client does. */
  readonly violations: string[];
  count: number;
}

export function makeState(): CloudState {
  return {
    now: Date.UTC(2026, 0, 1),
    timing: {
      lag: 0,
      boot: 30_000,
      stop: 20_000,
      terminate: 15_000,
      createVolume: 3_000,
      attach: 2_000,
      detach: 4_000,
      snapshot: 60_000,
      balancer: 90_000,
      target: 10_000,
      dns: 20_000,
    },
    zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    instances: [],
    volumes: [],
    snapshots: [],
    addresses: [],
    groups: [],
    balancers: [],
    targetGroups: [],
    listeners: [],
    tags: new Map(),
    hostedZones: [],
    healthChecks: [],
    alarms: [],
    keyPairs: ['me'],
    parameters: new Map([
      ['/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64', 'ami-0000000000000a123'],
      ['/aws/service/debian/release/12/latest/arm64', 'ami-0000000000000d124'],
    ]),
    violations: [],
    count: 0,
  };
}

/** `vol-0000000000000001a` */
export function nextId(state: CloudState, prefix: string): string {
  return `${prefix}-${(++state.count).toString(16).padStart(17, '0')}`;
}

export function instanceState(state: CloudState, instance: FakeInstance): string {
  const { now, timing } = state;
  if (instance.terminated !== undefined)
    return now >= instance.terminated + timing.terminate ? 'terminated' : 'shutting-down';
  if (instance.stopped !== undefined) return now >= instance.stopped + timing.stop ? 'stopped' : 'stopping';
  return now >= instance.launched + timing.boot ? 'running' : 'pending';
}

/** Ends what has taken its time: detaching, and attachments of instances that are gone. */
export function settle(state: CloudState): void {
  for (const address of state.addresses) {
    const server = state.instances.find(({ id }) => id === address.association?.instance);
    if (server?.terminated !== undefined) address.association = undefined;
  }
  for (const volume of state.volumes) {
    const { attachment } = volume;
    if (attachment === undefined) continue;
    const instance = state.instances.find(({ id }) => id === attachment.instance);
    if (instance === undefined || instanceState(state, instance) === 'terminated') volume.attachment = undefined;
    else if (attachment.detach !== undefined) {
      // A volume that is mounted by a system that does not answer stays "busy" until it is forced.
      const stuck = instance.impaired === true && !attachment.detach.force;
      if (!stuck && state.now >= attachment.detach.since + state.timing.detach) volume.attachment = undefined;
    }
  }
}

export function volumeState(state: CloudState, volume: FakeVolume): string {
  if (volume.attachment !== undefined) return 'in-use';
  return state.now >= volume.created + state.timing.createVolume ? 'available' : 'creating';
}

export function attachmentState(state: CloudState, { since, detach, instance }: FakeAttachment): string {
  if (detach !== undefined) {
    const stuck = state.instances.find(({ id }) => id === instance)?.impaired === true && !detach.force;
    return stuck && state.now >= detach.since + state.timing.detach ? 'busy' : 'detaching';
  }
  return state.now >= since + state.timing.attach ? 'attached' : 'attaching';
}

/** The address under which the world reaches an instance, while it runs. */
export function publicAddress(state: CloudState, instance: FakeInstance): string | undefined {
  const elastic = state.addresses.find(({ association }) => association?.instance === instance.id);
  const current = instanceState(state, instance);
  if (current !== 'running' && current !== 'pending') return undefined;
  return elastic?.address ?? instance.ownAddress;
}
