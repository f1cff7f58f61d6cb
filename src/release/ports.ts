/** The two ports through which a release reaches the world, and the world itself. */
import type { RuleFile, WebServerKind } from '../webserver/index.js';
import type { Body, ObjectHeaders, ObjectKey, OriginName } from '../build/build.js';
import type { Event } from '../events.js';
import type { Digest } from '../site/site.js';

/** What a store tells about an object. */
export interface StoredObject {
  readonly key: ObjectKey;
  /** Bytes as stored. */
  readonly size: number;
  /** Opaque; changes with the body. Quoted or not as the store gave it. */
  readonly etag: string;
  readonly headers: ObjectHeaders;
  /** When the body was stored, where the store tells. */
  readonly modified?: Date;
  /** Identity that was given with `put`; absent on foreign objects. */
  readonly identity?: ObjectIdentity;
}

/** Kept as object metadata so that a stored object can be recognised without reading it. */
export interface ObjectIdentity {
  readonly digest: Digest;
  readonly recipe: string;
}

export interface ListedObject {
  readonly key: ObjectKey;
  readonly size: number;
  readonly etag: string;
}

/** The reading half of a store: all that planning ever gets. */
export interface StoreReader {
  /** For messages: `s3://bucket/prefix` or the folder. */
  readonly name: string;
  /** Null when there is no such object. */
  head(key: ObjectKey): Promise<StoredObject | null>;
  /** Null when there is no such object. Whole body; meant for records and small objects. */
  get(key: ObjectKey): Promise<{ readonly object: StoredObject; readonly bytes: Buffer } | null>;
  /** Bytewise order of keys; any number of them, in bounded memory. `prefix` is plain text, '' for all. */
  list(prefix: string): AsyncIterable<ListedObject>;
}

/** `absent`: only if there is no such object. `etag`: only if it is still this version. */
export type Condition = { readonly absent: true } | { readonly etag: string };

export interface PutRequest {
  readonly key: ObjectKey;
  readonly body: Body;
  readonly headers: ObjectHeaders;
  readonly identity?: ObjectIdentity;
  readonly condition?: Condition;
}

export interface CopyRequest {
  readonly from: ObjectKey;
  readonly to: ObjectKey;
  /** The complete set: nothing is inherited from the source. */
  readonly headers: ObjectHeaders;
  readonly identity?: ObjectIdentity;
}

/** Thrown by `put` when its condition did not hold; nothing was written. */
export class ConditionFailed extends Error {
  readonly key: ObjectKey;
  constructor(key: ObjectKey) {
    super(`the condition for writing ${key} did not hold`);
    this.name = 'ConditionFailed';
    this.key = key;
  }
}

/** What a store turned out to be able to do. */
export interface StoreCapabilities {
  /** `no`: conditions of `put` are checked before writing, so two publishers at the same moment can both succeed. */
  readonly conditionalWrites: 'yes' | 'no' | 'unknown';
}

/** A place for objects. One contract suite (test/contract/objectStore.ts) runs against every implementation. */
export interface ObjectStore extends StoreReader {
  /** @throws ConditionFailed */
  put(request: PutRequest): Promise<{ readonly etag: string }>;
  /** Server-side; also onto itself, to change headers. @throws PublishError `store-failed` when the source is gone. */
  copy(request: CopyRequest): Promise<{ readonly etag: string }>;
  /** Deletes any number of keys; a missing key counts as deleted. Per-key failures are returned, not thrown. */
  delete(keys: readonly ObjectKey[]): Promise<readonly { readonly key: ObjectKey; readonly message: string }[]>;
  /** What is known so far: a store of unknown make is found out at its first conditional `put`. Absent: all of it. */
  capabilities?(): StoreCapabilities;
}

export interface InvalidationStatus {
  readonly id: string;
  readonly completed: boolean;
}

/** The cache in front of one origin. */
export interface Cdn {
  /** For messages: the distribution id or `local edge`. */
  readonly name: string;
  /**
   * Starts one invalidation. `paths` begin with `/`, are percent-encoded, may end in `*`.
   * The same `reference` again, with the same paths, returns the first one's id and does nothing more.
   */
  invalidate(paths: readonly string[], reference: string): Promise<InvalidationStatus>;
  invalidation(id: string): Promise<InvalidationStatus>;
}

/** Reads what the edge looks up at every request. */
export interface EdgeReader {
  /** For messages: the id of the key-value store, or the folder. */
  readonly name: string;
  /** Everything, and the version it has. */
  read(): Promise<EdgeState>;
}

