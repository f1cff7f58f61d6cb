/** What `check --live` found. */
import { originNames } from '../build/build.js';
import type { LiveCheck, LiveFinding } from '../release/checkLive.js';
import { countOf, formatCount, formatDuration } from './amounts.js';
import type { LiveDocument } from './operationDocuments.js';
import { joinBlocks, paint, showSafely, wrap, type Look } from './text.js';

const shownFindings = 20;

/** `check --live --json`. */
export function describeLive(check: LiveCheck): LiveDocument {
  const { release, urls, objects, requests, references, findings, foreign, unfinished } = check;
  return {
    version: 1,
    release,
    urls,
    objects,
    requests,
    references,
    findings: findings.map(({ faults, ...finding }) => ({ ...finding, faults: [...faults] })),
    foreign: { images: foreign.images.count, resources: foreign.resources.count, pages: foreign.pages.count },
    unfinished: [...unfinished],
  };
}

export function renderLive(check: LiveCheck, milliseconds: number, look: Look): string {
  const { release, objects, requests, references, findings, unfinished } = check;
  const proven = `${countOf(objects, 'object')} and ${countOf(references, 'reference')} proven with ${countOf(requests, 'request')}`;
  const took = paint(look, 'dim', `(${formatDuration(milliseconds)})`);
  const headline =
    findings.length === 0
      ? `${paint(look, 'green', '✓')} ${paint(look, 'bold', `Release ${release} is served as it was published`)}: ${proven} ${took}`
      : `${paint(look, 'red', '✗')} ${paint(look, 'bold', `${countOf(findings.length, 'object')} of release ${release} ${findings.length === 1 ? 'is' : 'are'} not as published`)}: ${proven} ${took}`;
  const shown = look.verbose ? findings : findings.slice(0, shownFindings);
  const rest = findings.length - shown.length;
  const lines = [
    ...shown.map((finding) => renderFinding(finding, look)),
    ...(rest > 0 ? [paint(look, 'dim', `… and ${formatCount(rest)} more (--verbose shows all)`)] : []),
  ];
  return joinBlocks([
    lines.join('\n'),
    headline,
    [
      ...(findings.length > 0 ? ['  → twinorigin publish --reconcile puts right what the stores lost.'] : []),
      ...(unfinished.length > 0
        ? [`  A release did not finish (${unfinished.join(', ')}): publishing again settles it.`]
        : []),
      ...renderForeign(check, look),
    ].join('\n'),
  ]);
}

function renderFinding({ origin, key, url, retained, faults }: LiveFinding, look: Look): string {
  const name = `${paint(look, 'red', '✗')} ${paint(look, 'bold', showSafely(`${origin}/${key}`))}`;
  const age = retained ? paint(look, 'dim', ' of an earlier release') : '';
  return [
    `${name}${age}  ${paint(look, 'cyan', url)}`,
    ...faults.map((fault) => wrap(showSafely(fault), look.width, '    ')),
  ].join('\n');
}

function renderForeign({ foreign }: LiveCheck, look: Look): readonly string[] {
  const found = originNames.filter((origin) => foreign[origin].count > 0);
  if (found.length === 0) return [];
  const counts = found.map((origin) => `${formatCount(foreign[origin].count)} in ${origin}`);
  return [paint(look, 'dim', `  Objects that no release put there, left alone: ${counts.join(', ')}`)];
}
