/** The port to whoever keeps the names: Route 53, or any server that takes dynamic updates. */

export const recordTypes = ['A', 'AAAA', 'CNAME', 'TXT'] as const;
export type RecordType = (typeof recordTypes)[number];

/** All records of one name and type. */
export interface RecordSet {
  /** Without the final dot, in lower case. */
  readonly name: string;
  readonly type: RecordType;
  /** Seconds; 0 for an alias, which has the target's. */
  readonly ttl: number;
  /** Plain: no quotes around texts. Sorted. Empty for an alias. */
  readonly values: readonly string[];
  /** Route 53 alone: answers with the addresses of another name of AWS. */
  readonly alias?: Alias;
  /** Route 53 alone: one of two sets, the second of which answers while the first is not healthy. */
  readonly failover?: Failover;
}

export interface Alias {
  readonly target: string;
  /** Hosted zone of the target, as its service documents it. */
  readonly zone: string;
}

export interface Failover {
  readonly role: 'PRIMARY' | 'SECONDARY';
  /** Tells the sets of one name and type apart. */
  readonly id: string;
  readonly healthCheck?: string;
}

/**
 * All of it or nothing. What is removed must be there exactly as it is said, what is added must not be there unless it
 * is removed by the same change: who plans on an old view of the zone changes nothing.
 */
export interface DnsChange {
  readonly remove: readonly RecordSet[];
  readonly add: readonly RecordSet[];
}

/** Where it is said whose a name is. */
export function markNameOf(name: string): string {
  return `_twinorigin.${name}`;
}

export interface DnsReader {
  /** For messages: the zone and who keeps it. */
  readonly name: string;
  /** What the zone holds at exactly this name. */
  find(name: string): Promise<readonly RecordSet[]>;
  /** The servers that speak for the zone, as `host` or `host:port`. */
  servers(): Promise<readonly string[]>;
}

export interface DnsProvider extends DnsReader {
  /**
   * @returns an id for `isSettled`.
   * @throws DnsConflict when the zone is not as the change says; nothing was changed.
   */
  change(change: DnsChange): Promise<string>;
  /**
   * Asks for a change of this name that changes nothing: whoever would refuse a real one refuses this one.
   * @throws PublishError
   */
  rehearse(name: string): Promise<void>;
  /** Whether every server of the zone has been told. */
  isSettled(id: string): Promise<boolean>;
}

/** The zone was not as expected; nothing was changed. */
export class DnsConflict extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DnsConflict';
  }
}

/** What one name server says itself. */
export interface ServerAnswer {
  readonly authoritative: boolean;
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
}

/** Asks one name server directly. @throws PublishError `dns-failed` when it does not answer. */
export type AskServer = (server: string, name: string, type: RecordType) => Promise<ServerAnswer>;
