import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws } from '../../src/aws/index.js';
import { openKiller, type Killer } from '../crash/killedPublisher.js';
import { runMatrix, type Matrix } from '../crash/matrix.js';
import { createBucket, rgw, useCredentials } from './server.js';

let killer: Killer;
beforeAll(async () => {
  killer = await openKiller();
}, 300_000);
afterAll(() => killer.close());

const patience = { timeout: 3_600_000 };

async function runOver(name: string, endpoint: string, bucket: string): Promise<Matrix> {
  const makePlace = (root: string) =>
    Promise.resolve({ kind: 's3', root, endpoint, bucket, prefix: `m${randomBytes(4).toString('hex')}` } as const);
  const matrix = await runMatrix(makePlace, killer, 2);
  process.stdout.write(`crash matrix over HTTP on ${name}: ${matrix.points.length} points\n`);
  return matrix;
}

function expectPassed({ points, verdicts }: Matrix): void {
  expect(verdicts.filter(({ faults }) => faults.length > 0)).toEqual([]);
  expect(verdicts).toHaveLength(points.length);
  expect(points.length).toBeGreaterThan(50);
}

describe('a publisher process that is killed before or after any single operation', () => {
  it('leaves whole pages and converges, on folders', patience, async () => {
    const matrix = await runMatrix((root) => Promise.resolve({ kind: 'directory', root }), killer, 2);
    process.stdout.write(`crash matrix on folders: ${matrix.points.length} points\n`);
    expectPassed(matrix);
  });

  it('leaves whole pages and converges, over HTTP on S3 with the rules of AWS', patience, async () => {
    useCredentials({ url: '', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    const server = await killer.startServer();
    try {
      expectPassed(await runOver('the fake S3', server.url, 'bucket'));
    } finally {
      server.close();
    }
  });

  it('leaves whole pages and converges, over HTTP on Ceph', patience, async () => {
    useCredentials(rgw());
    const aws = openAws({ endpointUrl: rgw().url });
    const bucket = await createBucket(aws);
    aws.close();
    expectPassed(await runOver('Ceph radosgw', rgw().url, bucket));
  });
});
