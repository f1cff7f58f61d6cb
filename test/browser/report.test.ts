import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/page/page.js';
import { findPort, makeFolder, run, smallSite } from '../cli/command.js';
import { fileOf, modelOf } from '../report/page/model.js';
import { connectBrowser } from './visit.js';

/** A site with something to tell in every section. */
function makePage(): string {
  const files = (['images', 'resources', 'pages'] as const).flatMap((origin, at) =>
    Array.from({ length: 30 }, (_, index) =>
      fileOf(`${origin}/a-rather-long-folder-name/file-number-${index}.txt`, {
        origin,
        type: `type/${index % 4}`,
        plain: 40_000 * (at + 1) + 9000 * index,
        loaded: 15_000 * (at + 1) + 4000 * index,
      }),
    ),
  );
  const step = (name: string) => ({ name, kind: 'css @import', bytes: 1200 });
  return renderReport(
    modelOf({
      files,
      changes: [
        { kind: 'created', entries: [{ origin: 'images', key: 'a/b.png', size: 9, reason: 'new content' }] },
        {
          kind: 'deleted',
          entries: Array.from({ length: 20 }, (_, at) => ({ origin: 'pages', key: `${at}`, reason: 'gone' })),
        },
      ],
      chains: [{ steps: [step('index.html'), step('css/site.css'), step('css/type.css'), step('x.woff2')], pages: 3 }],
      duplicates: [{ names: ['a.png', 'b.png'], bytes: 5000 }],
      images: [{ name: 'a.png', bytes: 5000, width: 10, height: 20, saving: 1000, advice: 'too wide' }],
      caching: [
        { cacheControl: 'public, max-age=31536000, immutable', origins: ['images'], count: 3, example: 'a.png' },
      ],
      invalidations: [{ origin: 'pages', path: '/', reason: 'content changed' }],
      cost: { puts: 5, gets: 2, invalidationPaths: 1, usd: 0.00003, usdBeyondFreePaths: 0.005 },
      problems: [{ code: 'x', severity: 'warning', message: 'leads nowhere', file: 'a.html', line: 3 }],
    }),
  );
}

/** The page's own policy forbids scripts: axe comes in from outside. */
async function findViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}

describe('the report page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await connectBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  async function show(
    options: { width: number; colorScheme: 'light' | 'dark' },
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({
      viewport: { width: options.width, height: 800 },
      colorScheme: options.colorScheme,
      offline: true,
    });
    try {
      const page = await context.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.setContent(makePage());
      await look(page);
      expect(asked.filter((url) => /^https?:/.test(url))).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const screens = [360, 1280].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
  );

  it.each(screens)('has nothing for axe to complain about ($width wide, $colorScheme)', async (screen) => {
    await show(screen, async (page) => {
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await findViolations(page)).toEqual([]);
    });
  });

  it.each(screens)(
    'is never wider than the screen, and its labels are large enough ($width wide, $colorScheme)',
    async (screen) => {
      await show(screen, async (page) => {
        const seen = await page.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          labels: [...document.querySelectorAll('svg text')]
            .map((text) => text.getBoundingClientRect().height)
            .filter((height) => height > 0),
        }));
        expect(seen.width).toBeLessThanOrEqual(screen.width);
        expect(seen.labels.length).toBeGreaterThan(8);
        expect(Math.min(...seen.labels)).toBeGreaterThan(9.5);
      });
    },
  );

  it('is what the preview server shows of a published site, and that needs nothing from elsewhere', async () => {
    const folder = makeFolder();
    const env = { TWINORIGIN_PORT: String(await findPort()) };
    folder.write(smallSite);
    expect((await run(['publish'], { cwd: folder.path, env })).code).toBe(0);
    const asked: string[] = [];
    let violations: readonly string[] = ['nothing was looked at'];
    let heading = '';
    // Served until it is interrupted, which is done as soon as it was looked at.
    await run(['preview'], {
      cwd: folder.path,
      env,
      onOutput: (text, child) => {
        if (!text.includes('Served until') || asked.length > 0) return;
        asked.push('');
        void look(`http://localhost:${env.TWINORIGIN_PORT}/`).finally(() => child.kill('SIGINT'));
      },
    });
    folder.remove();
    expect(violations).toEqual([]);
    expect(heading).toContain('is live');
    expect(asked.slice(1).filter((url) => !url.startsWith(`http://localhost:${env.TWINORIGIN_PORT}/`))).toEqual([]);

    async function look(address: string): Promise<void> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(address);
      heading = await page.evaluate(() => document.querySelector('h1')!.innerText);
      violations = await findViolations(page);
      await context.close();
    }
  });

  it('changes from bytes as written to bytes as loaded by keyboard alone', async () => {
    await show({ width: 1280, colorScheme: 'light' }, async (page) => {
      const shown = () => page.locator('.map:visible svg:visible').getAttribute('aria-label');
      expect(await shown()).toContain('Bytes as written: images');
      await page.locator('#written').focus();
      await page.keyboard.press('ArrowRight');
      expect(await shown()).toContain('Bytes as loaded: images');
    });
  });

  it('leads to every section by its list of sections, and keeps labels inside their areas', async () => {
    await show({ width: 1280, colorScheme: 'dark' }, async (page) => {
      const broken = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLAnchorElement>('nav a')]
          .map((link) => link.getAttribute('href') ?? '')
          .filter((href) => document.querySelector(href) === null),
      );
      expect(broken).toEqual([]);
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('svg text:not(.origin):not(.less)')]
          .filter((text) => {
            const box = text.getBoundingClientRect();
            let sibling = text.previousElementSibling;
            while (sibling !== null && sibling.tagName !== 'rect') sibling = sibling.previousElementSibling;
            const area = sibling?.getBoundingClientRect();
            return box.width > 0 && area !== undefined && box.right > area.right + 1;
          })
          .map((text) => text.textContent),
      );
      expect(outside).toEqual([]);
    });
  });
});
