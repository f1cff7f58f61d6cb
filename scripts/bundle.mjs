/**
 * Packs the command into few files after tsc: some 400 modules, each of which costs a search, a reading and a compiling,
 * were most of the time of a publish that has nothing to do. What is loaded late stays in files of its own; the AWS SDK
 * stays outside. The licences of what is packed stand in dist/LICENSES.txt.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** A module finds its neighbours on disk by its own address, wherever its code is packed. */
const ownAddresses = {
  name: 'own-addresses',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const own = `new URL(${JSON.stringify(`../${relative(dist, path).replaceAll('\\', '/')}`)}, import.meta.url).href`;
      return { contents: code.replaceAll(/(?<=['"`], )import\.meta\.url(?=\))/g, own), loader: 'js' };
    });
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  // Both lie one folder deep, so that `..` is dist from each of them.
  entryPoints: { 'cli/main': join(dist, 'cli/main.js') },
  chunkNames: 'chunks/[name]-[hash]',
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: ['@aws-sdk/*', '@smithy/*'],
  // Packages in CommonJS ask for Node's own modules.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  plugins: [ownAddresses],
  legalComments: 'none',
  // Less to read and to compile; names stay, for the traces of errors.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
});

// What is in which file, for the tests of what is loaded when.
const packed = Object.entries(metafile.outputs).map(([file, { inputs }]) => [file, Object.keys(inputs)]);
writeFileSync(join(dist, 'packed.json'), JSON.stringify(Object.fromEntries(packed)));

const packages = new Set();
for (const file of Object.keys(metafile.inputs)) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  if (found !== undefined) packages.add(found);
}
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})\n\n${readLicense(join(root, folder))}`;
});
writeFileSync(join(dist, 'LICENSES.txt'), notices.join(`\n\n${'-'.repeat(80)}\n\n`));

function readLicense(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (name === undefined) throw new Error(`${folder} has no licence file to pass on`);
  return readFileSync(join(folder, name), 'utf8').trim();
}
