/** s3-sync-client as its documentation says, with 64 transfers at once: `node syncClient.mjs FOLDER ENDPOINT`. */
import { S3Client } from '@aws-sdk/client-s3';
import { S3SyncClient } from 's3-sync-client';

const [folder, endpoint] = process.argv.slice(2);
const client = new S3Client({
  endpoint,
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});
const { sync } = new S3SyncClient({ client });
await sync(folder, 's3://bench-sync-client', { maxConcurrentTransfers: 64 });
