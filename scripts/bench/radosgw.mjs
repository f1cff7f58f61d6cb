/** Ceph's S3 gateway in place of the sink: a real server, which checks signatures and stores what it is sent. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, DeleteObjectsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { credentials } from './tools.mjs';

/** All that the contestants write to. */
const buckets = ['images', 'resources', 'pages', 's5cmd', 's3deploy', 'rclone', 'hugo', 'aws', 'sync-client'].map(
  (name) => `bench-${name}`,
);

/** The same interface as `startSink()`; it has no latency to set and counts nothing. */
export async function startRadosgw() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rgw-'));
  const [port, monitor] = [await freePort(), await freePort()];
  const environment = {
    ...process.env,
    RGW_PORT: String(port),
    RGW_MON_PORT: String(monitor),
    RGW_DIR: join(folder, 'rgw'),
    RGW_ACCESS_KEY: credentials.AWS_ACCESS_KEY_ID,
    RGW_SECRET_KEY: credentials.AWS_SECRET_ACCESS_KEY,
  };
  const script = (name) =>
    execFileSync('bash', [fileURLToPath(new URL(`../servers/${name}-rgw.sh`, import.meta.url))], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  script('start');
  const url = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint: url,
    forcePathStyle: true,
    region: credentials.AWS_REGION,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId: credentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY,
    },
  });
  for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  return {
    url,
    stats: async () => ({}),
    reset: async ({ keep } = {}) => {
      if (keep !== undefined) return;
      for (const Bucket of buckets)
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }))
          if (Contents.length > 0)
            await client.send(
              new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }),
            );
    },
    stop() {
      client.destroy();
      script('stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Below the ports that outgoing connections take, where Ceph also wants the next one. */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await new Promise((resolve) => {
      const server = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