export interface EdgeState {
  readonly entries: ReadonlyMap<string, string>;
  readonly version: string;
}

/** The few values the edge looks up at every request: which release it serves, and that release's rules. */
export interface EdgeStore extends EdgeReader {
  /**
   * Changes all of it in one step, if it still has that version.
   * @throws EdgeChanged
   */
  write(change: EdgeChange, version: string): Promise<void>;
}

export interface EdgeChange {
  readonly put: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** Thrown by `write` when somebody else wrote in the meantime; nothing was written. */
export class EdgeChanged extends Error {
  constructor(name: string) {
    super(`${name} was changed by somebody else`);
    this.name = 'EdgeChanged';
  }
}

/** What one server of the pages has. */
export interface ServerState {
  /** For messages. */
  readonly name: string;
  /** The release that visitors get; null when it serves none of ours. */
  readonly live: string | null;
  /** Whole folders of releases. */
  readonly releases: readonly string[];
}

/** A release, as it is to lie on servers. */
export interface PlacedRelease {
  readonly files: readonly PlacedFile[];
  /** What a web server is told of it. @param folder on the server, which holds the releases. */
  readonly rulesFor: (kind: WebServerKind, folder: string) => readonly RuleFile[];
}

/** What differed on a server from what was published there. Paths below the folder of the release. */
export interface MendedServer {
  readonly name: string;
  readonly sent: readonly string[];
  /** Files that no release put there. */
  readonly foreign: readonly string[];
}

/** One file of a release, as it is to lie on a server. */
export interface PlacedFile {
  /** Below the folder of the release. */
  readonly path: string;
  open(): Promise<Body>;
}

/**
 * The servers that serve the pages themselves, all of them: each has folders of releases beside each other, and says
 * by one link which of them visitors get.
 */
export interface PagesServers {
  look(): Promise<readonly ServerState[]>;
  /** Puts the folder of a release wherever it is not yet: whole or not at all, and seen by nobody. */
  place(release: string, content: PlacedRelease): Promise<void>;
  /** Compares every byte of a folder that is there, sends what differs, and leaves what is not ours. */
  mend(release: string, content: PlacedRelease): Promise<readonly MendedServer[]>;
  /** One step on each server, one server after the other. @throws PublishError when the folder is not there. */
  switchTo(release: string): Promise<void>;
  /** Removes every other release, but never the one that is live, nor what is no release. */
  keepOnly(releases: readonly string[]): Promise<void>;
}

/** What a plain GET through the public address brought. */
export interface Fetched {
  readonly status: number;
  /** Lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent: not decompressed. */
  readonly body: Buffer;
}

/** One HTTP GET, redirects not followed, body not decoded. Network errors throw. */
export type Fetch = (url: string, headers: Readonly<Record<string, string>>) => Promise<Fetched>;

/** Everything a plan may touch: it cannot write because nothing in here can. */
export interface ReadingWorld {
  readonly readers: Readonly<Record<OriginName, StoreReader>>;
  /** Origins that have a distribution we may invalidate. */
  readonly cached: ReadonlySet<OriginName>;
  /** Of the pages; absent where no function of ours stands before them. */
  readonly edgeReader?: EdgeReader | undefined;
  readonly clock: () => Date;
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
}

/** Everything an apply needs. */
export interface World extends ReadingWorld {
  readonly stores: Readonly<Record<OriginName, ObjectStore>>;
  readonly cdns: Readonly<Partial<Record<OriginName, Cdn>>>;
  readonly edge?: EdgeStore | undefined;
  /** Where pages are served by servers of one's own. */
  readonly servers?: PagesServers | undefined;
  readonly fetch: Fetch;
  /** Who publishes, for records: never a local path or a secret. */
  readonly publisher: Publisher;
  /** Which process publishes, for the lock. */
  readonly process: ProcessIdentity;
}

export interface Publisher {
  readonly user: string;
  readonly host: string;
  /** The commit that was built, where one is known. */
  readonly commit?: string;
  /** When that commit was made (ISO 8601): an older one does not replace a newer one. */
  readonly committedAt?: string;
  /** Which run of which pipeline this is: an earlier one does not replace a later one. */
  readonly run?: PipelineRun;
}

/** Runs are counted for each pipeline; those of different pipelines cannot be compared. */
export interface PipelineRun {
  readonly pipeline: string;
  readonly number: number;
  /** 1, and one more each time the same run is started again. */
  readonly attempt: number;
}

/** Tells a publisher that died here from one that is at work elsewhere. */
export interface ProcessIdentity {
  /** The same for processes that can see each other's process ids, and for no others. */
  readonly machine: string;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
}
