/**
 * CloudFront's invalidations in this process, with AWS's rules (CloudFront API Reference, CreateInvalidation;
 * Developer Guide, "Specifying the objects to invalidate" and "Concurrent invalidation request maximum").
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './s3/body.js';
import { readTags, tag } from './s3/reply.js';

export interface FakeInvalidation {
  readonly id: string;
  readonly distribution: string;
  readonly reference: string;
  readonly paths: readonly string[];
  completed: boolean;
}

/** An error answer. */
export class CloudFrontError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

export interface FakeCloudFront {
  readonly url: string;
  readonly distributions: Set<string>;
  /** In the order of their making. */
  readonly invalidations: FakeInvalidation[];
  /** Operations by name, in order: `CreateInvalidation`, `GetInvalidation`, `ListInvalidations`. */
  readonly log: string[];
  /** An invalidation that was asked for this often is completed; by default the second time. */
  completeAfterReads: number;
  /** Before an operation is done: throw a CloudFrontError to answer it; `reset` breaks the connection off. */
  before: (operation: string) => 'reset' | undefined;
  /** After it was done: `reset` loses the answer. */
  after: (operation: string) => 'reset' | undefined;
  /** Completes everything in progress. */
  completeAll(): void;
  close(): Promise<void>;
}

const maxPaths = 3000;
const maxWildcards = 15;
const namespace = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';

export async function startFakeCloudFront(distributions: readonly string[] = ['E1TEST']): Promise<FakeCloudFront> {
  const reads = new Map<string, number>();
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const fake: FakeCloudFront = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    distributions: new Set(distributions),
    invalidations: [],
    log: [],
    completeAfterReads: 1,
    before: () => undefined,
    after: () => undefined,
    completeAll() {
      for (const invalidation of fake.invalidations) invalidation.completed = true;
    },
    close: () =>
      new Promise<void>((closed, failed) => {
        server.close((error) => (error === undefined ? closed() : failed(error)));
        server.closeAllConnections();
      }),
  };
  return fake;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request)).toString();
    const match = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation\/?([^/?]*)/.exec(request.url ?? '');
    const id = match?.[2] ?? '';
    const operation =
      request.method === 'POST' ? 'CreateInvalidation' : id === '' ? 'ListInvalidations' : 'GetInvalidation';
    fake.log.push(operation);
    let status: number;
    let xml: string;
    try {
      if (fake.before(operation) === 'reset') return void request.socket.resetAndDestroy();
      [status, xml] = perform(operation, match?.[1] ?? '', id, body);
      if (fake.after(operation) === 'reset') return void request.socket.resetAndDestroy();
    } catch (error) {
      const failure =
        error instanceof CloudFrontError ? error : new CloudFrontError(500, 'InternalError', String(error));
      status = failure.status;
      const facts = tag('Type', 'Sender') + tag('Code', failure.code) + tag('Message', failure.message);
      xml = `<ErrorResponse ${namespace}><Error>${facts}</Error><RequestId>fake</RequestId></ErrorResponse>`;
    }
    response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'fake' });
    response.end(`<?xml version="1.0"?>\n${xml}`);
  }

  function perform(operation: string, distribution: string, id: string, body: string): [number, string] {
    if (!fake.distributions.has(distribution)) {
      throw new CloudFrontError(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
    }
    if (operation === 'CreateInvalidation') return [201, document(create(distribution, body))];
    const own = fake.invalidations.filter((invalidation) => invalidation.distribution === distribution);
    if (operation === 'ListInvalidations') {
      const items = own.map((one) => `<InvalidationSummary>${facts(one)}</InvalidationSummary>`).join('');
      const list = `<Quantity>${own.length}</Quantity><Items>${items}</Items>`;
      return [200, `<InvalidationList ${namespace}>${list}</InvalidationList>`];
    }
    const invalidation = own.find((one) => one.id === id);
    if (invalidation === undefined) throw new CloudFrontError(404, 'NoSuchInvalidation');
    const seen = (reads.get(id) ?? 0) + 1;
    reads.set(id, seen);
    if (seen > fake.completeAfterReads) invalidation.completed = true;
    return [200, document(invalidation)];
  }

  function create(distribution: string, body: string): FakeInvalidation {
    const paths = readTags(body, 'Path');
    const reference = readTags(body, 'CallerReference')[0] ?? '';
    if (Number(readTags(body, 'Quantity')[0]) !== paths.length)
      throw new CloudFrontError(400, 'InconsistentQuantities');
    if (reference === '' || paths.length === 0) throw new CloudFrontError(400, 'InvalidArgument', 'Missing argument.');
    if (!paths.every(isPath)) {
      const message = 'Your request contains one or more invalid invalidation paths.';
      throw new CloudFrontError(400, 'InvalidArgument', message);
    }
    const own = fake.invalidations.filter((one) => one.distribution === distribution);
    const earlier = own.find((one) => one.reference === reference);
    if (earlier !== undefined) {
      if (JSON.stringify(earlier.paths) === JSON.stringify(paths)) return earlier;
      const message = 'An invalidation with the same caller reference and other paths exists.';
      throw new CloudFrontError(400, 'InvalidationBatchAlreadyExists', message);
    }
    if (paths.length > maxPaths) throw new CloudFrontError(413, 'BatchTooLarge', 'The batch is too large.');
    const active = [...own.filter((one) => !one.completed).flatMap((one) => one.paths), ...paths];
    const wildcards = active.filter((path) => path.endsWith('*')).length;
    if (wildcards > maxWildcards || active.length - wildcards > maxPaths) {
      const message =
        'Processing your request will cause you to exceed the maximum number of in-progress invalidations.';
      throw new CloudFrontError(400, 'TooManyInvalidationsInProgress', message);
    }
    const id = `I${String(fake.invalidations.length + 1).padStart(13, '0')}`;
    const made = { id, distribution, reference, paths, completed: false };
    fake.invalidations.push(made);
    return made;
  }
}

/** Begins with a slash, up to 4,000 characters, no unsafe character of RFC 1738 unescaped, `*` only at the end. */
function isPath(path: string): boolean {
  // A tag: at most 256 characters of ASCII 33 to 126 but the comma (AWS, "Invalidating content by cache tags").
  if (path.startsWith('#')) return /^#[\x21-\x2b\x2d-\x7e]{1,256}$/.test(path);
  return path.length <= 4000 && /^\/(?:[\w$\-.+!'(),;/?:@=&]|%[0-9A-Fa-f]{2})*\*?$/.test(path);
}

function facts(invalidation: FakeInvalidation): string {
  const status = invalidation.completed ? 'Completed' : 'InProgress';
  return tag('Id', invalidation.id) + tag('Status', status) + tag('CreateTime', '2026-01-01T00:00:00.000Z');
}

function document(invalidation: FakeInvalidation): string {
  const paths = invalidation.paths.map((path) => tag('Path', path)).join('');
  const list = `<Paths>${tag('Quantity', invalidation.paths.length)}<Items>${paths}</Items></Paths>`;
  const batch = `<InvalidationBatch>${list}${tag('CallerReference', invalidation.reference)}</InvalidationBatch>`;
  return `<Invalidation ${namespace}>${facts(invalidation)}${batch}</Invalidation>`;
}
