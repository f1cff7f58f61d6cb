/** Looks at a project: which generator, where its site will be, how it is built, where it is kept. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PublishError } from '../../errors.js';
import { findSiteFolder } from '../defaults.js';
import { generators, type ProjectFiles } from './generators.js';

export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** `VitePress`, …; null for files that were written by hand. */
  readonly generator: string | null;
  /** Folder of the finished site, relative to the project. */
  readonly site: string;
  /** It has an index.html now. */
  readonly isBuilt: boolean;
  readonly manager: PackageManager | null;
  /** Builds the site; null where there is nothing to build. */
  readonly build: string | null;
  /** Text of package.json. */
  readonly packageText: string | null;
  /** The repository is on GitHub. */
  readonly onGitHub: boolean;
  readonly branch: string;
  /** What else the generator needs. */
  readonly notes: readonly string[];
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const lockFiles: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** @throws PublishError `usage` where nothing looks like a site. */
export async function lookAtProject(folder: string, named: string | undefined): Promise<Project> {
  const files = readProject(folder);
  const generator = generators.find(({ detect }) => detect(files));
  const site = named ?? (generator === undefined ? findPlainSite(folder) : generator.output(files));
  const packageText = files.exists('package.json') ? files.read('package.json') : null;
  const manager =
    lockFiles.find(([name]) => files.names.has(name))?.[1] ?? (packageText === null ? null : ('npm' as const));
  const hasScript = files.scripts.build !== undefined;
  const script = hasScript && manager !== null ? `${manager} run build` : null;
  const note = generator?.note?.(files);
  return {
    folder,
    generator: generator?.name ?? null,
    site,
    isBuilt: files.exists(`${site}/index.html`),
    manager,
    build: script ?? generator?.command ?? null,
    packageText,
    ...(await lookAtGit(folder)),
    notes: note === undefined ? [] : [note],
  };
}

function findPlainSite(folder: string): string {
  try {
    return findSiteFolder(folder);
  } catch (error) {
    if (existsSync(join(folder, 'index.html'))) return '.';
    if (!(error instanceof PublishError)) throw error;
    throw new PublishError('usage', error.message, {
      hint: 'Build the site first, or name its folder: twinorigin init <folder>.',
    });
  }
}

function readProject(folder: string): ProjectFiles {
  const exists = (path: string) => existsSync(join(folder, path));
  const read = (path: string) => (path !== '' && exists(path) ? readFileSync(join(folder, path), 'utf8') : '');
  const text = read('package.json');
  let content: Partial<Record<'scripts' | 'dependencies' | 'devDependencies', Record<string, string>>> = {};
  try {
    if (text !== '') content = JSON.parse(text) as typeof content;
  } catch (cause) {
    throw new PublishError('usage', 'it is not valid JSON', {
      file: 'package.json',
      hint: 'Correct it, then run init again.',
      cause,
    });
  }
  const packages = new Set(Object.keys({ ...content.dependencies, ...content.devDependencies }));
  return { names: new Set(readdirSync(folder)), packages, scripts: content.scripts ?? {}, read, exists };
}

async function lookAtGit(folder: string): Promise<Pick<Project, 'onGitHub' | 'branch'>> {
  const git = async (...args: string[]): Promise<string> => {
    try {
      const options = { cwd: folder, timeout: 5000, windowsHide: true };
      return (await promisify(execFile)('git', args, options)).stdout.trim();
    } catch {
      return ''; // No git, no repository, no remote: all fine.
    }
  };
  const remote = await git('remote', 'get-url', 'origin');
  const head = await git('symbolic-ref', '--short', 'refs/remotes/origin/HEAD');
  const branch = head.replace(/^origin\//, '') || (await git('symbolic-ref', '--short', 'HEAD')) || 'main';
  return { onGitHub: /(^|@|\/\/)([^/@]+@)?github\.com[:/]/.test(remote), branch };
}
