/** The local edge of a configuration: the one that runs already, or one of our own for as long as it is needed. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { originNames, type OriginName } from '../build/build.js';
import { hasEdgeFunctions, missingPageOf, type Config } from '../config.js';
import { PublishError } from '../errors.js';
import { startEdge, type FrontAnswer } from '../local/edge.js';
import { openEdgeKeys } from '../local/edgeKeys.js';
import type { EdgeOrigin } from '../local/edgeOrigin.js';
import { fetchAddress } from '../local/fetch.js';
import { openDirectoryReader } from '../local/reader.js';
import { objectKey } from '../build/keys.js';
import { decodeBody } from '../release/decodeBody.js';
import type { StoreReader } from '../release/ports.js';
import { readPointer, readRecord } from '../release/record.js';
import type { ReleaseRecord } from '../release/release.js';
import { renderFrontPage } from '../report/front.js';

export interface RunningEdge {
  readonly urls: Readonly<Record<OriginName, string>>;
  /** Address of the front page. */
  readonly front: string;
  /** False when another process runs it. */
  readonly started: boolean;
  readonly close: () => Promise<void>;
}

/** Tells an edge of ours, and which folders it serves, from anything else that may listen on the port. */
const identityHeader = 'x-twinorigin-edge';

/**
 * Starts the edge; where one for the same folders is running on that port, that one is used.
 * @throws PublishError `port-in-use` when something else listens there.
 */
export async function joinEdge(config: Config): Promise<RunningEdge> {
  const { port } = config;
  const identity = identifyEdge(config);
  const front = `http://localhost:${port}/`;
  const urls = mapOrigins((name) => config.origins[name].url);
  try {
    const edge = await startEdge({
      origins: mapOrigins((name) => openOrigin(folderOf(config, name))),
      port,
      negotiate: config.encodings === 'negotiate',
      keys: hasEdgeFunctions(config) ? openEdgeKeys(folderOf(config, 'pages')) : undefined,
      pin: config.pages.pin,
      missingPage: missingPageOf(config),
      front: ({ path }) => (path === '/' ? answerFront(config, identity) : undefined),
    });
    return { urls, front, started: true, close: () => edge.close() };
  } catch (error) {
    if (!(error instanceof PublishError) || error.code !== 'port-in-use') throw error;
    const other = await askIdentity(front);
    if (other === identity) return { urls, front, started: false, close: () => Promise.resolve() };
    const what = other === undefined ? 'another program listens' : 'a local edge of other folders is running';
    throw new PublishError('port-in-use', `${what} on port ${port}`, {
      cause: error,
      hint: `Choose another port with --port ${port === 65535 ? port - 1 : port + 1}, or stop that program.`,
    });
  }
}

function openOrigin(directory: string): EdgeOrigin {
  return { store: openDirectoryReader(directory), invalidations: directory };
}

/** Shows what is live now, whatever was live a moment ago. */
async function answerFront(config: Config, identity: string): Promise<FrontAnswer> {
  const reader = openDirectoryReader(folderOf(config, 'pages'));
  const { pointer } = await readPointer(reader);
  const record = pointer.live === null ? null : await readRecord(reader, pointer.live);
  const previous = record?.previous ?? null;
  // Retention may have let go of the one before.
  const before = previous === null ? null : await readRecord(reader, previous).catch(() => null);
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    [identityHeader]: identity,
  };
  return { status: 200, headers, body: await renderOnce(config, record, before) };
}

/** Reading a whole release takes a moment, and a release never changes: the last page is kept. */
const rendered = new Map<string, Promise<string>>();

async function renderOnce(config: Config, record: ReleaseRecord | null, before: ReleaseRecord | null): Promise<string> {
  const state = JSON.stringify([identifyEdge(config), record?.id, before?.id]);
  const known = rendered.get(state);
  if (known !== undefined) return known;
  const readers = mapOrigins((name) => openDirectoryReader(folderOf(config, name)));
  const page = renderFrontPage(record, before, (origin, key) => readContent(readers[origin], key), new Date());
  rendered.clear();
  rendered.set(state, page);
  page.catch(() => rendered.delete(state));
  return page;
}

async function readContent(reader: StoreReader, key: string): Promise<Buffer | null> {
  const found = await reader.get(objectKey(key));
  return found === null ? null : ((await decodeBody(found.bytes, found.object.headers.contentEncoding)) ?? null);
}

async function askIdentity(front: string): Promise<string | undefined> {
  const patience = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), 3000).unref();
  });
  try {
    return (await Promise.race([fetchAddress(front, {}), patience]))?.headers[identityHeader];
  } catch {
    return undefined;
  }
}

/** A digest: the page must not tell which folders of this machine it shows. */
function identifyEdge(config: Config): string {
  const folders = originNames.map((name) => folderOf(config, name));
  return createHash('sha256').update(JSON.stringify(folders)).digest('hex').slice(0, 16);
}

/** Origins that are elsewhere have an empty place at the edge. */
function folderOf({ origins, base }: Config, name: OriginName): string {
  const origin = origins[name];
  return 'directory' in origin && origin.edge ? origin.directory : join(base, '.twinorigin', 'elsewhere', name);
}

function mapOrigins<T>(make: (name: OriginName) => T): Record<OriginName, T> {
  return { images: make('images'), resources: make('resources'), pages: make('pages') };
}
