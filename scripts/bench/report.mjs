/** The report as Markdown: what was run, what it took, and how that compares. */
import { corpora } from './corpora.mjs';
import { median } from './measure.mjs';

const scenarios = {
  cold: 'cold (everything is new)',
  unchanged: 'nothing changed',
  changed: '1 % changed',
  checkout: 'fresh checkout (new times, same bytes)',
};

export function renderMarkdown(report) {
  const { machine } = report;
  const lines = [
    '# Benchmark',
    '',
    `${report.date}: ${machine.processor}, ${machine.cores} cores, ${machine.memory} GiB, Linux ${machine.system}, Node ${machine.node}.`,
    report.server === 'radosgw'
      ? `Every tool against the same radosgw (Ceph) on the loopback, plain HTTP; median of ${report.rounds} rounds in turns.`
      : `Every tool against the same sink (\`scripts/bench/sink.mjs\`) on the loopback, plain HTTP, ${report.latency} ms before every answer; median of ${report.rounds} rounds in turns.`,
    '',
    '![wall time](benchmark.svg)',
    '',
  ];
  const missing = report.tools.filter(({ version }) => version === null).map(({ tool }) => tool);
  for (const { tool, version } of report.tools) if (version !== null) lines.push(`- ${tool}: ${version}`);
  if (missing.length > 0) lines.push(`- not on this machine, so not measured: ${missing.join(', ')}`);
  lines.push('');
  for (const corpus of new Set(report.runs.map((run) => run.corpus))) lines.push(...renderCorpus(report, corpus));
  lines.push('## Commands', '', '`SITE` is the corpus, `SINK` the address of the sink, `WORK` an empty folder.', '');
  for (const { name, note, command } of report.commands)
    lines.push(`- **${name}**${note === undefined ? '' : ` (${note})`}: \`${command}\``);
  return `${lines.join('\n')}\n`;
}

function renderCorpus(report, corpus) {
  const lines = [`## Corpus ${corpus}: ${corpora[corpus].what}`, ''];
  for (const [scenario, title] of Object.entries(scenarios)) {
    const rows = summarize(report.runs.filter((run) => run.corpus === corpus && run.scenario === scenario));
    const own = rows.find(({ tool }) => tool === 'twinorigin');
    if (rows.length === 0 || own === undefined) continue;
    lines.push(
      `### ${title}`,
      '',
      '| tool | wall s | CPU s | peak MB | requests | connections at once | sent MB | twinorigin’s wall is | its CPU is |',
      '|---|---|---|---|---|---|---|---|---|',
    );
    for (const row of rows) {
      const ratio = (name) => (row === own ? '' : `${(own[name] / row[name]).toFixed(2)}`);
      lines.push(
        `| ${row.tool}${row.failed > 0 ? ` (${row.failed} runs failed)` : ''} | ${row.wall.toFixed(2)} | ${row.cpu.toFixed(2)} | ${row.rss.toFixed(0)} | ${row.requests || '–'} | ${row.mostConnections || '–'} | ${row.bytesIn ? (row.bytesIn / 1e6).toFixed(1) : '–'} | ${ratio('wall')} | ${ratio('cpu')} |`,
      );
    }
    lines.push('');
  }
  return lines;
}

/** One row for each tool, fastest first: the median of every number by itself. */
export function summarize(runs) {
  const byTool = Map.groupBy === undefined ? groupBy(runs) : Map.groupBy(runs, ({ tool }) => tool);
  return [...byTool]
    .map(([tool, own]) => {
      const good = own.filter(({ code }) => code === 0);
      const of = (name) => median(good.map((run) => run[name]));
      return {
        tool,
        runs: good.length,
        failed: own.length - good.length,
        wall: of('wall'),
        cpu: of('cpu'),
        rss: of('rss'),
        requests: of('requests'),
        mostConnections: of('mostConnections'),
        bytesIn: of('bytesIn'),
        load: of('load'),
      };
    })
    .filter(({ runs: count }) => count > 0)
    .sort((a, b) => a.wall - b.wall);
}

function groupBy(runs) {
  const groups = new Map();
  for (const run of runs) groups.set(run.tool, [...(groups.get(run.tool) ?? []), run]);
  return groups;
}
