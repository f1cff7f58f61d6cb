import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generators } from '../../../src/cli/setup/generators.js';
import { matchOrigins } from '../../../src/cli/setup/matchOrigins.js';
import { lookAtProject } from '../../../src/cli/setup/project.js';
import { initDocumentSchema } from '../../../src/report/setupDocuments.js';
import { makeFolder, run, type Folder } from '../command.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

const packageWith = (name: string, scripts: object = { build: 'make' }) =>
  JSON.stringify({ scripts, devDependencies: { [name]: '1' } });
const init = async (...args: string[]) => run(['init', ...args], { cwd: folder.path });
const read = (path: string) => readFileSync(join(folder.path, path), 'utf8');

describe('looking at a project', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'VitePress',
      { 'package.json': packageWith('vitepress', { build: 'vitepress build docs' }) },
      'docs/.vitepress/dist',
    ],
    [
      'VitePress',
      { 'package.json': packageWith('vitepress'), 'site/.vitepress/config.js': '' },
      'site/.vitepress/dist',
    ],
    ['VitePress', { 'package.json': packageWith('vitepress') }, '.vitepress/dist'],
    ['Astro', { 'package.json': packageWith('astro') }, 'dist'],
    [
      'Astro',
      { 'package.json': packageWith('astro'), 'astro.config.mjs': "export default { outDir: './out' }" },
      'out',
    ],
    ['Docusaurus', { 'package.json': packageWith('@docusaurus/core') }, 'build'],
    ['Eleventy', { 'package.json': packageWith('@11ty/eleventy') }, '_site'],
    ['Eleventy', { 'package.json': packageWith('@11ty/eleventy', { build: 'eleventy --output=www' }) }, 'www'],
    [
      'Eleventy',
      { 'package.json': packageWith('@11ty/eleventy'), '.eleventy.js': 'return { dir: { output: "o" } }' },
      'o',
    ],
    ['Next.js', { 'package.json': packageWith('next') }, 'out'],
    ['Nuxt', { 'package.json': packageWith('nuxt') }, '.output/public'],
    ['Gatsby', { 'package.json': packageWith('gatsby') }, 'public'],
    ['SvelteKit', { 'package.json': packageWith('@sveltejs/kit') }, 'build'],
    ['Vite', { 'package.json': packageWith('vite') }, 'dist'],
    ['Vite', { 'package.json': packageWith('vite'), 'vite.config.ts': 'build: { outDir: "../web/" }' }, '../web'],
    ['Hugo', { 'hugo.toml': 'baseURL = "/"' }, 'public'],
    ['Hugo', { 'hugo.toml': 'publishDir = "docs"' }, 'docs'],
    ['Jekyll', { '_config.yml': 'title: x', 'Gemfile': '' }, '_site'],
    ['MkDocs', { 'mkdocs.yml': 'site_name: x\nsite_dir: html' }, 'html'],
  ])('finds %s in %j, whose site is in %s', async (name, files, site) => {
    folder.write(files);
    expect(await lookAtProject(folder.path, undefined)).toMatchObject({ generator: name, site, isBuilt: false });
  });

  it('takes the specific generator where Vite is there too', () => {
    const names = generators.map(({ name }) => name);
    expect(names.indexOf('Vite')).toBeGreaterThan(names.indexOf('Astro'));
    expect(names.indexOf('Vite')).toBeGreaterThan(names.indexOf('SvelteKit'));
  });

  it('knows files that were written by hand, and the package manager by its lock file', async () => {
    folder.write({ 'index.html': '', 'pnpm-lock.yaml': '', 'package.json': '{"scripts":{"build":"x"}}' });
    expect(await lookAtProject(folder.path, undefined)).toMatchObject({
      generator: null,
      site: '.',
      isBuilt: true,
      manager: 'pnpm',
      build: 'pnpm run build',
    });
  });

  it('warns where a generator does not make a static site', async () => {
    folder.write({ 'package.json': packageWith('next'), 'next.config.js': 'module.exports = {}' });
    expect((await lookAtProject(folder.path, undefined)).notes[0]).toContain('output: "export"');
    folder.write({ 'next.config.js': 'module.exports = { output: "export" }' });
    expect((await lookAtProject(folder.path, undefined)).notes).toEqual([]);
  });
});

