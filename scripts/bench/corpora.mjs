/**
 * The sites that are published: made from a seed, the same bytes on every machine. Text of words in Zipf's proportions, so
 * that it compresses like prose; pictures that do not compress; sizes spread as on real sites (a log-normal distribution).
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Part of the folder's name: other rules make another corpus. */
const version = 4;

/**
 * @typedef {{ name: string, pages: number, sheets: number, pictures: number, pictureBytes: number, pageBytes: number, big?: { count: number, bytes: number } }} Corpus
 * @type {Readonly<Record<string, Corpus & { what: string }>>}
 */
export const corpora = {
  tiny: {
    what: '300 files',
    name: 'tiny',
    pages: 40,
    sheets: 20,
    pictures: 240,
    pictureBytes: 8_000,
    pageBytes: 6_000,
  },
  a: {
    what: '1,600 files, 67 MB: a site written by hand',
    name: 'a',
    pages: 240,
    sheets: 60,
    pictures: 1_300,
    pictureBytes: 48_000,
    pageBytes: 14_000,
  },
  b: {
    what: '10,000 files, 108 MB',
    name: 'b',
    pages: 1_500,
    sheets: 500,
    pictures: 8_000,
    pictureBytes: 11_000,
    pageBytes: 10_000,
  },
  c: {
    what: '100,000 files, 136 MB',
    name: 'c',
    pages: 10_000,
    sheets: 2_000,
    pictures: 88_000,
    pictureBytes: 1_150,
    pageBytes: 3_000,
  },
  d: {
    what: '20 files of 50 MB',
    name: 'd',
    pages: 1,
    sheets: 0,
    pictures: 0,
    pictureBytes: 0,
    pageBytes: 2_000,
    big: { count: 20, bytes: 50_000_000 },
  },
  e: {
    what: '1,000,000 tiny files',
    name: 'e',
    pages: 20_000,
    sheets: 0,
    pictures: 980_000,
    pictureBytes: 100,
    pageBytes: 600,
  },
};

/** Makes a corpus under `root` unless it is there. @returns its folder */
export function makeCorpus(root, name) {
  return makeSite(root, corpora[name]);
}

/** @returns the folder of a corpus with any numbers */
export function makeSite(root, corpus) {
  const folder = join(root, `${corpus.name}-${version}`);
  if (existsSync(folder)) return folder;
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  const random = mulberry32(0x7001 + corpus.name.length * 131 + corpus.pictures);
  const noise = makeNoise(random, Math.max(4 << 20, 0));
  const words = makeWords(random);
  const folders = new Set();
  const write = (path, bytes) => {
    const file = join(half, path);
    const parent = dirname(file);
    if (!folders.has(parent)) {
      mkdirSync(parent, { recursive: true });
      folders.add(parent);
    }
    writeFileSync(file, bytes);
  };
  const pictures = [];
  const cut = (size) => {
    const from = Math.floor(random() * (noise.length - size));
    return noise.subarray(from, from + size);
  };
  for (let index = 0; index < corpus.pictures; index++) {
    const path = `media/${pad(Math.floor(index / 500))}/photo-${pad(index)}.jpg`;
    const size = Math.max(40, Math.min(1_500_000, logNormal(random, corpus.pictureBytes)));
    // Every picture begins with its own number: no two have the same content.
    write(path, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(pad(index)), cut(size)]));
    pictures.push(path);
  }
  const sheets = [];
  for (let index = 0; index < corpus.sheets; index++) {
    const isStyle = index % 2 === 0;
    const path = `assets/${pad(Math.floor(index / 500))}/${isStyle ? `style-${pad(index)}.css` : `script-${pad(index)}.js`}`;
    write(path, isStyle ? makeStyle(random, index) : makeScript(random, index));
    sheets.push(path);
  }
  for (let index = 0; index < corpus.pages; index++) {
    const path = index === 0 ? 'index.html' : `articles/${pad(Math.floor(index / 200))}/article-${pad(index)}.html`;
    const up = index === 0 ? '' : '../../';
    const pick = (list) => list[Math.floor(random() * list.length)];
    const styles =
      sheets.length < 2
        ? ''
        : [0, 1]
            .map(() => pick(sheets))
            .map((sheet) =>
              sheet.endsWith('.css')
                ? `<link rel="stylesheet" href="${up}${sheet}">`
                : `<script src="${up}${sheet}" defer></script>`,
            )
            .join('\n');
    // Every picture is shown somewhere: what no reference leads to would stay with the pages.
    const shown = pictures.slice(
      Math.floor((index * pictures.length) / corpus.pages),
      Math.floor(((index + 1) * pictures.length) / corpus.pages),
    );
    const figures = shown.map((path) => `<img src="${up}${path}" alt="${pick(words)}" width="640" height="480">`);
    const paragraphs = [];
    for (let size = 0; size < logNormal(random, corpus.pageBytes);) {
      const paragraph = `<p>${sentence(random, words, 20 + Math.floor(random() * 60))}</p>`;
      size += paragraph.length;
      paragraphs.push(paragraph, figures.pop() ?? '');
    }
    const link =
      index === 0
        ? 'index.html'
        : `../../articles/${pad(Math.floor((index - 1) / 200))}/article-${pad(Math.max(1, index - 1))}.html`;
    write(
      path,
      `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${pick(words)} ${index}</title>\n${styles}\n</head>\n<body>\n<nav><a href="${link}">${pick(words)}</a></nav>\n<h1>${sentence(random, words, 5)}</h1>\n${paragraphs.join('\n')}\n${figures.join('\n')}\n</body>\n</html>\n`,
    );
  }
  if (corpus.big !== undefined) {
    for (let index = 0; index < corpus.big.count; index++) {
      const bytes = Buffer.alloc(corpus.big.bytes);
      for (let at = 0; at < bytes.length; at += 1 << 20) cut(Math.min(1 << 20, bytes.length - at)).copy(bytes, at);
      bytes.write(pad(index));
      write(`film/film-${pad(index)}.mp4`, bytes);
    }
  }
  renameSync(half, folder);
  return folder;
}

