/**
 * S3 Batch Operations over the buckets of a fake S3: every request is read by the SDK's own model, a job copies what its
 * list names as CopyObject would, and leaves a completion report where and as the User Guide says. Requests that are not
 * for it go on to the fake S3, so that both have one address.
 */
import * as s3Control from '@aws-sdk/client-s3-control';
import type { CreateJobRequest, S3CopyObjectOperation } from '@aws-sdk/client-s3-control';
import { randomUUID } from 'node:crypto';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readXmlInput, ServiceError, writeXmlOutput, type Enumerations } from './account/codec.js';
import { listOperations, matchOperation } from './account/model.js';
import type { FakeS3 } from './fakeS3.js';
import { readBody } from './s3/body.js';
import { md5 } from './s3/state.js';

interface Job {
  readonly id: string;
  readonly input: CreateJobRequest;
  status: string;
  succeeded: number;
  failed: number;
  reasons: { FailureCode: string; FailureReason: string }[];
}

export interface FakeBatch {
  /** Of both, under localhost: the account's number is put before it. */
  readonly url: string;
  /** Every input of CreateJob, also those that gave a job that was there. */
  readonly created: CreateJobRequest[];
  readonly jobs: Map<string, Job>;
  /** Error code of a task that fails; undefined lets it be done. */
  failing: (key: string) => string | undefined;
  /** Why the next job fails as a whole. */
  broken: string | undefined;
  /** Leaves this many rows out of every report. */
  forgotten: number;
  /** How often a job is looked at before it is done. */
  looks: number;
  close(): Promise<void>;
}

const operations = listOperations(s3Control);
/** By the names of the members that have them; the module's own names do not tell. */
const enumerations: Enumerations = {
  Format: { ...s3Control.JobManifestFormat, ...s3Control.JobReportFormat },
  Fields: s3Control.JobManifestFieldName,
  ReportScope: s3Control.JobReportScope,
  MetadataDirective: s3Control.S3MetadataDirective,
  StorageClass: s3Control.S3StorageClass,
};

