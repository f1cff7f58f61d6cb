/** Everything the host wing touches. */
import type { Cloud, CloudReader } from './cloud.js';
import type { AskServer, DnsProvider, DnsReader } from './dns.js';
import type { HealthChecks } from './healthChecks.js';

/** What a GET brought: a status, or why there is none. */
export type Probe = (url: string) => Promise<{ readonly status: number } | { readonly failure: string }>;

/** Enough to plan and to tell: nothing in it can write. */
export interface HostReadingWorld {
  readonly cloud: CloudReader;
  /** Absent when no name is configured. */
  readonly dns?: DnsReader | undefined;
  readonly checks?: Pick<HealthChecks, 'find'> | undefined;
  readonly ask: AskServer;
  readonly probe: Probe;
  readonly clock: () => Date;
  /** Contents of the file `instance.setup`; '' without one. */
  readonly setup: string;
}

/** What applying needs beside it. */
export interface HostWriters {
  readonly cloud: Cloud;
  readonly dns?: DnsProvider | undefined;
  readonly checks?: HealthChecks | undefined;
  /** Rejects when the run is interrupted. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}
