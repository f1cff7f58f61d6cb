/**
 * S3 Batch Operations: a list of objects in a bucket (CSV), a job that copies every one of them, a report in a bucket.
 * The account is the one that the role is in.
 */
import type * as S3Control from '@aws-sdk/client-s3-control';
import { createHash } from 'node:crypto';
import { objectKey } from '../build/keys.js';
import { PublishError } from '../errors.js';
import type { BatchService, CopyList, JobProgress, ReportedObject } from '../migrate/batch/ports.js';
import { digestOf } from '../site/names.js';
import { openBucket, type Bucket, type BucketSettings } from './bucket.js';
import { bulkInput } from './bulk.js';
import { toPublishError } from './errors.js';

export interface BatchSettings {
  readonly source: BucketSettings;
  readonly target: BucketSettings;
  /** `arn:aws:iam::<account>:role/<name>`: what the jobs act as. */
  readonly role: string;
  /** Different ones for different migrations: `.twinorigin/batch/<name>/` in the target holds lists and reports. */
  readonly name: string;
}

interface Access {
  readonly client: S3Control.S3ControlClient;
  readonly sdk: typeof S3Control;
}

/** Where lists and reports lie in the target; nothing that is served, and left out of every migration. */
export const batchFolder = '.twinorigin/batch';

/** Formats of S3 Batch Operations: both as documented since August 2018. */
const [listFormat, reportFormat] = ['S3BatchOperations_CSV_20180820', 'Report_CSV_20180820'] as const;

export function openBatchService({ source, target, role, name }: BatchSettings): BatchService {
  const { aws } = target;
  const account = /^arn:[\w-]+:iam::(\d{12}):role\//.exec(role)?.[1];
  const partition = role.split(':')[1] ?? 'aws';
  if (account === undefined)
    throw new PublishError('usage', `not the ARN of a role: ${role}`, {
      hint: 'It looks like arn:aws:iam::111122223333:role/twinorigin-batch.',
    });
  const from = openBucket(source);
  const to = openBucket(target);
  const folder = `${batchFolder}/${name}`;
  const arnOf = (bucket: string) => `arn:${partition}:s3:::${bucket}`;
  let access: Promise<Access> | undefined;

  async function open(): Promise<Access> {
    const sdk = await import('@aws-sdk/client-s3-control');
    const config = await aws.settle((settings) => new sdk.S3ControlClient(settings));
    return { client: new sdk.S3ControlClient(config), sdk };
  }

  async function ask<T>(action: string, resource: string, request: (access: Access) => Promise<T>): Promise<T> {
    try {
      return await request(await (access ??= open()));
    } catch (error) {
      throw toPublishError(error, { action, resource, profile: aws.profile });
    }
  }

  return {
    async create(list, keys, unchangedSince) {
      const bytes = Buffer.from(keys.map((key) => `${from.bucket},${encodeListed(from.fullKey(key))}\n`).join(''));
      const key = `${folder}/${list.name}.csv`;
      const etag = await storeList(to, key, bytes);
      const input = {
        AccountId: account,
        ConfirmationRequired: false,
        // The same list under the same name is the same job, however often it is asked for.
        ClientRequestToken: digestOf(`${role}\n${arnOf(to.bucket)}\n${key}\n${etag}`).slice(0, 64),
        Description: `twinorigin ${name} ${list.name}`,
        Priority: 10,
        RoleArn: role,
        Manifest: {
          Spec: { Format: listFormat, Fields: ['Bucket', 'Key'] },
          Location: { ObjectArn: `${arnOf(to.bucket)}/${to.fullKey(objectKey(key))}`, ETag: etag },
        },
        Report: {
          Enabled: true,
          Bucket: arnOf(to.bucket),
          Prefix: to.fullKey(objectKey(`${folder}/${list.name}`)),
          Format: reportFormat,
          ReportScope: 'AllTasks',
        },
        Operation: { S3PutObjectCopy: copyOperation(list, from, to, arnOf(to.bucket), unchangedSince) },
      } satisfies S3Control.CreateJobCommandInput;
      const { JobId } = await ask('s3:CreateJob', role, ({ client, sdk }) =>
        client.send(new sdk.CreateJobCommand(input), to.send),
      );
      return JobId ?? '';
    },
    async progress(job) {
      const { Job } = await ask('s3:DescribeJob', job, ({ client, sdk }) =>
        client.send(new sdk.DescribeJobCommand({ AccountId: account, JobId: job }), to.send),
      );
      return progressIn(Job ?? {});
    },
    report: (list, job) => readReport(to, `${folder}/${list.name}/job-${job}`, from),
  };
}

