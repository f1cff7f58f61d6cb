import { expect, it } from 'vitest';
import { findHashedNames } from '../../src/build/hashedNames.js';
import { logicalPath } from '../../src/site/names.js';

const hashed = (...paths: string[]) => [...findHashedNames(paths.map(logicalPath))];

it.each([
  'assets/index-B3xYz12Q.js',
  'assets/index-_vAI9JDs.css',
  'assets/Inter-a5x7Fq-p.woff2',
  'static/js/main.8f3a2c1b.js',
  'static/js/2.8f3a2c1b.chunk.js',
  'static/js/main.8f3a2c1b.js.map',
  'app-0a1b2c3d4e5f60718293.js',
  'assets/index.md.B3xYz12Q.lean.js',
  'out/app-5XKQZ2AB.js',
  'docs/_next/static/chunks/pages/index.js',
  '_next/static/jXn3Zr0nM-kqT0QpYd8aP/_buildManifest.js',
  'media/d41d8cd98f00b204e9800998ecf8427e.png',
  '_app/immutable/entry/start.DzEnvIpm.js',
])('takes %s for a hashed name', (path) => expect(hashed(path)).toEqual([path]));

it.each([
  'index.js',
  'js/bootstrap-datetime.js',
  'js/bootstrap.bundle.min.js',
  'js/jquery-3.7.1.min.js',
  'img/photo-20240115.jpg',
  'img/IMG_20240115_123456.jpg',
  'img/DSC00123.jpg',
  'img/2K5A2345.jpg',
  'img/P1010123.jpg',
  'img/IMG_E123.jpg',
  'js/d3-v7.js',
  'cmaps/Adobe-GB1-UCS2.bcmap',
  'js/swiper-v8Bundle.js',
  'js/picker-DateTime.js',
  'js/jquery-Mobile12.js',
  'fonts/Roboto-Regular.woff2',
  'fonts/fa-solid-900.woff2',
  'js/deadbeef-facade.js',
  'js/facade.decade.js',
  'page-8f3a2c1b.html',
  'nuxt/builds/latest.json',
  '_next/static/dev/_buildManifest.js',
  'maps/tile-12345678.png',
])('does not take %s for one', (path) => expect(hashed(path)).toEqual([]));

it('takes hashes without digits for hashes where the whole folder has hashes', () => {
  const folder = ['a/index-B3xYz12Q.js', 'a/vendor-D9kLmN0p.js', 'a/chunk-DiwrgTda.js'];
  expect(hashed(...folder)).toHaveLength(3);
  expect(hashed('a/chunk-DiwrgTda.js')).toEqual([]);
});
