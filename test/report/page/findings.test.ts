import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findChains } from '../../../src/report/page/chains.js';
import { findDuplicates, summarizeCaching } from '../../../src/report/page/contents.js';
import { readImageSize } from '../../../src/report/page/imageSize.js';
import { findLargeImages, type MeasuredImage } from '../../../src/report/page/largeImages.js';
import { ShownWidths } from '../../../src/report/page/shownWidths.js';
import { fileOf } from './model.js';

function chainsOf(loads: Record<string, string[]>, bytes: Record<string, number> = {}) {
  return findChains({
    pages: Object.keys(loads).filter((name) => name.endsWith('.html')),
    loads: new Map(Object.entries(loads).map(([name, to]) => [name, to.map((one) => ({ to: one, kind: 'k' }))])),
    bytesOf: (name) => bytes[name] ?? 1,
  }).map(({ steps, pages }) => [steps.map(({ name }) => name).join(' '), pages]);
}

describe('chains of references', () => {
  it('end at the file that is found last', () => {
    expect(chainsOf({ 'a.html': ['a.css'], 'a.css': ['b.css'], 'b.css': ['f.woff2'] })).toEqual([
      ['a.html a.css b.css f.woff2', 1],
    ]);
  });
  it('are as short as the shortest way: what the page preloads waits for nothing', () => {
    expect(chainsOf({ 'a.html': ['a.css', 'f.woff2'], 'a.css': ['b.css'], 'b.css': ['f.woff2'] })).toEqual([
      ['a.html a.css b.css', 1],
    ]);
  });
  it('are told once for all pages that wait for the same files', () => {
    expect(chainsOf({ 'a.html': ['a.css'], 'b.html': ['a.css'], 'a.css': ['f.woff2'] })).toEqual([
      ['a.html a.css f.woff2', 2],
    ]);
  });
  it('take the largest of the files found last, and survive circles', () => {
    const loads = { 'a.html': ['m.js'], 'm.js': ['x.js', 'y.js', 'a.html'], 'y.js': ['m.js'] };
    expect(chainsOf(loads, { 'y.js': 9 })).toEqual([['a.html m.js y.js', 1]]);
  });
  it('need more than a page and what it names', () => {
    expect(chainsOf({ 'a.html': ['a.css', 'b.css'] })).toEqual([]);
  });
});

describe('duplicates', () => {
  it('are files with the same content, most wasted bytes first', () => {
    const files = [
      fileOf('a', { digest: '1', plain: 500 }),
      fileOf('b', { digest: '1', plain: 500 }),
      fileOf('c', { digest: '2', plain: 300 }),
      fileOf('e', { digest: '2', plain: 300 }),
      fileOf('d', { digest: '2', plain: 300 }),
      fileOf('f', { digest: '3', plain: 300 }),
      fileOf('g', { digest: '4', plain: 0 }),
      fileOf('h', { digest: '4', plain: 0 }),
    ];
    expect(findDuplicates(files)).toEqual([
      { names: ['c', 'd', 'e'], bytes: 300 },
      { names: ['a', 'b'], bytes: 500 },
    ]);
  });
});

describe('cache headers', () => {
  it('are counted, with an example and the origins that have them', () => {
    const of = (origin: 'images' | 'pages', key: string, cacheControl: string) => ({
      origin,
      key,
      headers: { cacheControl },
    });
    expect(summarizeCaching([of('pages', 'a', 'x'), of('pages', 'b', 'y'), of('images', 'c', 'y')])).toEqual([
      { cacheControl: 'y', origins: ['pages', 'images'], count: 2, example: 'b' },
      { cacheControl: 'x', origins: ['pages'], count: 1, example: 'a' },
    ]);
  });
});

const photos = new URL('../../../sample-site/', import.meta.url);
const sizeOf = (file: string) => readImageSize(readFileSync(new URL(file, photos)));