describe('init', () => {
  const vite = {
    'package.json':
      '{\n    "name": "x",\n    "scripts": {\n        "build": "vite build"\n    },\n    "devDependencies": {\n        "vite": "7"\n    }\n}\n',
  };

  it('writes nothing without being told to, but shows everything', async () => {
    folder.write(vite);
    const { code, stdout, stderr } = await init();
    expect(code).toBe(2);
    expect(stdout).toContain('twinorigin.config.json  new');
    expect(stdout).toContain('+         "publish": "test \\"$npm_command\\" = publish || twinorigin publish"');
    expect(stderr).toContain('--yes');
    expect((await init('--dry-run')).code).toBe(0);
    expect(existsSync(join(folder.path, 'twinorigin.config.json'))).toBe(false);
    expect(read('package.json')).toBe(vite['package.json']);
  });

  it('writes a configuration that is valid, keeps the formatting, and has nothing to do the second time', async () => {
    folder.write({ ...vite, 'dist/index.html': '<!doctype html>' });
    const first = initDocumentSchema.parse(JSON.parse((await init('--yes', '--json')).stdout));
    expect(first).toMatchObject({ generator: 'Vite', site: 'dist', written: true });
    expect(first.files.map(({ path, action }) => [path, action])).toEqual([
      ['twinorigin.config.json', 'create'],
      ['package.json', 'change'],
    ]);
    expect(read('package.json')).toContain('\n        "vite": "7",\n        "twinorigin": "^');
    expect((await run(['check'], { cwd: folder.path })).code).toBe(0);
    const second = initDocumentSchema.parse(JSON.parse((await init('--yes', '--json')).stdout));
    expect([second.files, second.written]).toEqual([[], false]);
  });

  it('leaves what is there already, and says so', async () => {
    folder.write({
      'package.json': '{ "scripts": { "publish": "make publish" }, "dependencies": { "twinorigin": "*" } }',
      'twinorigin.config.mjs': 'export default { site: "dist" };',
      'dist/index.html': '',
    });
    const { stderr } = await init('--yes');
    expect(stderr).toContain('twinorigin.config.mjs is there already');
    expect(stderr).toContain('a script "publish" of its own');
    expect(read('package.json')).toContain('make publish');
    expect(existsSync(join(folder.path, 'twinorigin.config.json'))).toBe(false);
  });

  it('writes a workflow for a repository on GitHub, with the steps of the generator', async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder.path });
    git('init', '-q', '-b', 'trunk');
    git('remote', 'add', 'origin', 'https://github.com/acme/site.git');
    folder.write({ ...vite, 'yarn.lock': '' });
    await init('--yes');
    const workflow = parse(read('.github/workflows/publish.yml')) as {
      on: { push: { branches: string[] } };
      permissions: object;
      jobs: { publish: { steps: { run?: string; uses?: string; with?: Record<string, string> }[] } };
    };
    expect(workflow.on.push.branches).toEqual(['trunk']);
    expect(workflow.permissions).toEqual({ 'contents': 'read', 'id-token': 'write', 'pull-requests': 'write' });
    const { steps } = workflow.jobs.publish;
    expect(steps.flatMap(({ run: script }) => script ?? [])).toEqual(['yarn install --immutable', 'yarn run build']);
    expect(steps.at(-1)?.with?.site).toBe('dist');
    expect(read('.gitignore')).toBe('.twinorigin/\n');
  });

  it.each([
    [{ 'package.json': '{ "scripts": ' }, 'not valid JSON'],
    [{ 'readme.md': '' }, 'twinorigin init <folder>'],
  ])('ends with one clear error on %j', async (files, message) => {
    folder.write(files);
    const { code, stderr } = await init('--yes');
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(message);
    expect(stderr.match(/^error /gm)).toHaveLength(1);
  });
});

describe('buckets that exist', () => {
  const distribution = (id: string, bucket: string, host: string) => ({
    id,
    enabled: true,
    status: 'Deployed',
    hosts: [host],
    origins: [{ bucket, prefix: '', access: 'OAC' as const }],
  });
  const three = [
    distribution('E1', 'acme-images', 'images.acme.com'),
    distribution('E2', 'acme-static', 'static.acme.com'),
    distribution('E3', 'acme-www', 'www.acme.com'),
  ];

  it('become origins when there is one for each', () => {
    expect(matchOrigins(three)).toEqual({
      images: { bucket: 'acme-images', url: 'https://images.acme.com', distribution: 'E1' },
      resources: { bucket: 'acme-static', url: 'https://static.acme.com', distribution: 'E2' },
      pages: { bucket: 'acme-www', url: 'https://www.acme.com', distribution: 'E3' },
    });
  });

  it('are left to a person when anything is unclear', () => {
    expect(matchOrigins(three.slice(1))).toBeUndefined();
    expect(matchOrigins([...three, distribution('E4', 'other-images', 'images.other.com')])).toBeUndefined();
    expect(matchOrigins(three.map((one) => ({ ...one, enabled: false })))).toBeUndefined();
  });
});