function copyOperation(
  { headers, extras }: CopyList,
  from: Bucket,
  to: Bucket,
  resource: string,
  unchangedSince: Date,
): S3Control.S3CopyObjectOperation {
  const { Metadata, StorageClass, WebsiteRedirectLocation, ...rest } = bulkInput(headers, extras);
  return {
    TargetResource: resource,
    // Put before the whole key: a prefix of the source can be kept, not taken away.
    ...(to.prefix === from.prefix ? {} : { TargetKeyPrefix: to.prefix.slice(0, -1) }),
    MetadataDirective: 'REPLACE',
    NewObjectMetadata: { ...rest, ...(Object.keys(Metadata).length === 0 ? {} : { UserMetadata: Metadata }) },
    UnModifiedSinceConstraint: unchangedSince,
    ...(StorageClass === undefined ? {} : { StorageClass: StorageClass as S3Control.S3StorageClass }),
    ...(WebsiteRedirectLocation === undefined ? {} : { RedirectLocation: WebsiteRedirectLocation }),
  };
}

async function storeList(to: Bucket, key: string, bytes: Buffer): Promise<string> {
  const headers = { contentType: 'text/csv', cacheControl: 'no-store' };
  const etag = await to.run('s3:PutObject', key, (requests) =>
    requests.put({
      bucket: to.bucket,
      key: to.fullKey(objectKey(key)),
      bytes,
      headers: bulkInput(headers, { metadata: {} }),
      condition: {},
    }),
  );
  return (etag ?? createHash('md5').update(bytes).digest('hex')).replaceAll('"', '');
}

/** Statuses: S3 User Guide, "Tracking job status and completion reports". */
function progressIn({ Status, ProgressSummary, FailureReasons }: S3Control.JobDescriptor): JobProgress {
  const status: string = Status ?? 'unknown';
  const badly = ['Failed', 'Failing', 'Cancelled', 'Cancelling', 'Suspended'];
  return {
    state: status === 'Complete' ? 'complete' : badly.includes(status) ? 'ended-badly' : 'under-way',
    status,
    succeeded: ProgressSummary?.NumberOfTasksSucceeded ?? 0,
    failed: ProgressSummary?.NumberOfTasksFailed ?? 0,
    reasons: (FailureReasons ?? []).map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`),
  };
}

interface ReportList {
  readonly Results: readonly { readonly Key: string }[];
}

/** `manifest.json` names the files; rows are Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage. */
async function* readReport(to: Bucket, folder: string, from: Bucket): AsyncGenerator<ReportedObject> {
  const read = (key: string) =>
    to.run('s3:GetObject', key, (requests) => requests.get(to.bucket, key)).then(({ bytes }) => bytes.toString());
  const { Results } = JSON.parse(await read(`${to.prefix}${folder}/manifest.json`)) as ReportList;
  for (const { Key } of Results)
    for (const row of (await read(Key)).split('\n')) {
      if (row === '') continue;
      const [, key = '', , status = '', code = '', , message = ''] = splitRow(row);
      const full = decodeListed(key);
      if (!full.startsWith(from.prefix)) continue;
      yield {
        key: objectKey(full.slice(from.prefix.length)),
        succeeded: status === 'succeeded',
        message: `${code} ${message}`.trim(),
      };
    }
}

/** "Object keys in the manifest must be URL encoded"; slashes may stay. */
function encodeListed(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

function decodeListed(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** A row of CSV, quoted where it has to be (RFC 4180). */
function splitRow(row: string): readonly string[] {
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,\r]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** The policies of the role, to be made by whoever may make roles. */
export function makeBatchPolicies({
  source,
  target,
  name,
  role,
}: Omit<BatchSettings, 'source' | 'target'> & {
  readonly source: Pick<BucketSettings, 'bucket' | 'prefix'>;
  readonly target: Pick<BucketSettings, 'bucket' | 'prefix'>;
}): { readonly trust: object; readonly permissions: object } {
  const partition = role.split(':')[1] ?? 'aws';
  const inside = ({ bucket, prefix }: Pick<BucketSettings, 'bucket' | 'prefix'>, rest: string) =>
    `arn:${partition}:s3:::${bucket}/${prefix === undefined || prefix === '' ? '' : `${prefix}/`}${rest}`;
  const allow = (Sid: string, Action: readonly string[], Resource: string) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  return {
    trust: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'batchoperations.s3.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    permissions: {
      Version: '2012-10-17',
      Statement: [
        allow('ReadObjects', ['s3:GetObject', 's3:GetObjectTagging'], inside(source, '*')),
        allow('WriteObjects', ['s3:PutObject', 's3:PutObjectTagging'], inside(target, '*')),
        allow('ReadLists', ['s3:GetObject', 's3:GetObjectVersion'], inside(target, `${batchFolder}/${name}/*`)),
        allow('WriteReports', ['s3:PutObject'], inside(target, `${batchFolder}/${name}/*`)),
      ],
    },
  };
}
