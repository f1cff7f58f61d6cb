/** What would be written, as a person reads changes: lines with + and -, and a few around them. */
import { countOf } from './amounts.js';
import { paint, showSafely, type Look } from './text.js';

const around = 2;

interface Line {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
}

/** `before` is null for a new file. */
export function renderDiff(path: string, before: string | null, after: string, look: Look): string {
  const lines = compareLines(before === null ? [] : splitLines(before), splitLines(after));
  const added = lines.filter(({ sign }) => sign === '+').length;
  const removed = lines.filter(({ sign }) => sign === '-').length;
  const counts = before === null ? `new, ${countOf(added, 'line')}` : `+${added} -${removed}`;
  const heading = `${paint(look, 'bold', showSafely(path))}  ${paint(look, 'dim', counts)}`;
  const near = (index: number) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ sign }) => sign !== ' ');
  const shown: string[] = [];
  let skipped = false;
  for (const [index, { sign, text }] of lines.entries()) {
    if (!near(index)) {
      skipped = true;
      continue;
    }
    if (skipped && shown.length > 0) shown.push(paint(look, 'dim', '  …'));
    skipped = false;
    const tone = sign === '+' ? 'green' : sign === '-' ? 'red' : 'dim';
    shown.push(paint(look, tone, `  ${sign} ${showSafely(text)}`));
  }
  return [heading, ...shown].join('\n');
}

function splitLines(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** The longest common subsequence; for files of a few hundred lines. */
function compareLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const length = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row !== undefined)
        row[j] = before[i] === after[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const fresh = after[j];
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || length(i + 1, j) >= length(i, j + 1))) {
      lines.push({ sign: '-', text: old });
      i++;
    } else {
      lines.push({ sign: '+', text: fresh ?? '' });
      j++;
    }
  }
  return lines;
}