describe('the size of an image', () => {
  it.each([
    ['images/photos/dusk-960.jpg', 960],
    ['images/photos/fjord-960.webp', 960],
    ['archive/chart.gif', undefined],
    ['favicon.ico', null],
    ['apple-touch-icon.png', 180],
    ['images/logo/mark.svg', null],
  ])('is read from %s', (file, width) => {
    const size = sizeOf(file);
    if (width === null) expect(size).toBeNull();
    else {
      if (width !== undefined) expect(size?.width).toBe(width);
      expect(size?.height).toBeGreaterThan(10);
    }
  });
  it('is unknown for anything cut short', () => {
    const whole = readFileSync(new URL('images/photos/dusk-960.jpg', photos));
    for (const length of [0, 1, 2, 3, 7, 11, 20]) expect(readImageSize(whole.subarray(0, length))).toBeNull();
  });
  it('tells palettes, bitmaps and lossless WebP', () => {
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(13)]);
    png.writeUInt32BE(40, 16);
    png.writeUInt32BE(30, 20);
    png[25] = 3;
    expect(readImageSize(png)).toEqual({ width: 40, height: 30, palette: true });
    const bmp = Buffer.alloc(40);
    bmp.write('BM');
    bmp.writeInt32LE(40, 18);
    bmp.writeInt32LE(-30, 22);
    expect(readImageSize(bmp)).toEqual({ width: 40, height: 30 });
    const webp = Buffer.alloc(40);
    webp.write('RIFF....WEBPVP8L');
    webp.writeUInt32LE(39 | (29 << 14), 21);
    expect(readImageSize(webp)).toEqual({ width: 40, height: 30 });
  });
});

function imageOf(more: Partial<MeasuredImage>): MeasuredImage {
  return { name: 'a.jpg', type: 'image/jpeg', bytes: 400_000, size: { width: 2000, height: 1000 }, ...more };
}
const advise = (more: Partial<MeasuredImage>) => findLargeImages([imageOf(more)]).map(({ advice }) => advice);

describe('images that should be smaller', () => {
  it('are wider than the widest place that shows them, at two pixels for each', () => {
    expect(advise({ shown: 300 })).toEqual(['2,000 pixels wide and shown at 300: 600 are enough']);
    expect(advise({ shown: 1000 })).toEqual([]);
    expect(findLargeImages([imageOf({ shown: 500 })])[0]?.saving).toBe(300_000);
  });
  it('are photographs without loss, not drawings with a palette', () => {
    const png = { type: 'image/png', bytes: 3_000_000 };
    expect(advise(png)).toEqual(['looks like a photograph: WebP or AVIF instead']);
    expect(advise({ ...png, size: { width: 2000, height: 1000, palette: true } })).toEqual([]);
    expect(advise({ type: 'image/png', bytes: 300_000 })).toEqual([]);
  });
  it('have more bytes for each pixel than eyes can see', () => {
    expect(advise({ bytes: 1_600_000 })).toEqual(['0.8 bytes for each pixel: a quality of 80 needs about a quarter']);
  });
  it('are wider than any screen', () => {
    expect(advise({ size: { width: 6000, height: 4000 } })).toEqual(['wider than screens show: 2,560 are enough']);
  });
  it('are not told for a few bytes', () => {
    expect(advise({ bytes: 12_000, shown: 100 })).toEqual([]);
  });
});

describe('the width a page names', () => {
  const widthOf = (markup: string) => {
    const widths = new ShownWidths();
    widths.add('a.jpg', markup, markup.indexOf('a.jpg'));
    return widths.of('a.jpg');
  };
  it('is that of the element, quoted or not', () => {
    expect(widthOf('<p width=9><img alt="" src="a.jpg" width="300" height=2>')).toBe(300);
    expect(widthOf('<img WIDTH=300 src=a.jpg>')).toBe(300);
    expect(widthOf("<img width='300px' src=a.jpg>")).toBeUndefined();
    expect(widthOf('<img data-width=300 src=a.jpg>')).toBeUndefined();
    expect(widthOf('<img src=a.jpg><p width=300>')).toBeUndefined();
  });
  it('means nothing beside a srcset, or when another page shows it as it likes', () => {
    expect(widthOf('<img src=a.jpg width=300 srcset="b.jpg 2x">')).toBeUndefined();
    const widths = new ShownWidths();
    widths.add('a', '<img src=a width=300>', 9);
    widths.add('a', '<img src=a width=500>', 9);
    expect(widths.of('a')).toBe(500);
    widths.forget('a');
    widths.add('a', '<img src=a width=300>', 9);
    expect(widths.of('a')).toBeUndefined();
  });
});
