/**
 * `npm run bench -- [--quick] [--corpora a,b,c,d] [--rounds N] [--latency MS] [--only NAME,…] [--server radosgw] [--out FOLDER]`
 * Publishes the corpora with twinorigin and with every other tool found on PATH, in turns, to the sink, and writes a
 * report as Markdown, JSON and SVG. `--server radosgw` takes Ceph in place of the sink: no latency, no counts. Needs Linux, GNU time and about 2 GB in the temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changeSome, makeCorpus } from './corpora.mjs';
import { measure } from './measure.mjs';
import { renderMarkdown } from './report.mjs';
import { renderBars } from './bars.mjs';
import { startRadosgw } from './radosgw.mjs';
import { startSink } from './startSink.mjs';
import { contestants, findTools } from './tools.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    corpora: { type: 'string' },
    rounds: { type: 'string' },
    latency: { type: 'string', default: '30' },
    only: { type: 'string' },
    server: { type: 'string', default: 'sink' },
    out: { type: 'string', default: 'bench-report' },
  },
});
const names = (options.corpora ?? (options.quick ? 'tiny' : 'a,b,c,d')).split(',');
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));
const latency = options.server === 'sink' ? Number(options.latency) : 0;
const root = join(tmpdir(), 'twinorigin-bench');
mkdirSync(root, { recursive: true });

const tools = findTools();
const present = contestants.filter(
  ({ name, tool }) =>
    tools.get(tool) !== null && (options.only === undefined || options.only.split(',').includes(name)),
);
const sink = options.server === 'radosgw' ? await startRadosgw() : await startSink();
const runs = [];
try {
  for (const name of names) await runCorpus(name);
} finally {
  sink.stop();
}
const report = {
  date: new Date().toISOString(),
  machine: {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: release(),
    node: process.version,
  },
  server: options.server,
  latency,
  rounds,
  tools: [...tools].map(([tool, version]) => ({ tool, version })),
  commands: present.map(({ name, note, safe, command }) => ({
    name,
    note,
    safe,
    command: command({ site: 'SITE', url: 'SINK', work: 'WORK' })
      .join(' ')
      .replaceAll(process.execPath, 'node')
      .replaceAll(process.cwd(), '.'),
  })),
  runs,
};
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, 'benchmark.json'), `${JSON.stringify(report, null, 1)}\n`);
writeFileSync(join(options.out, 'benchmark.md'), renderMarkdown(report));
writeFileSync(join(options.out, 'benchmark.svg'), renderBars(report));
writeFileSync(join(options.out, 'benchmark-cpu.svg'), renderBars(report, 'cpu'));
console.log(renderMarkdown(report));
console.log(`written to ${options.out}`);

async function runCorpus(name) {
  const original = makeCorpus(root, name);
  const files = listFiles(original);
  // The slow ones take minutes for what others do in seconds; with many files one round of them says enough.
  const isLarge = files.length > 5_000;
  for (let round = 1; round <= rounds; round++) {
    // Who begins changes with every round: whatever the machine does meanwhile meets all alike.
    const order = present.map((_, index) => present[(index + round) % present.length]);
    for (const contestant of order) {
      if (contestant.slow === true && isLarge && round > (files.length > 50_000 ? 0 : 1)) continue;
      await runContestant(contestant, name, original, files, round);
    }
  }
}

async function runContestant(contestant, corpus, original, files, round) {
  const folder = mkdtempSync(join(root, 'run-'));
  try {
    const site = join(folder, 'site');
    execFileSync('cp', ['-r', '--preserve=timestamps', original, site]);
    const work = join(folder, 'work');
    mkdirSync(work);
    const place = { site, work, url: sink.url };
    contestant.prepare?.(place);
    await sink.reset({ latency });
    const run = async (scenario) => {
      await sink.reset({ latency, keep: 1 });
      const load = loadavg()[0];
      const result = await measure(contestant.command(place), { env: contestant.env?.(place) });
      const { requests, connections, mostConnections, bytesIn, operations, cpuSeconds } = await sink.stats();
      const { wall, cpu, rss, code, output } = result;
      if (code !== 0) console.error(`${contestant.name} ${corpus} ${scenario}: exit ${code}\n${output}`);
      runs.push({
        tool: contestant.name,
        corpus,
        scenario,
        round,
        wall,
        cpu,
        rss,
        code,
        requests,
        connections,
        mostConnections,
        bytesIn,
        operations,
        sinkCpu: cpuSeconds,
        load,
      });
      console.error(
        `${corpus} ${scenario.padEnd(10)} ${contestant.name.padEnd(22)} wall ${wall.toFixed(2)} cpu ${cpu.toFixed(2)} rss ${rss.toFixed(0)} requests ${requests ?? '-'} connections ${mostConnections ?? '-'}/${connections ?? '-'} load ${load.toFixed(1)}`,
      );
    };
    await run('cold');
    if (corpus === 'e') return;
    await run('unchanged');
    if (corpus === 'd') return;
    changeSome(site, files, round);
    await run('changed');
    // As after a fresh checkout: the same bytes under new times.
    execFileSync('find', [site, '-type', 'f', '-exec', 'touch', '-c', '{}', '+']);
    await run('checkout');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
