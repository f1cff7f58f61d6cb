/**
 * S3 in this process, over HTTP on the loopback, with the rules that AWS documents: conditional writes, checksums,
 * ETags, listings, multipart. For tests of what speaks S3 through the real SDK. Path-style addresses only;
 * signatures are not verified, but the region and the time in them are.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { header, readBody } from './s3/body.js';
import type { Call, FakeState } from './s3/call.js';
import { listObjects } from './s3/listing.js';
import { abortUpload, completeUpload, createUpload, uploadPart } from './s3/multipart.js';
import { copyObject, deleteObject, deleteObjects, getObject, putObject } from './s3/objects.js';
import { errorReply, S3Error, tag, xmlReply, type Reply } from './s3/reply.js';
import { changeSetting, newBucketSettings, settingOperation, subresourceOf } from './s3/settings.js';
import type { Deviations, FakeBucket } from './s3/state.js';

export { S3Error } from './s3/reply.js';
export type { Call } from './s3/call.js';
export type { Deviations, FakeBucket, FakeObject } from './s3/state.js';

/** Answers in place of the server, or `reset`: the connection breaks off. Nothing: go on. */
export type Interference = Reply | 'reset' | undefined;

export interface FakeS3Settings {
  readonly buckets?: readonly string[];
  readonly deviations?: Deviations;
  readonly region?: string;
}

export interface FakeS3 extends FakeState {
  readonly url: string;
  readonly buckets: Map<string, FakeBucket>;
  /** Every request that arrived whole, in order. */
  readonly log: Call[];
  /** Before an operation is done. Throwing an S3Error answers it. */
  before: (call: Call) => Interference | Promise<Interference>;
  /** After it was done, before the answer: `reset` loses the answer. */
  after: (call: Call, reply: Reply) => Interference | Promise<Interference>;
  /** How many requests of these operations were seen; of all without a name. */
  count(...operations: readonly string[]): number;
  /** Connections that were ever opened. */
  connections: number;
  /** Adds to the clock of the server, in milliseconds. */
  clockOffset: number;
  close(): Promise<void>;
}

type Operation = (call: Call, bucket: FakeBucket) => Reply;
const operations: Readonly<Record<string, Operation>> = {
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: getObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjects,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListMultipartUploads: (_, bucket) =>
    xmlReply(
      'ListMultipartUploadsResult',
      [...bucket.uploads]
        .map(([id, upload]) => `<Upload>${tag('Key', upload.key)}${tag('UploadId', id)}</Upload>`)
        .join(''),
    ),
  HeadBucket: (_, bucket) => ({ status: 200, headers: { 'x-amz-bucket-region': bucket.region } }),
  GetBucketLocation: (_, bucket) => xmlReply('LocationConstraint', bucket.region === 'us-east-1' ? '' : bucket.region),
};

