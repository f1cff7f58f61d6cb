/**
 * `node scripts/bench/perPut.mjs [--puts N]`: CPU time of this process for one PUT of 4 KiB, 64 under way, to the sink:
 * through the store as a publish uses it, through the store with the SDK's client, and over raw sockets with the same
 * signature, which is the least that Node can do. In turns; the median of five rounds.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openAws, openS3Store } from '../../dist/aws/index.js';
import { openSigner } from '../../dist/aws/lean/signature.js';
import { median } from './measure.mjs';
import { startSink } from './startSink.mjs';

const { values } = parseArgs({ options: { puts: { type: 'string', default: '2000' } } });
const puts = Number(values.puts);
const width = 64;
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: 'us-east-1',
});
const bytes = randomBytes(4096);
const headers = { contentType: 'image/png', cacheControl: 'public, max-age=31536000, immutable' };
const sink = await startSink();

async function throughStore(client) {
  if (client === undefined) delete process.env.TWINORIGIN_S3_CLIENT;
  else process.env.TWINORIGIN_S3_CLIENT = client;
  const aws = openAws({ endpointUrl: sink.url, width });
  const store = openS3Store({ bucket: 'bench', aws });
  const put = (index) => store.put({ key: `file-${index}.png`, body: { bytes }, headers });
  await put(-1);
  const spent = await cpuOf(() => inParallel(put));
  aws.close();
  return spent;
}

async function overSockets() {
  const { hostname, port, host } = new URL(sink.url);
  const signer = openSigner('us-east-1');
  const sockets = await Promise.all(
    Array.from(
      { length: width },
      () =>
        new Promise((ready) => {
          const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => ready(socket));
        }),
    ),
  );
  const free = [...sockets];
  const put = (index) =>
    new Promise((done) => {
      const socket = free.pop();
      const digest = createHash('sha256').update(bytes).digest('hex');
      const path = `/bench/file-${index}.png`;
      const list = [
        ['host', host],
        ['content-type', headers.contentType],
        ['cache-control', headers.cacheControl],
      ];
      const signed = signer.sign({ method: 'PUT', path, query: '', headers: list, digest }, credentials, new Date());
      let head = `PUT ${path} HTTP/1.1\r\ncontent-length: ${bytes.length}\r\n`;
      for (let at = 0; at < signed.length; at += 2) head += `${signed[at]}: ${signed[at + 1]}\r\n`;
      socket.once('data', () => {
        free.push(socket);
        done();
      });
      socket.cork();
      socket.write(`${head}\r\n`, 'latin1');
      socket.write(bytes);
      socket.uncork();
    });
  const spent = await cpuOf(() => inParallel(put));
  for (const socket of sockets) socket.destroy();
  return spent;
}

async function inParallel(put) {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < puts) await put(next++);
    }),
  );
}

/** @returns microseconds for each PUT */
async function cpuOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / puts;
}

const ways = {
  'raw sockets': overSockets,
  'lean client': () => throughStore(undefined),
  'SDK client': () => throughStore('sdk'),
};
const results = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
try {
  for (let round = 0; round < 6; round++)
    // The first round warms the compiler up and is not counted.
    for (const [name, run] of Object.entries(ways)) {
      const spent = await run();
      if (round > 0) results[name].push(spent);
    }
} finally {
  sink.stop();
}
const raw = median(results['raw sockets']);
console.log(`${puts} PUTs of 4 KiB, ${width} under way, load ${loadavg()[0].toFixed(1)}`);
for (const [name, spent] of Object.entries(results))
  console.log(
    `${name.padEnd(12)} ${median(spent).toFixed(0).padStart(5)} µs  ${(median(spent) / raw).toFixed(2)} of raw sockets`,
  );