export async function startFakeBatch(s3: FakeS3): Promise<FakeBatch> {
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  let looked = 0;
  const fake: FakeBatch = {
    url: `http://localhost:${port}`,
    created: [],
    jobs: new Map(),
    failing: () => undefined,
    broken: undefined,
    forgotten: 0,
    looks: 1,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return fake;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (!url.pathname.startsWith('/v20180820/')) {
      pass(request, response);
      return;
    }
    const body = await readBody(request);
    try {
      const account = request.headers['x-amz-account-id'];
      if (!String(request.headers.host).startsWith(`${String(account)}.`))
        throw new ServiceError(400, 'InvalidRequest', 'the host does not begin with the number of the account');
      const match = matchOperation(operations, request.method ?? '', url);
      if (match === null) throw new ServiceError(404, 'UnknownOperation', url.pathname);
      const { operation, labels } = match;
      const read = { url, headers: request.headers, labels, body };
      const input = readXmlInput(operation, read, enumerations);
      const output = operation.name === 'CreateJob' ? create(input as unknown as CreateJobRequest) : describe(input);
      const { body: text } = writeXmlOutput(operation, output);
      response
        .writeHead(operation.status, { 'content-type': 'text/xml' })
        .end(`<?xml version="1.0"?>\n${String(text)}`);
    } catch (error) {
      const { status, code, message } =
        error instanceof ServiceError ? error : new ServiceError(500, 'InternalError', String(error));
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
    }
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const { hostname, port: to } = new URL(s3.url);
    const upstream = forward(
      { hostname, port: to, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.on('error', () => request.socket.resetAndDestroy());
    request.pipe(upstream);
  }

  function create(input: CreateJobRequest): Record<string, unknown> {
    fake.created.push(input);
    const same = [...fake.jobs.values()].find((job) => job.input.ClientRequestToken === input.ClientRequestToken);
    if (same !== undefined) return { JobId: same.id };
    const { bucket, key } = placeOf(input.Manifest?.Location?.ObjectArn);
    if (s3.buckets.get(bucket)?.objects.get(key)?.etag !== input.Manifest?.Location?.ETag)
      throw new ServiceError(400, 'InvalidManifest', 'the ETag is not that of the list');
    const job: Job = { id: randomUUID(), input, status: 'New', succeeded: 0, failed: 0, reasons: [] };
    fake.jobs.set(job.id, job);
    return { JobId: job.id };
  }

  function describe({ JobId }: Record<string, unknown>): Record<string, unknown> {
    const job = fake.jobs.get(String(JobId));
    if (job === undefined) throw new ServiceError(404, 'NoSuchJob', String(JobId));
    if (job.status === 'New' && looked++ >= fake.looks) run(job);
    return {
      Job: {
        JobId: job.id,
        Status: job.status,
        ProgressSummary: {
          TotalNumberOfTasks: job.succeeded + job.failed,
          NumberOfTasksSucceeded: job.succeeded,
          NumberOfTasksFailed: job.failed,
        },
        FailureReasons: job.reasons,
      },
    };
  }

  function run(job: Job): void {
    if (fake.broken !== undefined) {
      job.status = 'Failed';
      job.reasons = [{ FailureCode: 'JobFailed', FailureReason: fake.broken }];
      fake.broken = undefined;
      return;
    }
    const { Manifest, Operation, Report } = job.input;
    const list = placeOf(Manifest?.Location?.ObjectArn);
    const text = s3.bucket(list.bucket).objects.get(list.key)!.bytes.toString();
    const rows = { succeeded: [] as string[], failed: [] as string[] };
    for (const row of text.split('\n').filter((line) => line !== '')) {
      const [bucket = '', encoded = ''] = row.split(',');
      const key = decodeURIComponent(encoded.replaceAll('+', ' '));
      const problem = fake.failing(key) ?? copy(bucket, key, Operation!.S3PutObjectCopy!);
      if (problem === undefined) rows.succeeded.push(`${bucket},${encoded},,succeeded,200,,Successful\n`);
      else rows.failed.push(`${bucket},${encoded},,failed,403,${problem},"It said ""no"", twice"\n`);
    }
    job.status = 'Complete';
    job.succeeded = rows.succeeded.length;
    job.failed = rows.failed.length;
    const to = Report!.Bucket!.split(':').at(-1)!;
    const folder = `${Report!.Prefix}/job-${job.id}`;
    const results = (['succeeded', 'failed'] as const).flatMap((status) => {
      if (rows[status].length === 0) return [];
      const key = `${folder}/results/${md5(Buffer.from(status))}.csv`;
      put(to, key, rows[status].slice(fake.forgotten).join(''));
      return [{ TaskExecutionStatus: status, Bucket: to, MD5Checksum: '', Key: key }];
    });
    const schema = 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage';
    const top = { Format: Report!.Format, ReportCreationDate: '', Results: results, ReportSchema: schema };
    put(to, `${folder}/manifest.json`, JSON.stringify(top));
  }

  function copy(bucket: string, key: string, operation: S3CopyObjectOperation): string | undefined {
    const found = s3.buckets.get(bucket)?.objects.get(key);
    if (found === undefined) return 'NoSuchKey';
    const { NewObjectMetadata: metadata = {}, TargetKeyPrefix, UnModifiedSinceConstraint: since } = operation;
    if (since !== undefined && found.modified > new Date(since)) return 'PreconditionFailed';
    const headers = {
      'content-type': metadata.ContentType,
      'cache-control': metadata.CacheControl,
      'content-encoding': metadata.ContentEncoding,
      'content-disposition': metadata.ContentDisposition,
      'content-language': metadata.ContentLanguage,
      'x-amz-storage-class': operation.StorageClass,
      'x-amz-website-redirect-location': operation.RedirectLocation,
      ...Object.fromEntries(
        Object.entries(metadata.UserMetadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
      ),
    };
    const given = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
    const to = TargetKeyPrefix === undefined ? key : `${TargetKeyPrefix}/${key}`;
    const target = s3.bucket(operation.TargetResource!.split(':').at(-1)!);
    target.objects.set(to, { ...found, headers: Object.fromEntries(given), modified: s3.now() });
    return undefined;
  }

  function put(bucket: string, key: string, text: string): void {
    const bytes = Buffer.from(text);
    const modified = s3.now();
    s3.bucket(bucket).objects.set(key, { bytes, etag: md5(bytes), headers: {}, checksums: {}, modified });
  }
}

function placeOf(arn: string | undefined): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^arn:aws:s3:::([^/]+)\/(.*)$/.exec(arn ?? '') ?? [];
  return { bucket, key };
}
