/** A migration of a bucket for a person. */
import type { BulkAction } from '../migrate/decide.js';
import type { BulkPlan } from '../migrate/planBulk.js';
import { countOf, formatBytes, formatCount, formatDuration, formatUsd } from './amounts.js';
import type { ToldBatchPlan, ToldBulkPlan, ToldMigration } from './migrationJson.js';
import { joinBlocks, pad, paint, showSafely, wrap, type Look } from './text.js';

const words: Readonly<Record<BulkAction, string>> = {
  copy: 'copied inside the service, with the right headers',
  headers: 'given the right headers in place',
  compress: 'read, compressed and stored',
  keep: 'as they should be already',
};

export function renderBulkPlan(
  { source, target, batch }: ToldBulkPlan,
  { survey, actions, download, examples }: BulkPlan,
  look: Look,
): string {
  const heading = `${paint(look, 'bold', 'Plan')} ${source} → ${target}: ${countOf(survey.objects, 'object')}, ${formatBytes(survey.bytes)}`;
  const rows = examples.map(
    ({ key, action, headers }) =>
      `  ${pad(action, 8)}  ${showSafely(key)}  ${paint(look, 'dim', JSON.stringify(headers))}`,
  );
  return joinBlocks([
    [heading, ...renderActions(actions, look), ...renderSkipped(survey.skipped, look)].join('\n'),
    `${formatBytes(download)} would be read to be compressed; everything else stays inside the service.`,
    batch === undefined ? '' : renderJobs(batch),
    rows.join('\n'),
  ]);
}

export function renderMigration({ source, target, runs, outcome, audit, jobs }: ToldMigration, look: Look): string {
  const { totals, survey, failed, milliseconds, estimateError } = outcome;
  const isWhole = failed.size === 0 && audit?.wrongCount === 0;
  const sign = isWhole ? paint(look, 'green', '✓') : paint(look, 'red', '✗');
  const what = `${countOf(totals.objects, 'object')}, ${formatBytes(totals.bytes)}`;
  const took = `${formatDuration(milliseconds)}${runs > 1 ? `, run ${runs}` : ''}`;
  const lines = [
    `${sign} ${paint(look, 'bold', `${source} → ${target}`)}: ${what} ${paint(look, 'dim', `(${took})`)}`,
    ...renderActions(totals.actions, look),
    ...renderSkipped(survey.skipped, look),
  ];
  if (jobs !== undefined && jobs.jobs > 0)
    lines.push(
      `  ${countOf(jobs.jobs, 'job')} of S3 Batch Operations copied ${formatCount(jobs.succeeded)} of them${jobs.failed === 0 ? '' : `; ${formatCount(jobs.failed)} that ${jobs.jobs === 1 ? 'it' : 'they'} could not were done from here`}`,
    );
  if (estimateError !== null)
    lines.push(
      paint(
        look,
        'dim',
        `  the remaining time that was told was wrong by ${Math.round(estimateError * 100)} % on average`,
      ),
    );
  if (audit === null) return lines.join('\n');
  const ways = [
    `${formatCount(audit.byChecksum)} by checksum`,
    ...(audit.byReading > 0 ? [`${formatCount(audit.byReading)} by reading both`] : []),
    ...(audit.bySize > 0 ? [`${formatCount(audit.bySize)} by size alone`] : []),
  ];
  const verified = `verified: ${countOf(audit.objects, 'object')} (${ways.join(', ')}), ${
    audit.wrongCount === 0
      ? 'all with the right headers and content'
      : `${formatCount(audit.wrongCount)} are not as they should be`
  }`;
  lines.push(wrap(verified, look.width, '  ', '    '));
  return joinBlocks([
    lines.join('\n'),
    audit.wrong
      .slice(0, 20)
      .map((one) => `  ${paint(look, 'red', '✗')} ${showSafely(one)}`)
      .join('\n'),
  ]);
}

function renderJobs({ jobs, objects, usd, trust, permissions }: ToldBatchPlan): string {
  return joinBlocks([
    jobs === 0
      ? 'No job of S3 Batch Operations would be worth it: too few objects get the same headers (--batch-smallest).'
      : `${countOf(jobs, 'job')} of S3 Batch Operations would copy ${countOf(objects, 'object')}, for about ${formatUsd(usd)} at list price.`,
    `Trust policy of the role:\n${JSON.stringify(trust, null, 2)}`,
    `Permissions of the role:\n${JSON.stringify(permissions, null, 2)}`,
  ]);
}

function renderActions(actions: Readonly<Record<BulkAction, number>>, look: Look): readonly string[] {
  return (['copy', 'headers', 'compress', 'keep'] as const)
    .filter((action) => actions[action] > 0)
    .map(
      (action) =>
        `  ${pad(formatCount(actions[action]), 9, 'left')} ${paint(look, action === 'keep' ? 'dim' : 'cyan', words[action])}`,
    );
}

function renderSkipped(skipped: Readonly<Record<string, number>>, look: Look): readonly string[] {
  return Object.entries(skipped).map(([reason, count]) =>
    paint(look, 'dim', `  ${pad(formatCount(count), 9, 'left')} left out: ${reason}`),
  );
}
