// Paints the pictures of sample-site/. They are committed; run this only to change them:
//   node scripts/sample-images.mjs [part of a path]
// PNG and ICO need nothing but Node. The other formats need: apt-get install webp libavif-bin libjpeg-turbo-progs ffmpeg
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crop, save, saveFilm, shrink } from './sample-art/encode.mjs';
import { markSvg, paintLamps, paintMark } from './sample-art/mark.mjs';
import { chartInks, paintAerial, paintChart, paintHorizon } from './sample-art/paint.mjs';
import { growTerrain } from './sample-art/terrain.mjs';

const site = fileURLToPath(new URL('../sample-site/', import.meta.url));
const wanted = process.argv[2] ?? '';

/** Paints only what was asked for: `files` maps a path in the site to the encoder's quality. */
function paint(files, painter, after = (image) => image) {
  const asked = Object.entries(files).filter(([path]) => path.includes(wanted));
  if (asked.length === 0) return;
  const image = painter();
  for (const [path, quality] of asked) save(site + path, after(image, path), quality);
}

const harbour = {
  seed: 7,
  islands: [
    [1.22, 0.42, 0.3],
    [1.0, 0.86, 0.16],
    [1.46, 0.85, 0.12],
    [0.86, 0.2, 0.09],
    [0.72, 0.62, 0.05],
    [0.9, 0.55, 0.05],
    [1.5, 0.12, 0.1],
    [0.3, 0.93, 0.06],
  ],
};

// The hero: one archipelago, by day and by night, wide and (halved, or cut upright) for small screens.
const sizes = (image, path) =>
  path.includes('-800') ? shrink(image, 2) : path.includes('-tall') ? crop(image, 860, 0, 740, 1000) : image;
const heroes = {
  day: { 'avif': 34, 'webp': 58, '-800.webp': 74, '-tall.webp': 66 },
  night: { 'avif': 36, 'webp': 56, '-800.webp': 72, '-tall.webp': 64 },
};
for (const [time, formats] of Object.entries(heroes)) {
  const files = Object.entries(formats).map(([end, quality]) => [
    `images/hero/chart-${time}${end.startsWith('-') ? end : `-1600.${end}`}`,
    quality,
  ]);
  const terrain = () => growTerrain({ width: 1600, height: 1000, ...harbour });
  paint(Object.fromEntries(files), () => paintChart(terrain(), chartInks[time]), sizes);
}
paint({ 'images/hero/chart-day-800.jpg': 78 }, () =>
  shrink(paintChart(growTerrain({ width: 1600, height: 1000, ...harbour }), chartInks.day), 2),
);
paint({ 'images/og/cover.jpg': 58 }, () =>
  crop(paintChart(growTerrain({ width: 1200, height: 750, ...harbour }), chartInks.night), 0, 60, 1200, 630),
);

// Photographs for the posts, each in the formats a <picture> offers.
const photo = (name, quality = {}) => ({
  [`images/photos/${name}-960.avif`]: quality.avif ?? 34,
  [`images/photos/${name}-960.webp`]: quality.webp ?? 62,
  [`images/photos/${name}-960.jpg`]: quality.jpg ?? 66,
  [`images/photos/${name}-480.webp`]: quality.small ?? 64,
});
const halves = (image, path) => (path.includes('-480') ? shrink(image, 2) : image);
const frame = { width: 960, height: 600 };
const dusk = { seed: 3, top: '#2b4a78', low: '#f2b48c', sun: '#ffd9a0', sea: '#16384c' };
const isles = { water: '#0b3a52', shallow: '#3fb0ab', sand: '#e6d3a3', green: '#4d6b3a', rock: '#8d8072' };
paint(photo('dusk'), () => paintHorizon({ ...frame, ...dusk }), halves);
paint(
  photo('islands', { avif: 40, webp: 46, jpg: 52 }),
  () => paintAerial(growTerrain({ ...frame, ...harbour }), { seed: 7, ...isles }),
  halves,
);
const fjord = {
  seed: 21,
  islands: [
    [0.2, 0.2, 0.34],
    [0.55, 0.1, 0.2],
    [1.2, 0.3, 0.36],
    [0.5, 0.85, 0.22],
    [1.25, 0.95, 0.26],
    [0.86, 0.6, 0.06],
  ],
};
const polar = {
  water: '#0d2a3d',
  shallow: '#5c97a8',
  sand: '#a9a79e',
  green: '#8c8d84',
  rock: '#6c6a68',
  snow: 0.13,
  cloud: 0.12,
};
paint(
  photo('fjord', { avif: 40, webp: 38, jpg: 42 }),
  () => paintAerial(growTerrain({ ...frame, ...fjord }), { seed: 21, ...polar }),
  halves,
);

