import { parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { markup, Markup } from '../../../src/report/page/markup.js';
import type { ReportModel } from '../../../src/report/page/model.js';
import { renderReport } from '../../../src/report/page/page.js';
import { originColors } from '../../../src/report/page/treemap.js';
import { fileOf, modelOf, urls } from './model.js';

/** Every element and attribute of a page, as a browser would see it. */
function elementsOf(page: string): { name: string; attributes: Record<string, string> }[] {
  interface Node {
    readonly nodeName: string;
    readonly attrs?: { name: string; value: string }[];
    readonly childNodes?: Node[];
  }
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const visit = (node: Node): void => {
    if (node.attrs !== undefined)
      found.push({
        name: node.nodeName,
        attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
      });
    node.childNodes?.forEach(visit);
  };
  visit(parse(page));
  return found;
}

const hostile = [
  '<script>alert(1)</script>.html',
  '"><img src=x onerror=alert(1)>.png',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '</title><svg onload=alert(1)>',
  '&lt;b&gt;.html',
  'javascript:alert(1)',
  '\u202egnp.exe',
  '--><!--',
];

describe('markup', () => {
  it('escapes every value, and nothing twice', () => {
    const inner = markup`<b title="${'"'}">${'<&>'}</b>`;
    expect(markup`${inner}${[inner]}${1}${undefined}`.text).toBe(
      '<b title="&quot;">&lt;&amp;&gt;</b><b title="&quot;">&lt;&amp;&gt;</b>1',
    );
  });
  it('shows what would turn the text around', () => {
    expect(markup`${'a\u202eb\nc'}`.text).toBe('a\\u202eb\\x0ac');
  });
});

describe('the report page', () => {
  it.each(hostile)('shows the name %j as text in every section', (name) => {
    const model: ReportModel = modelOf({
      kind: 'live',
      release: { id: name, createdAt: name, publisher: { user: name, host: name, commit: name } },
      files: [fileOf(name, { type: name, plain: 900_000 }), fileOf('b', { digest: name })],
      changes: [{ kind: 'created', entries: [{ origin: 'pages', key: name, reason: name }] }],
      chains: [{ steps: [{ name, kind: name, bytes: 1 }], pages: 2 }],
      duplicates: [{ names: [name, name], bytes: 1 }],
      images: [{ name, bytes: 1, width: 1, height: 1, saving: 1, advice: name }],
      caching: [{ cacheControl: name, origins: ['pages'], count: 1, example: name }],
      invalidations: [{ origin: 'pages', path: name, reason: name }],
      problems: [{ code: 'x', severity: 'warning', message: name, file: name, hint: name }],
    });
    for (const kind of ['live', 'plan'] as const) {
      const elements = elementsOf(renderReport({ ...model, kind }));
      const plain = elementsOf(
        renderReport(
          JSON.parse(
            JSON.stringify({ ...model, kind }).replaceAll(JSON.stringify(name).slice(1, -1), 'a name'),
          ) as ReportModel,
        ),
      );
      expect(elements.map((element) => element.name)).toEqual(plain.map((element) => element.name));
      for (const { name: element, attributes } of elements) {
        expect(Object.keys(attributes).filter((attribute) => attribute.startsWith('on'))).toEqual([]);
        if (element === 'a') expect(attributes.href).toMatch(/^(https:\/\/|#)/);
      }
    }
  });

  it('loads nothing and runs nothing', () => {
    const elements = elementsOf(renderReport(modelOf({ files: [fileOf('a'), fileOf('b', { origin: 'images' })] })));
    for (const { name, attributes } of elements) {
      expect(['script', 'img', 'iframe', 'object', 'video', 'audio', 'form']).not.toContain(name);
      if (name === 'link') expect(attributes.href).toBe('data:,');
    }
    expect(elements.some(({ attributes }) => attributes.content?.startsWith("default-src 'none'"))).toBe(true);
  });

  it('has headings in order and an anchor for each of them', () => {
    const elements = elementsOf(renderReport(modelOf({ changes: [], chains: [], images: [] })));
    expect(elements.filter(({ name }) => name === 'h1')).toHaveLength(1);
    const ids = elements.filter(({ name }) => name === 'h2').map(({ attributes }) => `#${attributes.id}`);
    const links = elements.filter(({ name, attributes }) => name === 'a' && attributes.href?.startsWith('#'));
    expect(links.map(({ attributes }) => attributes.href)).toEqual(['#report', ...ids]);
    expect(ids.length).toBeGreaterThan(6);
  });

  it('says what a plan would do, and what a publish did', () => {
    const changes: ReportModel['changes'] = [
      { kind: 'updated', entries: [{ origin: 'pages', key: 'index.html', size: 1, reason: 'content changed' }] },
    ];
    expect(renderReport(modelOf({ kind: 'plan', changes }))).toContain('<h1>1 object to publish</h1>');
    expect(renderReport(modelOf({ kind: 'plan', changes: [] }))).toContain('<h1>Nothing to publish</h1>');
    expect(renderReport(modelOf({ changes }))).toContain(`<h1><a href="${urls.pages}/">www.acme.com</a> is live</h1>`);
    expect(renderReport(modelOf({ changes }))).toContain('1 updated');
  });

  it('cuts long lists and says how much is left out', () => {
    const entries = Array.from({ length: 1234 }, (_, at) => ({
      origin: 'images' as const,
      key: `${at}.png`,
      reason: '',
    }));
    const page = renderReport(modelOf({ changes: [{ kind: 'created', entries }] }));
    expect(page).toContain('1,234 created');
    expect(page).toContain('and 1,034 more');
  });

  it('draws the same site with a thousand times the files in about the same number of areas', () => {
    const many = Array.from({ length: 20_000 }, (_, at) =>
      fileOf(`${at}.png`, { origin: 'images', type: 'image/png', plain: at + 1, loaded: at + 1 }),
    );
    const page = renderReport(modelOf({ files: many }));
    expect(page.length).toBeLessThan(60_000);
    expect(page).toContain('19,986 more');
  });

  it('keeps white text readable on every colour of the map', () => {
    const page = renderReport(
      modelOf({
        files: (['images', 'resources', 'pages'] as const).flatMap((origin) =>
          Array.from({ length: 6 }, (_, at) =>
            fileOf(`${origin}${at}`, { origin, type: `a/${at}`, plain: 10 ** (8 - at) }),
          ),
        ),
      }),
    );
    const fills = [...new Set([...page.matchAll(/<rect[^>]*\sfill="(#[0-9a-f]{6})"/g)].map(([, fill]) => fill!))];
    expect(fills.length).toBeGreaterThan(12);
    expect(fills).toContain(originColors.images);
    for (const fill of fills) expect(1.05 / (luminance(fill) + 0.05), fill).toBeGreaterThanOrEqual(4.5);
  });

  it('is markup all the way', () => {
    expect(markup`${new Markup('<i>')}`.text).toBe('<i>');
  });
});

/** WCAG 2.2, "relative luminance". */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
