/** Successive versions of sites: generated ones, and the releases of a package from npm that holds one. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Numbers between 0 and 1 that are the same in every run (Marsaglia's xorshift, 32 bits). */
function seededNumbers(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const sections = ['', 'blog/', 'docs/', 'docs/guide/', 'docs/api/', 'shop/', 'shop/items/'];

/**
 * Writes version after version into `folder`, and says after each what was done. What changes in a version is what
 * authors do: a page or a few, an image that some pages share, the stylesheet, the frame around every page, pages that
 * come and go; now and then nothing.
 */
export function* generateVersions(folder, count, pageCount = 150, seed = 20261125) {
  const random = seededNumbers(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const pages = new Map();
  const images = Array.from({ length: 40 }, (_, index) => ({ name: `img/${index}.svg`, version: 0 }));
  let [style, frame, made] = [0, 0, 0];
  const addPage = () => {
    const section = pick(sections);
    const isFolder = random() < 0.5;
    const path = `${section}page-${made++}${isFolder ? '/index' : ''}.html`;
    // Most images are on few pages, some on many.
    const own = Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () => images[Math.floor(random() ** 2 * images.length)],
    );
    pages.set(path, { version: 0, images: [...new Set(own)] });
  };
  while (pages.size < pageCount) addPage();
  pages.set('index.html', { version: 0, images: [images[0]] });
  const put = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const write = () => {
    put('css/site.css', `body { color: #${style.toString(16).padStart(6, '0')} }`);
    for (const { name, version } of images)
      put(name, `<svg xmlns="http://www.w3.org/2000/svg"><title>${name} ${version}</title></svg>`);
    for (const [path, page] of pages)
      put(
        path,
        `<!doctype html><title>${path} ${page.version}</title><link rel="stylesheet" href="/css/site.css"><nav>${frame}</nav>${page.images.map(({ name }) => `<img src="/${name}" alt="">`).join('')}`,
      );
  };
  const touch = (number) => {
    for (let index = 0; index < number; index++) pages.get(pick([...pages.keys()])).version++;
  };
  const kinds = [
    [0.5, 'a page', () => touch(1)],
    [0.68, 'a few pages', () => touch(2 + Math.floor(random() * 12))],
    [0.8, 'an image', () => void images[Math.floor(random() ** 2 * images.length)].version++],
    [0.86, 'the stylesheet', () => void style++],
    [0.9, 'the frame', () => void frame++],
    [
      0.97,
      'pages come and go',
      () => {
        const gone = pick([...pages.keys()].filter((path) => path !== 'index.html'));
        pages.delete(gone);
        rmSync(join(folder, gone));
        addPage();
        pages.get('index.html').version++;
      },
    ],
    [1, 'nothing', () => undefined],
  ];
  write();
  yield 'the first';
  for (let version = 1; version <= count; version++) {
    const chance = random();
    const [, what, change] = kinds.find(([limit]) => chance < limit);
    change();
    write();
    yield what;
  }
}

/** Folders of the last versions of a package before and with `last`, oldest first; fetched once, no scripts run. */
export function fetchVersions(name, last, count, cache) {
  const listed = JSON.parse(execFileSync('npm', ['view', name, 'versions', '--json'], { encoding: 'utf8' }));
  const stable = listed.filter((version) => /^\d+\.\d+\.\d+$/.test(version));
  const end = stable.indexOf(last);
  return stable.slice(end - count, end + 1).map((version) => {
    const folder = join(cache, `${name}-${version}`);
    if (!existsSync(folder)) {
      const work = `${folder}.part`;
      rmSync(work, { recursive: true, force: true });
      mkdirSync(work, { recursive: true });
      const packed = execFileSync('npm', ['pack', '--silent', `${name}@${version}`], { cwd: work, encoding: 'utf8' });
      execFileSync('tar', ['xzf', packed.trim()], { cwd: work });
      renameSync(join(work, 'package'), folder);
      rmSync(work, { recursive: true, force: true });
    }
    return { version, folder };
  });
}
