/** What will change, and what is remembered: plan, change, record, pointer. */
import type { BuiltObject, EdgeRules, ObjectHeaders, ObjectKey, OriginName, Stage } from '../build/build.js';
import type { Problem } from '../problems.js';
import type { Digest, LogicalPath } from '../site/site.js';
import type { Publisher } from './ports.js';

declare const brand: unique symbol;

/** Time of the publish and start of the build's root digest: `20261123T231500Z-1a2b3c4d`. Sorts by time. */
export type ReleaseId = string & { readonly [brand]: 'ReleaseId' };

/** An object as a record remembers it. */
export interface RecordedObject {
  readonly key: ObjectKey;
  readonly stage: Stage;
  readonly digest: Digest;
  readonly recipe: string;
  readonly size: number;
  readonly headers: ObjectHeaders;
  readonly immutable: boolean;
}

/** An object of an earlier release that still exists, so that old pages keep working. */
export interface RetainedObject extends RecordedObject {
  /** The last release that contained it. */
  readonly release: ReleaseId;
  /** When it ceased to be part of the live release, ISO 8601. */
  readonly since: string;
  /** Named by a release that did not finish: it may not be there, or be there in another version. */
  readonly unsure: boolean;
}

type PerOrigin<T> = Readonly<Record<OriginName, T>>;

/** `.twinorigin/releases/<id>.json` in the pages store. */
export interface ReleaseRecord {
  readonly version: 1;
  readonly id: ReleaseId;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly publisher: Publisher;
  readonly root: Digest;
  readonly urls: PerOrigin<string>;
  readonly previous: ReleaseId | null;
  /** Set when the release was made by rolling back to an earlier one. */
  readonly rollbackOf?: ReleaseId;
  readonly objects: PerOrigin<readonly RecordedObject[]>;
  readonly retained: PerOrigin<readonly RetainedObject[]>;
  /** What the edge was told; absent where it is not ours. */
  readonly edge?: ServedBy;
  /** Name of the preview it was made for: it was not live. */
  readonly preview?: string;
}

/** How the edge serves a release. */
export interface ServedBy {
  readonly rules: EdgeRules;
  /** Folder of its pages: `/releases/<id>`, or '' for their own addresses. */
  readonly folder: string;
}

/** `.twinorigin/current.json`: written by compare-and-swap only. */
export interface Pointer {
  readonly version: 1;
  /** Counts writes, so that no two states of the pointer ever have the same bytes (and the same ETag). */
  readonly sequence: number;
  readonly live: ReleaseId | null;
  /** Root digest of the live build: equal roots mean nothing to do. */
  readonly root: Digest | null;
  /** Releases that began to change the stores and did not finish. */
  readonly unfinished: readonly ReleaseId[];
}

/** `headers`: same bytes, other headers: a server-side copy onto itself. */
export type Action = 'create' | 'update' | 'headers' | 'keep' | 'delete';

/** How a store can differ from the record: the object is gone, has other content, or other headers. */
export type DriftKind = 'missing' | 'replaced' | 'headers';

export interface Change {
  readonly origin: OriginName;
  readonly key: ObjectKey;
  readonly action: Action;
  /** What the store was found to hold instead of what the record says: visitors may have cached that. */
  readonly drift?: DriftKind;
  /** One sentence a person understands. */
  readonly reason: string;
  /** What is to be stored; absent on delete. */
  readonly object?: BuiltObject;
  /** What is there now, as far as records know. */
  readonly before?: RecordedObject;
  /** Another key of the same store that holds the same content, from which it is copied. */
  readonly copyFrom?: ObjectKey;
}

export interface PlannedPath {
  /** Begins with `/`, percent-encoded, may end in `*`. */
  readonly path: string;
  readonly reason: string;
}

export interface Totals {
  readonly created: number;
  readonly updated: number;
  readonly kept: number;
  readonly deleted: number;
}

/** What the plan costs at list price (us-east-1), in US dollars; requests beyond any free tier. */
export interface Cost {
  readonly puts: number;
  readonly gets: number;
  readonly invalidationPaths: number;
  readonly usd: number;
  /** Invalidation paths are free up to 1,000 a month and account; this is what they cost beyond that. */
  readonly usdBeyondFreePaths: number;
}

export interface Plan {
  readonly release: ReleaseId;
  /** An unfinished release with the same content that this one finishes. */
  readonly resumes: boolean;
  readonly previous: ReleaseId | null;
  readonly rollbackOf?: ReleaseId;
  /** In order of origin, then bytewise by key. */
  readonly changes: readonly Change[];
  readonly invalidations: PerOrigin<readonly PlannedPath[]>;
  readonly totals: Totals;
  readonly bytes: {
    /** Of the site as found. */
    readonly source: number;
    /** Of everything the release consists of, as stored. */
    readonly stored: number;
    /** To be sent now. */
    readonly upload: number;
  };
  /** Objects of earlier releases that stay. */
  readonly retained: PerOrigin<readonly RetainedObject[]>;
  readonly cost: Cost;
  readonly urls: PerOrigin<string>;
  readonly root: Digest;
  readonly problems: readonly Problem[];
  /** Nothing to write, nothing to invalidate. */
  readonly empty: boolean;
  /** What the edge will be told; absent where it is not ours. */
  readonly edge?: ServedBy | undefined;
  /** Pages that are no longer part of the site, but stay in the folder of an earlier release. */
  readonly withdrawn?: readonly LogicalPath[];
  /** How many pages are live, where the changes do not tell it: in mode `atomic`. */
  readonly livePages?: number | undefined;
}

/** What a publish did. */
export interface Outcome {
  readonly plan: Plan;
  /** The release that is live now; null after a dry run. */
  readonly release: ReleaseId | null;
  readonly invalidations: readonly { readonly origin: OriginName; readonly id: string; readonly completed: boolean }[];
  /** Objects fetched through the public addresses. */
  readonly verified: number;
  /** Warnings that arose while applying. */
  readonly problems: readonly Problem[];
  readonly milliseconds: number;
  /** What was let go after the release was live; absent when nothing was due. */
  readonly pruned?: Pruned;
}

export interface Pruned {
  readonly objects: number;
  readonly bytes: number;
  /** Releases that cannot be rolled back to any more. */
  readonly releases: number;
}
