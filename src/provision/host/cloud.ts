/** The port to whoever rents out machines and disks. Everything is of one host: found by its tag, made with its tag. */

export type ServerState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

/** A rented machine. */
export interface Server {
  readonly id: string;
  readonly state: ServerState;
  readonly zone: string;
  readonly type: string;
  readonly image: string;
  readonly spot: boolean;
  /** Which of the host's places it fills, from 1. */
  readonly slot: number;
  /** Counts the servers of a slot: the highest one is the one that matters. */
  readonly generation: number;
  /** Absent while it is not running. */
  readonly address?: string;
  /** In its shortest form (RFC 5952). */
  readonly ipv6?: string;
  /** ISO 8601. */
  readonly launchedAt: string;
  /** What it was made from: differs when the configuration has changed. */
  readonly recipe: string;
  /** The image as the configuration names it. */
  readonly imageName: string;
}

export interface Volume {
  readonly id: string;
  readonly state: string;
  readonly zone: string;
  readonly gib: number;
  readonly type: string;
  readonly slot: number;
  readonly generation: number;
  /** The one that it is attached to, or being attached to or detached from. */
  readonly attachment?: { readonly server: string; readonly state: string };
}

export interface Snapshot {
  readonly id: string;
  readonly volume: string;
  readonly completed: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly slot: number;
  /** Why it was made: `replace <id>`, `schedule`. */
  readonly purpose: string;
}

export interface Address {
  readonly id: string;
  readonly address: string;
  readonly association?: { readonly id: string; readonly server: string };
}

export interface Firewall {
  readonly id: string;
  /** `tcp 80 0.0.0.0/0` */
  readonly rules: readonly string[];
}

export interface Network {
  readonly id: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
}

export interface Balancer {
  readonly id: string;
  readonly active: boolean;
  readonly dnsName: string;
  /** Hosted zone for aliases to it. */
  readonly dnsZone: string;
}

export interface TargetGroup {
  readonly id: string;
  readonly healthPath: string;
  readonly targets: readonly { readonly server: string; readonly state: string; readonly reason?: string }[];
}

export interface Listener {
  readonly id: string;
  readonly port: number;
  readonly certificate?: string;
}

export interface Alarm {
  readonly name: string;
  readonly state: 'ok' | 'alarm' | 'unknown';
  /** Everything that was set, in one text: differs when anything does. */
  readonly settings: AlarmSettings;
}

export interface AlarmSettings {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Sum';
  readonly threshold: number;
  /** Seconds. */
  readonly period: number;
  readonly periods: number;
  readonly missing: 'breaching' | 'notBreaching' | 'missing';
  /** ARNs. */
  readonly actions: readonly string[];
}

export interface ServerRequest {
  /** The same token again is the same server. */
  readonly token: string;
  readonly slot: number;
  readonly generation: number;
  readonly recipe: string;
  readonly imageName: string;
  readonly image: string;
  readonly type: string;
  readonly spot: boolean;
  readonly subnet: string;
  readonly ipv6: boolean;
  readonly firewalls: readonly string[];
  readonly diskGiB: number;
  readonly userData: string;
  readonly keyPair?: string | undefined;
  readonly profile?: string | undefined;
}

export interface VolumeRequest {
  readonly token: string;
  readonly slot: number;
  readonly generation: number;
  readonly zone: string;
  readonly gib: number;
  readonly type: string;
  readonly kmsKey?: string | undefined;
  readonly snapshot?: string | undefined;
}

/** The reading half: all that planning and status ever get. */
export interface CloudReader {
  /** The account's default network. */
  network(): Promise<Network>;
  /** The id of an image that is given by id or by parameter. */
  image(name: string): Promise<string>;
  /** Whether there is a key pair of this name in the region. */
  hasKeyPair(name: string): Promise<boolean>;
  /** Zones in which a type can be had. */
  zonesOf(type: string): Promise<readonly string[]>;
  /** With those that have been terminated within the last hour. */
  servers(): Promise<readonly Server[]>;
  /** Whether the platform's own checks of a running server fail. */
  isImpaired(server: string): Promise<boolean>;
  volumes(): Promise<readonly Volume[]>;
  snapshots(): Promise<readonly Snapshot[]>;
  addresses(): Promise<readonly Address[]>;
  firewall(): Promise<Firewall | null>;
  /** @throws PublishError when one of this name belongs to somebody else. */
  balancer(): Promise<Balancer | null>;
  targetGroup(): Promise<TargetGroup | null>;
  listeners(balancer: string): Promise<readonly Listener[]>;
  alarms(): Promise<readonly Alarm[]>;
  /** The last day of one metric by the hour, oldest first; null where nothing was measured. */
  lastDay(alarm: AlarmSettings): Promise<readonly (number | null)[]>;
  /** A note about this host that outlives every machine. */
  readNote(name: string): Promise<string | null>;
}

/** Both halves. What a method made can be read when it returns. */
export interface Cloud extends CloudReader {
  launch(request: ServerRequest): Promise<Server>;
  stop(server: string, force: boolean): Promise<void>;
  terminate(server: string): Promise<void>;
  createVolume(request: VolumeRequest): Promise<Volume>;
  /** @throws AlreadyThere when it is attached to anything. */
  attach(volume: string, server: string): Promise<void>;
  /** Already done, or on another server meanwhile, counts as done. */
  detach(volume: string, server: string, force: boolean): Promise<void>;
  deleteVolume(volume: string): Promise<void>;
  createSnapshot(volume: Volume, purpose: string): Promise<Snapshot>;
  deleteSnapshot(snapshot: string): Promise<void>;
  allocateAddress(): Promise<Address>;
  associate(address: string, server: string): Promise<void>;
  disassociate(association: string): Promise<void>;
  releaseAddress(address: string): Promise<void>;
  createFirewall(network: string): Promise<Firewall>;
  allow(firewall: string, rules: readonly string[]): Promise<void>;
  forbid(firewall: string, rules: readonly string[]): Promise<void>;
  deleteFirewall(firewall: string): Promise<void>;
  createBalancer(subnets: readonly string[], firewalls: readonly string[]): Promise<Balancer>;
  deleteBalancer(balancer: string): Promise<void>;
  createTargetGroup(network: string, port: number, healthPath: string): Promise<TargetGroup>;
  deleteTargetGroup(group: string): Promise<void>;
  createListener(balancer: string, request: ListenerRequest): Promise<Listener>;
  deleteListener(listener: string): Promise<void>;
  register(group: string, server: string): Promise<void>;
  deregister(group: string, server: string): Promise<void>;
  putAlarm(name: string, settings: AlarmSettings, description: string): Promise<void>;
  deleteAlarms(names: readonly string[]): Promise<void>;
  writeNote(name: string, text: string): Promise<void>;
  deleteNote(name: string): Promise<void>;
}

export interface ListenerRequest {
  readonly port: number;
  readonly certificate?: string | undefined;
  /** Where to, or a redirect to HTTPS. */
  readonly to: { readonly group: string } | 'https';
}
