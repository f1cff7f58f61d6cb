/** A host for a person: how it is, how its last day was, and how a replacement went. */
import type { Alarm } from '../provision/host/cloud.js';
import type { Journal } from '../provision/host/journal.js';
import type { ReplacementPlan } from '../provision/host/planReplacement.js';
import type { Replacement } from '../provision/host/replace.js';
import type { HostStatus, ServerStatus } from '../provision/host/status.js';
import type { ProvisionPlan } from '../provision/plan.js';
import { formatDuration } from './amounts.js';
import { renderProvisionStatus } from './provisionText.js';
import { joinBlocks, pad, paint, showSafely, wrap, type Look } from './text.js';

export function renderHostStatus(plan: ProvisionPlan, status: HostStatus, look: Look): string {
  return joinBlocks([
    renderProvisionStatus(plan, look),
    ...status.servers.map((server) => renderServer(status.host, server, look)),
    renderAlarms(status.alarms, look),
  ]);
}

export function renderReplacement({ journal, resumed }: Replacement, look: Look): string {
  const took = formatDuration((journal.ended ?? journal.begun) - journal.begun);
  const went = resumed ? 'Went on with what had begun before, and replaced' : 'Replaced';
  const old = journal.old ?? 'nothing';
  const head = `${paint(look, 'green', '✓')} ${paint(look, 'bold', `${went} ${old} by ${journal.server ?? ''}`)} ${paint(look, 'dim', `(${took})`)}`;
  return joinBlocks([head, renderSteps(journal, look)]);
}

export function renderReplacementPlan({ slot, old, resumed, steps }: ReplacementPlan, look: Look): string {
  const what = old === null ? `would put a server into slot ${slot}` : `would replace ${old} in slot ${slot}`;
  const head = paint(
    look,
    'bold',
    resumed ? `host replace would go on with what began before, and ${what.slice(6)}` : `host replace ${what}`,
  );
  const rows = steps.map(({ name, what: work, done }) => {
    const sign = done ? paint(look, 'green', '✓') : paint(look, 'yellow', '→');
    return wrap(
      `${sign} ${pad(name, 9)} ${done ? paint(look, 'dim', 'done') : showSafely(work)}`,
      look.width,
      '    ',
      '                ',
    );
  });
  return joinBlocks([head, rows.join('\n')]);
}

function renderSteps({ steps }: Journal, look: Look): string {
  return steps
    .map(({ name, begun, ended, note = '' }) => {
      const took = ended === undefined ? 'not ended' : formatDuration(ended - begun);
      return `    ${pad(name, 9)} ${pad(took, 9, 'left')}  ${paint(look, 'dim', showSafely(note))}`;
    })
    .join('\n');
}

function renderServer(host: string, status: ServerStatus, look: Look): string {
  const { slot, healthy, detail, cpu, replacement } = status;
  const sign = healthy ? paint(look, 'green', '✓') : paint(look, 'red', '✗');
  const says = healthy ? 'answers' : 'does not answer';
  const chart = cpu.some((value) => value !== null) ? `    CPU, last 24 hours  ${drawChart(cpu)}` : '';
  const unfinished =
    replacement !== null && replacement.ended === undefined
      ? `    ${paint(look, 'yellow', 'A replacement is not finished')}: twinorigin host replace --slot ${slot} goes on with it.`
      : '';
  const head = `${sign} ${paint(look, 'bold', `${host}-${slot} ${says}`)}  ${paint(look, 'dim', showSafely(detail))}`;
  return [head, chart, unfinished].filter((line) => line !== '').join('\n');
}

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character an hour, from 0 to 100 percent; a dot where nothing was measured. */
export function drawChart(hours: readonly (number | null)[]): string {
  const drawn = hours.map((value) =>
    value === null
      ? '·'
      : (bars[Math.min(bars.length - 1, Math.max(0, Math.floor((value / 100) * bars.length)))] ?? ' '),
  );
  const known = hours.filter((value) => value !== null);
  if (known.length === 0) return drawn.join('');
  const most = Math.round(Math.max(...known));
  return `${drawn.join('')}  at most ${most} %`;
}

function renderAlarms(alarms: readonly Alarm[], look: Look): string {
  const tones = { ok: 'green', alarm: 'red', unknown: 'dim' } as const;
  const words = { ok: 'ok', alarm: 'ALARM', unknown: 'no data yet' } as const;
  const rows = alarms.map(
    ({ name, state }) => `    ${pad(showSafely(name), 14)} ${paint(look, tones[state], words[state])}`,
  );
  return rows.length === 0 ? '' : [paint(look, 'bold', 'Alarms'), ...rows].join('\n');
}
