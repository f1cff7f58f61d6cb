/**
 * What the wings `cdn` and `host` are made of: one part of somebody's account, how it is found, how it should be, and
 * what it costs. Reading and writing are two interfaces, so that a plan is made where nothing can write.
 */

/** A setting that is not as it should be, or that somebody else made. */
export interface Difference {
  /** As a person knows it: `minimum TLS version`, `behavior /api/*`. */
  readonly setting: string;
  /** What there is; absent when it is not set. */
  readonly from?: string;
  /** What there should be; absent when it is to go, or to stay as it is. */
  readonly to?: string;
  /** `ours` will be set. `foreign` was made by somebody else: it is kept, and shown. */
  readonly owner: 'ours' | 'foreign';
}

/** Stands for the id of something that is made in the same run. */
export const knownLater = '(known when it is made)';

/** A fixed price at list price; what depends on use is the matter of `twinorigin cost`. */
export interface MonthlyPrice {
  readonly what: string;
  /** US dollars a month. */
  readonly usd: number;
}

/** Whether others may build on it. */
export type Readiness =
  | { readonly ready: true }
  | {
      readonly ready: false;
      /** What it waits for, as half a sentence: `is being deployed`. */
      readonly reason: string;
      /** What a person has to do first, one line each. Without any, waiting is enough. */
      readonly todo?: readonly string[];
    };

/** What is known so far of the other resources; by the resource, so that the type is known too. */
export interface Findings {
  /** Undefined when there is none (yet). */
  of<Live>(resource: ResourceReader<Live>): Live | undefined;
}

/** The reading half: all that planning and status ever get. */
export interface ResourceReader<Live = unknown> {
  /** `bucket`, `distribution`… */
  readonly kind: string;
  /** Unique and the same in every run: tokens and caller references are made of it. `images bucket`. */
  readonly name: string;
  /** What must be there, and ready, before this can be made. */
  readonly needs: readonly ResourceReader[];
  readonly monthly?: readonly MonthlyPrice[];
  /** Set when it should not be there (any more): why. Found only when it is ours. */
  readonly unwanted?: string;
  /** Null when it is not there. Needs come first: `findings` knows them where they exist. */
  find(findings: Findings): Promise<Live | null>;
  /** The id by which the service knows it. */
  identify(live: Live): string;
  /** How it differs. A value that is not known yet is `knownLater`. */
  compare(live: Live, findings: Findings): readonly Difference[];
  /** Without it, what is there is ready. */
  readiness?(live: Live): Readiness;
}

/** Both halves. Every method may be called again after a crash at any point. */
export interface Resource<Live = unknown> extends ResourceReader<Live> {
  /** @throws AlreadyThere when a request of an earlier run, or of somebody else, was faster. */
  create(findings: Findings): Promise<Live>;
  /** Sets what is ours and leaves alone what is foreign. @throws ChangedMeanwhile */
  update(live: Live, differences: readonly Difference[], findings: Findings): Promise<Live>;
  /** Only of what is ours; gone already counts as removed. Absent: it is never removed. */
  remove?(live: Live): Promise<void>;
}

/** Thrown by `create`: look again. */
export class AlreadyThere extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`${name} is there already`, options);
    this.name = 'AlreadyThere';
  }
}

/** Thrown by `update` and `remove`: somebody changed it between reading and writing; look again. */
export class ChangedMeanwhile extends Error {
  constructor(name: string, options?: ErrorOptions) {
    super(`${name} was changed by somebody else meanwhile`, options);
    this.name = 'ChangedMeanwhile';
  }
}

/** The differences that applying would set. */
export function oursAmong(differences: readonly Difference[]): readonly Difference[] {
  return differences.filter(({ owner }) => owner === 'ours');
}
