/** Sites made by generators: small sources, built once by the generator itself and kept in the cache folder. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOf } from '../../src/site/names.js';
import * as astro from './generated/astro.js';
import * as docusaurus from './generated/docusaurus.js';
import * as eleventy from './generated/eleventy.js';
import * as sveltekit from './generated/sveltekit.js';
import * as vite from './generated/vite.js';
import * as vitepress from './generated/vitepress.js';

const cache = new URL('../../node_modules/.cache/twinorigin-generated/', import.meta.url).pathname;
const sample = new URL('../../sample-site/', import.meta.url).pathname;

export interface Generator {
  /** What is installed, with exact versions. */
  readonly packages: readonly string[];
  /** The command, and the folder it writes. */
  readonly command: readonly string[];
  readonly output: string;
  /** Sources by path; `sample:` names a file of the sample site. */
  readonly sources: Readonly<Record<string, string>>;
}

export const generators: Readonly<Record<string, Generator>> = {
  'Vite with React': vite.absolute,
  'Vite with relative addresses': vite.relative,
  'Vite in a folder': vite.inFolder,
  'SvelteKit': sveltekit.pages,
  'VitePress': vitepress.docs,
  'Eleventy': eleventy.blog,
};

/** The same and two whose packages take minutes to install: for tests of the first steps with a project. */
export const projects: Readonly<Record<string, Generator>> = {
  ...generators,
  Astro: astro.site,
  Docusaurus: docusaurus.docs,
};

/** Content of a source: as it stands, or a file of the sample site. */
export function sourceOf(content: string): string | Buffer {
  const from = /^sample:(.*)/.exec(content)?.[1];
  return from === undefined ? content : readFileSync(join(sample, from));
}

/** Folder of the built site. Installs the generator the first time; its packages' scripts are not run. */
export function buildGenerated(name: string): string {
  const generator = generators[name];
  if (generator === undefined) throw new Error(`there is no generator ${name}`);
  const folder = join(cache, digestOf(JSON.stringify(generator)).slice(0, 16));
  if (existsSync(folder)) return join(folder, generator.output);
  const tools = installPackages(generator.packages);
  const work = `${folder}.${process.pid}`;
  try {
    for (const [path, content] of Object.entries(generator.sources)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), sourceOf(content));
    }
    writeFileSync(join(work, 'package.json'), '{ "private": true, "type": "module" }');
    // Generators look for their packages beside the sources.
    execFileSync('ln', ['-s', join(tools, 'node_modules'), join(work, 'node_modules')]);
    execFileSync('npx', ['--no-install', ...generator.command], { cwd: work, stdio: 'pipe' });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(folder, generator.output);
}

function installPackages(packages: readonly string[]): string {
  const folder = join(cache, `tools-${digestOf(packages.join()).slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'package.json'), '{ "private": true }');
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  execFileSync('npm', ['install', ...flags, ...packages], { cwd: work, stdio: 'pipe' });
  renameSync(work, folder);
  return folder;
}
