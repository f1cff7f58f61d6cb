/**
 * A migration of a bucket at size: peak memory, time, and how right the remaining time is that the terminal shows, at a
 * quarter, half and three quarters of each phase. Against the sink, which answers after `--latency` milliseconds:
 *   node scripts/bench/migrate.mjs 10000 30000 100000
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSink } from './startSink.mjs';

const { values, positionals } = parseArgs({
  options: { latency: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const sizes = positionals.length === 0 ? [10_000, 30_000, 100_000] : positionals.map(Number);
const sink = await startSink();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const rows = [];
try {
  for (const size of sizes) rows.push(await migrateOnce(size));
} finally {
  sink.stop();
  agent.destroy();
}
console.log(
  '| objects | seconds | objects a second | peak memory | phase | remaining time told wrong by, at 25, 50, 75 % |',
);
console.log('| --: | --: | --: | --: | --- | --- |');
for (const { size, seconds, rss, errors } of rows)
  for (const [phase, shares] of Object.entries(errors))
    console.log(
      `| ${size.toLocaleString('en')} | ${seconds.toFixed(1)} | ${Math.round(size / seconds)} | ${Math.round(rss)} MB | ${phase} | ${shares.join(', ')} |`,
    );

async function migrateOnce(size) {
  await sink.reset({ latency: 0 });
  await fill(size);
  await sink.reset({ latency: Number(values.latency), keep: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'bench-migrate-'));
  try {
    const origin = (bucket) => ({ bucket, url: `https://${bucket}.example.com` });
    const origins = { images: origin('images'), resources: origin('resources'), pages: origin('new-site') };
    writeFileSync(join(folder, 'twinorigin.config.json'), JSON.stringify({ origins, encodings: 'gzip' }));
    return { size, ...(await watch(folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Half text, half pictures, as on most sites; every header wrong. */
async function fill(size) {
  const text = Buffer.from('<p>what was stored with the wrong type, over and over</p>\n'.repeat(20));
  let next = 0;
  const put = () =>
    new Promise((resolve, reject) => {
      const index = next++;
      const body =
        index % 2 === 0 ? Buffer.concat([text, Buffer.from(String(index))]) : Buffer.from(`picture ${index}`);
      const path = `/old-site/folder-${String(index % 97).padStart(2, '0')}/file-${index}.${index % 2 === 0 ? 'html' : 'jpg'}`;
      const headers = { 'content-type': 'binary/octet-stream', 'content-length': body.length };
      request(`${sink.url}${path}`, { method: 'PUT', agent, headers }, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end(body);
    });
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (next < size) await put();
    }),
  );
}

/** On a pseudo-terminal, where the remaining time is repainted all the time. */
async function watch(folder) {
  const notes = join(folder, 'time');
  const command = `stty cols 140; /usr/bin/time -o ${notes} -f '%M %U %S' ${process.execPath} ${main} migrate s3://old-site --endpoint-url ${sink.url}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TERM: 'xterm',
      COLUMNS: '120',
      NO_COLOR: '1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_REGION: 'us-east-1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = performance.now();
  /** Per phase: share done, seconds foretold, when. */
  const told = { 'migrate': [], 'verify what was migrated': [] };
  const ended = {};
  let output = '';
  child.stdout.on('data', (chunk) => {
    const text = String(chunk);
    output = (output + text).slice(-4000);
    const now = (performance.now() - started) / 1000;
    for (const phase of Object.keys(told)) {
      for (const [, done, total, left] of text.matchAll(
        new RegExp(`• ${phase} +([\\d,]+)/([\\d,]+) objects.*?  ([^ ]+(?: min [^ ]+)?(?: m?s)?) left`, 'g'),
      ))
        told[phase].push({ share: numberOf(done) / numberOf(total), left: secondsOf(left), now });
      if (new RegExp(`✓ ${phase} `).test(text)) ended[phase] ??= now;
    }
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`the migration ended with ${code}: ${output}`);
  const errors = Object.fromEntries(
    Object.entries(told).map(([phase, list]) => [
      phase,
      [0.25, 0.5, 0.75].map((share) => {
        const at = list.find((one) => one.share >= share);
        if (at === undefined) return 'too short';
        const real = (ended[phase] ?? seconds) - at.now;
        return `${(((at.left - real) / real) * 100).toFixed(0)} % (${at.left.toFixed(1)} s for ${real.toFixed(1)} s)`;
      }),
    ]),
  );
  const [kilobytes, user, system] = readFileSync(notes, 'utf8').trim().split(' ').map(Number);
  const rss = kilobytes / 1024;
  console.error(`${user} s user, ${system} s system`);
  console.error(output.split('\n').slice(-8).join('\n'));
  return { seconds, rss, errors };
}

function numberOf(text) {
  return Number(text.replaceAll(',', ''));
}

function secondsOf(text) {
  const [, minutes = 0] = /(\d+) min/.exec(text) ?? [];
  const [, seconds = 0] = /([\d.]+) s/.exec(text) ?? [];
  const [, thousandths = 0] = /([\d.]+) ms/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds) + Number(thousandths) / 1000;
}
