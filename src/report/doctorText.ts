/** What the doctor found, check by check. */
import type { DoctorDocument } from './setupDocuments.js';
import { countOf } from './amounts.js';
import { pad, paint, showSafely, wrap, type Look, type Tone } from './text.js';

const signs: Readonly<Record<DoctorDocument['checks'][number]['status'], readonly [string, Tone]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
};

export function renderDoctor({ checks }: DoctorDocument, look: Look): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, message, fix }) => {
    const [sign, tone] = signs[status];
    const indent = ' '.repeat(width + 4);
    const line = wrap(showSafely(message), look.width, `${paint(look, tone, sign)} ${pad(name, width)}  `, indent);
    const advice =
      fix === undefined ? [] : [wrap(`${paint(look, 'green', '→')} ${showSafely(fix)}`, look.width, indent)];
    return [line, ...advice];
  });
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const warned = checks.filter(({ status }) => status === 'warning').length;
  const verdict =
    failed > 0
      ? `${paint(look, 'red', '✗')} ${paint(look, 'bold', `${countOf(failed, 'check')} failed`)}`
      : `${paint(look, 'green', '✓')} ${paint(look, 'bold', 'Healthy')}`;
  const beside = warned > 0 ? `, ${countOf(warned, 'warning')}` : '';
  return [...lines, '', `${verdict}${beside}`].join('\n');
}
