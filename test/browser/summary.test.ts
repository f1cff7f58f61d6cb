/**
 * What the action writes for people, as GitHub shows it: the summary of a run and the comment on a pull request as
 * GitHub-flavoured Markdown in Chromium, the annotations above them. TWINORIGIN_PICTURES=folder keeps the pictures.
 */
import { marked } from 'marked';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startJob, type Job, type StepOptions, type StepResult } from '../action/runner.js';
import { findPort, smallSite } from '../cli/command.js';
import { connectBrowser } from './visit.js';

/** The look of github.com as far as reading goes: widths, tables, headings. */
const style = `body{font:14px/1.5 -apple-system,"Segoe UI",sans-serif;margin:16px auto;max-width:900px;padding:0 16px;color:#1f2328;background:#fff}
table{border-collapse:collapse;display:block;overflow:auto;width:max-content;max-width:100%}td,th{border:1px solid #d1d9e0;padding:6px 13px}
code{background:#818b981f;border-radius:6px;padding:.2em .4em;font-size:85%;white-space:break-spaces}a{color:#0969da}h3{font-size:1.25em}
.note{border:1px solid #d1d9e0;border-left:4px solid;border-radius:6px;padding:8px 12px;margin:8px 0;overflow-wrap:anywhere}.error{border-left-color:#cf222e}.warning{border-left-color:#9a6700}.notice{border-left-color:#0969da}
@media(prefers-color-scheme:dark){body{color:#f0f6fc;background:#0d1117}td,th,.note{border-color:#3d444d}a{color:#4493f8}}`;

const escape = (text: string) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

async function makePage({ summary, commands }: StepResult): Promise<string> {
  const notes = commands
    .filter(({ name }) => ['error', 'warning', 'notice'].includes(name))
    .map(
      ({ name, properties: { title = '', file, line }, message }) =>
        `<div class="note ${name}"><b>${escape(title)}</b> ${file === undefined ? '' : `<code>${escape(file)}#L${line ?? 1}</code>`}<br>${escape(message)}</div>`,
    );
  const body = await marked.parse(summary, { gfm: true });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Run</title><style>${style}</style><main>${notes.join('')}${body}</main></html>`;
}

describe('the summary of a run on GitHub', () => {
  let browser: Browser;
  let job: Job;
  let port: number;
  beforeAll(async () => {
    browser = await connectBrowser();
    job = startJob();
    port = await findPort();
    const extra = '<p><img src="gone.png" alt=""></p>\n';
    job.write({ ...smallSite, 'dist/index.html': smallSite['dist/index.html'] + extra });
  });
  afterAll(async () => {
    job.remove();
    await browser.close();
  });
  const step = (options: StepOptions) => job.step({ ...options, env: { TWINORIGIN_PORT: String(port) } });

  /** Laid out at the width of a phone and of a desk, in both colours. */
  async function look(name: string, result: StepResult, check: (page: Page) => Promise<void>): Promise<void> {
    const html = await makePage(result);
    for (const [width, colorScheme] of [
      [1000, 'light'],
      [390, 'dark'],
    ] as const) {
      const context = await browser.newContext({ viewport: { width, height: 700 }, colorScheme, offline: true });
      try {
        const page = await context.newPage();
        await page.setContent(html);
        const pictures = process.env.TWINORIGIN_PICTURES;
        if (pictures !== undefined) {
          mkdirSync(pictures, { recursive: true });
          writeFileSync(join(pictures, `${name}-${width}.png`), await page.screenshot({ fullPage: true }));
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(width);
        // Markup that the parser did not understand would stand there as text.
        const text = await page.evaluate(() => document.body.innerText);
        expect(text).not.toMatch(/^\s*\||\*\*|^###|<details|&[a-z]+;/m);
        await check(page);
      } finally {
        await context.close();
      }
    }
  }

  const rowsOf = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll('tr')].map((row) =>
        [...row.querySelectorAll('td,th')].map((cell) => (cell as HTMLElement).innerText),
      ),
    );
  const headingOf = (page: Page) => page.evaluate(() => document.querySelector('h3')?.innerText);

  it('says in the heading that it is live, and has a table of what changed', async () => {
    const result = await step({});
    await look('published', result, async (page) => {
      expect(await headingOf(page)).toMatch(/^✅ Live: \d+ created/);
      const rows = await rowsOf(page);
      expect(rows.find(([first]) => first === 'pages')?.length).toBeGreaterThan(3);
      expect(await page.evaluate(() => document.querySelector('.warning')?.textContent)).toContain('gone.png');
    });
  });

  it('shows a plan with what would change, why, and what it costs', async () => {
    job.write({ 'dist/a.js': 'console.log(2);\n', 'dist/new.html': '<!doctype html><title>n</title>' });
    const result = await step({ with: { command: 'plan' } });
    await look('planned', result, async (page) => {
      expect(await headingOf(page)).toMatch(/^📝 Plan: /);
      expect(await page.evaluate(() => document.body.innerText)).toMatch(/\$\d|\$0/);
    });
  });

  it('shows the cause of a failure in its first line, and beside the file', async () => {
    job.write({ 'twinorigin.config.json': '{\n  "stie": "dist"\n}\n' });
    const result = await step({});
    expect(result.code).toBe(2);
    await look('failed', result, async (page) => {
      const first = await page.evaluate(() => document.querySelector('main')!.firstElementChild!.textContent);
      expect(first).toContain('unknown setting stie; did you mean "site"?');
      expect(first).toContain('twinorigin.config.json#L2');
      expect(await headingOf(page)).toContain('unknown setting stie');
    });
  });
});
