import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPort, smallSite } from '../cli/command.js';
import { listBlocks, listExpected, root } from '../docs/documents.js';

/** Node.js from the registry, so that no version manager is needed. */
const nodes = ['20', '22', '24'] as const;
/** Bytes. What is packed is code, schemas and the changelog: growth is to be noticed. */
const budget = { packed: 960_000, unpacked: 4_000_000 };

interface Content {
  readonly bin: { readonly twinorigin: string };
  readonly exports: { readonly '.': { readonly types: string; readonly default: string } };
  readonly repository: { readonly url: string };
  readonly publishConfig: object;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let folder = '';
let project = '';
let packed: Packed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
  project = join(folder, 'project');
  const [first] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)) as [
    Packed,
  ];
  packed = first;
  for (const [name, content] of Object.entries({
    ...smallSite,
    'package.json': '{ "name": "site", "type": "module" }',
  })) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), content);
  }
  npm(['install', '--no-audit', '--no-fund', join(folder, packed.filename)], project);
  writeFileSync(join(project, 'twinorigin.config.json'), JSON.stringify({ site: 'dist', port: await findPort() }));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the package', () => {
  it('keeps within its budget, and holds nothing that is of no use to anybody', () => {
    const names = packed.files.map(({ path }) => path);
    expect(packed.size).toBeLessThan(budget.packed);
    expect(packed.unpackedSize).toBeLessThan(budget.unpacked);
    expect(
      names.filter((name) => !/^(dist|schema)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(name)),
    ).toEqual([]);
    expect(names.filter((name) => /^dist\/action\/|\.test\.|\.env/.test(name))).toEqual([]);
  });

  it('can be published with provenance: it says where its source is, and has types and a command', () => {
    const content = JSON.parse(readFileSync(join(project, 'node_modules/twinorigin/package.json'), 'utf8')) as Content;
    expect(content.repository.url).toMatch(/^git\+https:\/\/github\.com\/[^/]+\/[^/]+\.git$/);
    for (const path of [content.bin.twinorigin, content.exports['.'].types, content.exports['.'].default])
      expect(statSync(join(project, 'node_modules/twinorigin', path)).isFile()).toBe(true);
    expect(content.publishConfig).toMatchObject({ provenance: true });
  });

  it('has types that a program of somebody else compiles with', () => {
    writeFileSync(
      join(project, 'program.ts'),
      `import { defineConfig, publish, type Config, type World, type ErrorCode } from 'twinorigin';
export const config = defineConfig({ site: 'dist' });
export const code: ErrorCode = 'locked';
export const go = (c: Config, w: World): Promise<string | null> => publish(c, w).then(({ release }) => release);
`,
    );
    const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--noEmit', '--types', 'node'];
    const roots = ['--typeRoots', join(root, 'node_modules/@types')];
    expect(tsc([...options, ...roots, 'program.ts'])).toBe('');
    writeFileSync(
      join(project, 'wrong.ts'),
      `import { defineConfig } from 'twinorigin';\ndefineConfig({ stie: 1 });\n`,
    );
    expect(tsc([...options, ...roots, 'wrong.ts'])).toContain('stie');
  });
});

function tsc(args: readonly string[]): string {
  try {
    const options: ExecFileSyncOptions = { cwd: project };
    return execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], options).toString();
  } catch (error) {
    return String((error as { readonly stdout: Buffer }).stdout);
  }
}

describe.each(nodes)('on Node.js %s', (version) => {
  let node = '';
  beforeAll(() => {
    // The package of the binary alone, in a folder of its own: the project's tree stays as npm made it.
    const place = join(folder, `node${version}`);
    mkdirSync(place);
    writeFileSync(join(place, 'package.json'), '{}');
    npm(['install', '--no-audit', '--no-fund', `node-linux-${process.arch}@${version}`], place);
    node = join(place, `node_modules/node-linux-${process.arch}/bin/node`);
    expect(existsSync(node)).toBe(true);
  });

  const execute = (...args: string[]) =>
    execFileSync(node, args, {
      cwd: project,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const command = (...args: string[]) => execute('node_modules/twinorigin/dist/cli/main.js', ...args);

  it('publishes, has nothing to do the second time, and prints no warning', () => {
    expect(execute('--version')).toMatch(new RegExp(`^v${version}\\.`));
    rmSync(join(project, '.twinorigin'), { recursive: true, force: true });
    const first = JSON.parse(command('publish', '--json'));
    expect(first.changes.created).toBeGreaterThan(5);
    expect(JSON.parse(command('publish', '--json')).changes).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    expect(JSON.parse(command('doctor', '--json')).healthy).toBe(true);
  });

  it('prints what the examples of the library say', () => {
    for (const example of listBlocks('docs/library.md', 'js')) {
      writeFileSync(join(project, 'example.mjs'), example);
      expect(execute('example.mjs').trim().split('\n')).toEqual(listExpected(example));
    }
  });
});
