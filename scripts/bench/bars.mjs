/** The times as a picture: one group of bars for each corpus and scenario, on a scale of its own. */
import { summarize } from './report.mjs';

const scenarios = ['cold', 'unchanged', 'changed', 'checkout'];
const [bar, gap, left, width] = [15, 26, 190, 420];

/** @param {'wall' | 'cpu'} kind of time; on a busy machine only CPU time can be compared */
export function renderBars(report, kind = 'wall') {
  const parts = [];
  let y = 10;
  for (const corpus of new Set(report.runs.map((run) => run.corpus))) {
    for (const scenario of scenarios) {
      const rows = summarize(report.runs.filter((run) => run.corpus === corpus && run.scenario === scenario));
      if (rows.length === 0) continue;
      y += gap;
      parts.push(`<text x="10" y="${y - 8}" class="title">corpus ${corpus}, ${scenario}</text>`);
      const longest = Math.max(...rows.map((row) => row[kind]));
      for (const row of [...rows].sort((a, b) => a[kind] - b[kind])) {
        const { tool, [kind]: time } = row;
        const length = Math.max(1, (time / longest) * width);
        parts.push(
          `<text x="${left - 8}" y="${y + 11}" class="name">${tool}</text><rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar - 3}" class="${tool === 'twinorigin' ? 'own' : 'other'}"/><text x="${(left + length + 6).toFixed(1)}" y="${y + 10}" class="value">${time.toFixed(2)} s</text>`,
        );
        y += bar;
      }
    }
  }
  const style =
    'text{font:11px sans-serif;fill:#333}.title{font-weight:bold}.name{text-anchor:end}.own{fill:#0a7d5a}.other{fill:#9aa7b2}@media(prefers-color-scheme:dark){text{fill:#ddd}}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 80} ${y + 20}" role="img" aria-label="${kind === 'cpu' ? 'CPU' : 'Wall'} times of publishing tools"><style>${style}</style>\n${parts.join('\n')}\n</svg>\n`;
}