/** Starts a server on a free port. */
export async function startFakeS3(settings: FakeS3Settings = {}): Promise<FakeS3> {
  const region = settings.region ?? 'us-east-1';
  let requests = 0;
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const fake: FakeS3 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    buckets: new Map(),
    log: [],
    deviations: { ...settings.deviations },
    undeletable: new Map(),
    connections: 0,
    clockOffset: 0,
    before: () => undefined,
    after: () => undefined,
    count: (...names) => fake.log.filter(({ operation }) => names.length === 0 || names.includes(operation)).length,
    now: () => new Date(Date.now() + fake.clockOffset),
    bucket(name) {
      const bucket = fake.buckets.get(name);
      if (bucket === undefined) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
      return bucket;
    },
    close: () =>
      new Promise<void>((closed, failed) => {
        server.close((error) => (error === undefined ? closed() : failed(error)));
        server.closeAllConnections();
      }),
  };
  server.on('connection', () => fake.connections++);
  for (const name of settings.buckets ?? ['bucket']) createBucket(name);
  return fake;

  function createBucket(name: string): void {
    fake.buckets.set(name, {
      name,
      region,
      objects: new Map(),
      uploads: new Map(),
      settings: new Map(newBucketSettings),
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await readBody(request);
    } catch {
      return; // the client went away in the middle: nothing happens
    }
    const call = readCall(request, body, fake);
    fake.log.push(call);
    const reply = await answer(call).catch((error: unknown) => {
      if (error instanceof S3Error) return errorReply(error);
      return errorReply(new S3Error(500, 'InternalError', String(error)));
    });
    if (reply === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const bytes = Buffer.from(reply.body ?? '');
    const empty = reply.status === 204 || reply.status === 304;
    response.writeHead(reply.status, {
      'x-amz-request-id': (++requests).toString(16).toUpperCase().padStart(16, '0'),
      'date': fake.now().toUTCString(),
      ...(empty ? {} : { 'content-length': bytes.length }),
      ...reply.headers,
    });
    response.end(request.method === 'HEAD' || empty ? undefined : bytes);
  }

  async function answer(call: Call): Promise<Reply | 'reset'> {
    const instead = await fake.before(call);
    if (instead !== undefined) return instead;
    const reply = perform(call);
    return (await fake.after(call, reply)) ?? reply;
  }

  function perform(call: Call): Reply {
    checkSignature(call, fake);
    if (call.operation === 'CreateBucket') {
      if (fake.buckets.has(call.bucket)) throw new S3Error(409, 'BucketAlreadyOwnedByYou');
      createBucket(call.bucket);
      return { status: 200 };
    }
    const bucket = fake.bucket(call.bucket);
    if (call.operation === 'DeleteBucket') {
      if (bucket.objects.size > 0) throw new S3Error(409, 'BucketNotEmpty');
      fake.buckets.delete(call.bucket);
      return { status: 204 };
    }
    const subresource = subresourceOf(call);
    if (subresource !== undefined) return changeSetting(call, bucket, subresource);
    const operation = operations[call.operation];
    if (operation === undefined) throw new S3Error(501, 'NotImplemented', call.operation);
    return operation(call, bucket);
  }
}

function readCall(request: IncomingMessage, body: Buffer, fake: FakeState): Call {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const slash = path.indexOf('/', 1);
  const bucket = decodeURIComponent(path.slice(1, slash < 0 ? undefined : slash));
  const key = slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1));
  const query = new URLSearchParams(search);
  const operation = nameOf(request.method ?? '', key === '', query, request.headers['x-amz-copy-source'] !== undefined);
  return { operation, bucket, key, query, headers: request.headers, body, fake };
}

function nameOf(method: string, onBucket: boolean, query: URLSearchParams, copy: boolean): string {
  if (onBucket) {
    const named = settingOperation(method, query);
    if (named !== undefined) return named;
    if (query.has('delete')) return 'DeleteObjects';
    if (query.has('uploads')) return 'ListMultipartUploads';
    if (query.has('location')) return 'GetBucketLocation';
    const names: Readonly<Record<string, string>> = {
      GET: 'ListObjectsV2',
      HEAD: 'HeadBucket',
      PUT: 'CreateBucket',
      DELETE: 'DeleteBucket',
    };
    return names[method] ?? method;
  }
  if (query.has('uploads')) return 'CreateMultipartUpload';
  if (query.has('uploadId')) {
    const names: Readonly<Record<string, string>> = {
      PUT: 'UploadPart',
      POST: 'CompleteMultipartUpload',
      DELETE: 'AbortMultipartUpload',
    };
    return names[method] ?? method;
  }
  if (method === 'PUT') return copy ? 'CopyObject' : 'PutObject';
  return `${method.charAt(0)}${method.slice(1).toLowerCase()}Object`;
}

/** The parts of a signature that can be wrong without knowing the key: absent, another region, another time. */
function checkSignature(call: Call, fake: FakeS3): void {
  const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/s3\//.exec(header(call.headers, 'authorization') ?? '');
  if (scope === null) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const stamp = header(call.headers, 'x-amz-date') ?? '';
  const signed = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(fake.now().getTime() - signed) > 15 * 60_000) {
    throw new S3Error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the server is too large.',
    );
  }
  const bucket = fake.buckets.get(call.bucket);
  if (bucket !== undefined && bucket.region !== scope[1]) {
    const message = 'The bucket you are attempting to access must be addressed using the specified endpoint.';
    throw new S3Error(301, 'PermanentRedirect', message, { 'x-amz-bucket-region': bucket.region });
  }
}
