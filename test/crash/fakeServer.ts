/** The fake S3 in a process of its own: `fakeServer.mjs`; prints its address. */
import { startFakeS3 } from '../fakes/fakeS3.js';

const { url } = await startFakeS3();
process.stdout.write(`${url}\n`);