// Plates of the gallery. Their names are what people really give to files.
const plate = { width: 640, height: 480 };
paint({ 'images/plates/plate 01 (dawn).jpg': 64 }, () =>
  paintHorizon({
    ...plate,
    seed: 11,
    top: '#7fa5c4',
    low: '#f7d9c4',
    sun: '#fff0d0',
    sea: '#3a6276',
    sunAt: [0.3, 0.5],
  }),
);
paint({ 'images/plates/50% ebb.webp': 56 }, () =>
  paintAerial(
    growTerrain({
      ...plate,
      seed: 33,
      scale: 1.3,
      islands: [
        [0.45, 0.5, 0.3],
        [1.05, 0.3, 0.2],
        [1.0, 0.85, 0.1],
      ],
    }),
    {
      seed: 33,
      ...isles,
      water: '#14606f',
      shallow: '#8fd0b4',
      sand: '#efe0b4',
      cloud: 0,
    },
  ),
);
paint({ 'images/plates/north+south.jpg': 62 }, () =>
  paintHorizon({
    ...plate,
    seed: 19,
    top: '#111b3a',
    low: '#3f6c8a',
    sun: '#d9f0ff',
    sea: '#0b1b2c',
    sunAt: [0.74, 0.2],
  }),
);
paint({ 'images/plates/høyde–Ærøy.jpg': 54 }, () =>
  paintAerial(growTerrain({ ...plate, ...fjord, seed: 55 }), { seed: 55, ...polar, snow: 0.06 }),
);
paint({ 'images/plates/海図.webp': 66 }, () =>
  paintChart(
    growTerrain({
      ...plate,
      seed: 64,
      islands: [
        [0.5, 0.45, 0.22],
        [0.9, 0.65, 0.2],
        [0.3, 0.85, 0.1],
      ],
    }),
    chartInks.day,
  ),
);
paint({ "images/plates/it's slack; mostly.avif": 34 }, () =>
  paintHorizon({
    ...plate,
    seed: 27,
    top: '#5b5f8f',
    low: '#e58f7b',
    sun: '#ffc08a',
    sea: '#2a2c4a',
    sunAt: [0.5, 0.48],
  }),
);

// Six soundings, addressed by a script as '/images/art/' + n + '.png'.
for (let n = 1; n <= 6; n++) {
  const inks = n % 2 === 0 ? chartInks.night : chartInks.day;
  const spots = [
    [0.5, 0.52, 0.14 + n * 0.02],
    [0.2 + n * 0.1, 0.2, 0.08],
    [0.85 - n * 0.09, 0.86, 0.07],
  ];
  paint({ [`images/art/${n}.png`]: 0 }, () =>
    paintChart(growTerrain({ width: 128, height: 128, seed: 100 + n, islands: spots }), { ...inks, relief: 0.3 }),
  );
}

// Old formats: a dithered tile and a dithered chart.
paint({ 'archive/paper.gif': 8 }, () =>
  paintChart(growTerrain({ width: 96, height: 96, seed: 5, islands: [] }), {
    ...chartInks.day,
    sea: ['#e8ecdf', '#ecefe4', '#eef1e8', '#f1f3ec'].map(hex),
  }),
);
paint({ 'archive/chart.gif': 16 }, () =>
  paintChart(growTerrain({ width: 320, height: 200, ...harbour }), chartInks.day),
);

// Icons.
paint({ 'favicon.ico': 0 }, () => [16, 32, 48].map((size) => paintMark(size)));
paint({ 'apple-touch-icon.png': 0 }, () => paintMark(180, { ground: '#f1f6f7', padding: 0.14 }));
paint({ 'images/icons/icon-192.png': 0 }, () => paintMark(192));
paint({ 'images/icons/icon-512.png': 0 }, () => paintMark(512));
paint({ 'images/icons/maskable-512.png': 0 }, () => paintMark(512, { ground: '#10263a', padding: 0.3 }));
paint({ 'images/icons/tile-150.png': 0 }, () => paintMark(150, { padding: 0.2 }));
if ('images/logo/mark.svg'.includes(wanted)) {
  mkdirSync(dirname(`${site}images/logo/mark.svg`), { recursive: true });
  writeFileSync(`${site}images/logo/mark.svg`, markSvg());
}

// A page, arriving: the islands light up one after another.
if ('video/arrival'.includes(wanted)) {
  const chart = paintChart(growTerrain({ width: 512, height: 320, ...harbour }), chartInks.night);
  const lamps = [
    [0.72, 0.575, 0.04],
    [0.86, 0.27, 0.16],
    [1.22, 0.4, 0.28],
    [0.98, 0.84, 0.42],
    [1.42, 0.86, 0.56],
    [1.54, 0.13, 0.66],
    [0.27, 0.92, 0.76],
  ];
  const frames = Array.from({ length: 48 }, (_, i) => paintLamps(chart, lamps, i / 44));
  saveFilm(`${site}video/arrival`, frames, 15);
  save(`${site}video/poster.webp`, frames[30], 70);
}

function hex(text) {
  return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
}
