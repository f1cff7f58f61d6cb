/**
 * `node scripts/bench/width.mjs [--puts N]`: does the width that adapts itself find what the best fixed width finds? PUTs
 * of 4 KiB through the store as a publish uses it, to the sink with several latencies, and with a limit of requests a
 * second above which it answers 503. Prints a table: objects a second, and how many requests were refused.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openAws, openS3Store } from '../../dist/aws/index.js';
import { runPool } from '../../dist/release/pool.js';
import { startSink } from './startSink.mjs';

const { values } = parseArgs({ options: { puts: { type: 'string', default: '4000' } } });
const puts = Number(values.puts);
const situations = [
  { name: '20 ms', latency: 20, limit: 0 },
  { name: '70 ms', latency: 70, limit: 0 },
  { name: '150 ms', latency: 150, limit: 0 },
  { name: '20 ms, 503 above 500/s', latency: 20, limit: 500 },
  { name: '70 ms, 503 above 200/s', latency: 70, limit: 200, share: 4 },
];
const widths = [16, 32, 64, 128, 256];

for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'us-east-1',
});
const bytes = randomBytes(4096);
const headers = { contentType: 'image/png', cacheControl: 'public, max-age=31536000, immutable' };
const sink = await startSink();

/** @param fixed undefined for the width that adapts itself, up to 256 */
async function measure({ latency, limit, share = 1 }, fixed) {
  await sink.reset({ latency, limit });
  const count = Math.round(puts / share);
  const aws = openAws({ endpointUrl: sink.url, width: fixed ?? 256 });
  const store = openS3Store({ bucket: 'bench', aws });
  const put = (index) => store.put({ key: `k${index}`, body: { bytes }, headers });
  const items = Array.from({ length: count }, (_, index) => index);
  const began = performance.now();
  if (fixed === undefined) {
    const failures = await runPool(items, { most: 256, signal: new globalThis.AbortController().signal }, put);
    if (failures.length > 0) throw failures[0].error;
  } else {
    let next = 0;
    const work = async () => {
      while (next < items.length) {
        const item = items[next++];
        // As the pool does: what was refused in spite of the store's own tries comes again.
        await put(item).catch(() => items.push(item));
      }
    };
    await Promise.all(Array.from({ length: fixed }, work));
  }
  const rate = (count * 1000) / (performance.now() - began);
  const { refused } = await sink.stats();
  aws.close();
  return { rate, refused };
}

try {
  await measure(situations[0], 64); // loads and compiles what all others use
  const heads = [...widths.map((width) => `${width}`), 'adapts itself', 'of the best'];
  console.log(`| objects a second (refused) | ${heads.join(' | ')} |`);
  console.log(`| --- |${heads.map(() => ' --- |').join('')}`);
  for (const situation of situations) {
    const fixed = [];
    for (const width of widths) fixed.push(await measure(situation, width));
    const own = await measure(situation, undefined);
    const best = Math.max(...fixed.map(({ rate }) => rate));
    const cells = [...fixed, own].map(({ rate, refused }) => `${rate.toFixed(0)}${refused > 0 ? ` (${refused})` : ''}`);
    console.log(`| ${situation.name} | ${cells.join(' | ')} | ${(own.rate / best).toFixed(2)} |`);
  }
} finally {
  sink.stop();
}
