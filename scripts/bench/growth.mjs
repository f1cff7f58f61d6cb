/**
 * `node scripts/bench/growth.mjs [--sizes 1000,10000,100000] [--latency MS] [--out FILE]`: what every stage costs as sites
 * grow: a site of tiny files is published, published again unchanged and with one page changed, linted, compared with
 * what the stores hold, rolled back and pruned. CPU time and memory are those of the process, the times of the stages its own.
 */
import { readdirSync, readFileSync, rmSync, mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSite } from './corpora.mjs';
import { measure } from './measure.mjs';
import { startSink } from './startSink.mjs';
import { contestants } from './tools.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    latency: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
});
const twinorigin = contestants.find(({ name }) => name === 'twinorigin');
const root = join(tmpdir(), 'twinorigin-bench');
mkdirSync(root, { recursive: true });
const rows = [];
const stages = [];
const sink = await startSink();
try {
  for (const size of values.sizes.split(',').map(Number)) await grow(size);
} finally {
  sink.stop();
}
const report = [
  `Latency ${values.latency} ms; load ${loadavg()[0].toFixed(1)} at the end.`,
  '',
  ...table(['files', 'what', 'wall s', 'CPU s', 'CPU µs a file', 'peak MB', 'requests'], rows),
  '',
  ...table(['files', 'what', 'stage', 'counted', 'time'], stages),
].join('\n');
console.log(report);
if (values.out !== undefined) writeFileSync(values.out, `${report}\n`);

async function grow(size) {
  const pages = Math.max(10, size / 50);
  const corpus = {
    name: `growth-${size}`,
    pages,
    sheets: 0,
    pictures: size - pages,
    pictureBytes: 100,
    pageBytes: 600,
  };
  const site = makeSite(root, corpus);
  const work = mkdtempSync(join(root, 'growth-'));
  const place = { site, work, url: sink.url };
  try {
    await sink.reset({ latency: Number(values.latency) });
    twinorigin.prepare(place);
    const [node, main, , , , config] = twinorigin.command(place);
    const run = async (what, args) => {
      await sink.reset({ latency: Number(values.latency), keep: 1 });
      const command = [node, '--max-old-space-size=16000', main, ...args, '--config', config];
      const result = await measure(command, { env: twinorigin.env(place), timeout: 3_600_000 });
      const { requests } = await sink.stats();
      if (result.code !== 0) console.error(`${what} of ${size}: exit ${result.code}\n${result.output}`);
      const { wall, cpu, rss } = result;
      const told = [wall.toFixed(2), cpu.toFixed(2), ((cpu / size) * 1e6).toFixed(0), rss.toFixed(0), requests];
      rows.push([size.toLocaleString('en'), what, ...(result.code === 0 ? told : ['failed', '', '', '', ''])]);
      console.error(rows.at(-1).join(' | '));
      for (const [, stage, counted, time] of result.output.matchAll(
        /^✓ (\w[\w ]*?) {2,}([\d,]+ \w+).*? {2,}([\d.]+ m?s|\d+ min.*)$/gm,
      ))
        stages.push([size.toLocaleString('en'), what, stage, counted, time]);
    };
    await run('all new', ['publish', site]);
    await run('nothing changed', ['publish', site]);
    const page = join(site, 'index.html');
    const before = readFileSync(page);
    writeFileSync(page, before.toString().replace('</h1>', ' again</h1>'));
    try {
      await run('one page changed', ['publish', site]);
    } finally {
      writeFileSync(page, before);
    }
    await run('check', ['check', site]);
    await run('reconcile', ['publish', site, '--reconcile']);
    await run('rollback', ['rollback']);
    await run('prune', ['prune']);
  } finally {
    rmSync(work, { recursive: true, force: true });
    for (const name of readdirSync(root))
      if (name === `${corpus.name}.half`) rmSync(join(root, name), { recursive: true });
  }
}

function table(head, lines) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)];
}