/** Changes one file in a hundred, pages and pictures alike: the same files each time, other bytes for another `round`. */
export function changeSome(folder, files, round) {
  for (let index = 0; index < files.length; index += 100) {
    const file = join(folder, files[index]);
    const bytes = readFileSync(file);
    if (file.endsWith('.html'))
      writeFileSync(file, bytes.toString().replace(/<h1>.*?<\/h1>/, `<h1>Round ${round}</h1>`));
    else writeFileSync(file, Buffer.concat([bytes.subarray(0, 12), Buffer.from(pad(round)), bytes.subarray(20)]));
  }
}

function pad(number) {
  return String(number).padStart(8, '0');
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function logNormal(random, mean) {
  const sigma = 0.8;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.round(mean * Math.exp(sigma * normal - (sigma * sigma) / 2));
}

function makeNoise(random, length) {
  const noise = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) noise.writeUInt32LE(Math.floor(random() * 4294967296), at);
  return noise;
}

function makeWords(random) {
  const syllables = [
    'ka',
    'lo',
    'men',
    'ter',
    'i',
    'sa',
    'ra',
    'tion',
    'de',
    'pro',
    'con',
    'ex',
    'al',
    'ing',
    'ly',
    'er',
    'vi',
    'no',
    'qua',
    'ble',
  ];
  return Array.from({ length: 4000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => syllables[Math.floor(random() * syllables.length)]).join(
      '',
    ),
  );
}

function sentence(random, words, count) {
  // Zipf: the n-th word is used about 1/n as often as the first.
  return Array.from({ length: count }, () => words[Math.floor(words.length ** random()) - 1]).join(' ');
}

function makeStyle(random, index) {
  const rules = Array.from(
    { length: 40 },
    (_, at) =>
      `.block-${index}-${at} { color: #${Math.floor(random() * 0xffffff)
        .toString(16)
        .padStart(6, '0')}; margin: ${Math.floor(random() * 40)}px; display: flex; }`,
  );
  return `${rules.join('\n')}\n`;
}

function makeScript(random, index) {
  const lines = Array.from(
    { length: 40 },
    (_, at) => `function step${index}_${at}(value) { return value * ${Math.floor(random() * 1000)} + ${at}; }`,
  );
  return `${lines.join('\n')}\n`;
}
