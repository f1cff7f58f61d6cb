/** Lists the files of a folder by the rules of what may be published. */
import { lstatSync, realpathSync, statSync, type Dirent, type Stats } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import ignore from 'ignore';
import { hasErrnoCode, PublishError } from '../errors.js';
import type { Problem } from '../problems.js';
import { compareBytewise } from './names.js';
import { isDotfile, isSecretName } from './secrets.js';

export const ignoreFileName = '.twinoriginignore';

export interface WalkedFile {
  /** Path inside the site, `/` between segments, not yet checked as a logical path. */
  readonly path: string;
  /** Where it lies on disk. */
  readonly file: string;
  readonly stats: Stats;
}

export interface Walk {
  /** Bytewise by path. */
  readonly files: readonly WalkedFile[];
  readonly problems: readonly Problem[];
}

interface Findings {
  readonly files: WalkedFile[];
  readonly problems: Problem[];
  readonly secrets: string[];
  readonly escapes: string[];
}

/**
 * Walks a folder: dotfiles are left out with a note, secrets and links out of the folder are refused.
 * @throws PublishError `site-missing`, `secret-file`, `symlink-outside`, `site-unreadable`.
 */
export async function walkFolder(root: string, ignorePatterns: readonly string[]): Promise<Walk> {
  const realRoot = resolveRoot(root);
  const ignoreFile = await readIgnoreFile(root);
  const ignored = ignore().add(ignorePatterns).add(ignoreFile);
  const ignoresNothing = ignorePatterns.length === 0 && ignoreFile === '';
  const findings: Findings = { files: [], problems: [], secrets: [], escapes: [] };
  await walk({
    folder: realRoot,
    prefix: '',
    realRoot,
    trail: [realRoot],
    ignores: (path) => !ignoresNothing && ignored.ignores(path),
    findings,
  });
  refuse(root, findings);
  findings.files.sort((a, b) => compareBytewise(a.path, b.path));
  return { files: findings.files, problems: findings.problems };
}

function resolveRoot(root: string): string {
  try {
    const real = realpathSync(root);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    if (!hasErrnoCode(error, 'ENOENT', 'ENOTDIR')) throw unreadable(root, error);
    throw new PublishError('site-missing', `there is no folder ${root}`, { file: root, cause: error });
  }
  throw new PublishError('site-missing', `${root} is a file, not a folder`, { file: root });
}

async function readIgnoreFile(root: string): Promise<string> {
  try {
    return await readFile(join(root, ignoreFileName), 'utf8');
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return '';
    throw unreadable(join(root, ignoreFileName), error);
  }
}

interface Step {
  readonly folder: string;
  readonly prefix: string;
  readonly realRoot: string;
  /** Real paths of the folders being walked, so that a link to one of them ends the walk instead of never ending it. */
  readonly trail: readonly string[];
  readonly ignores: (path: string) => boolean;
  readonly findings: Findings;
}

async function walk(step: Step): Promise<void> {
  for (const entry of await listFolder(step.folder)) {
    const path = step.prefix + entry.name;
    const file = join(step.folder, entry.name);
    const isFolder = entry.isDirectory();
    if (step.ignores(isFolder ? `${path}/` : path)) continue;
    if (isSecretName(entry.name)) step.findings.secrets.push(path);
    else if (isDotfile(entry.name)) noteDotfile(step.findings, path, isFolder);
    else if (isFolder) await walk({ ...step, folder: file, prefix: `${path}/` });
    else if (entry.isSymbolicLink()) await followLink(step, path, file);
    else addFile(step.findings, path, file);
  }
}

/** In the order of the paths that come of it, so that what is told first does not depend on the file system. */
async function listFolder(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => compareBytewise(sortKey(a), sortKey(b)));
  } catch (error) {
    // Gone since its parent was listed: it was not there.
    if (hasErrnoCode(error, 'ENOENT')) return [];
    throw unreadable(folder, error);
  }
}

function sortKey(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

function addFile(findings: Findings, path: string, file: string): void {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats?.isFile()) findings.files.push({ path, file, stats });
  else
    findings.problems.push({
      code: 'not-a-file',
      severity: 'warning',
      message: 'is neither a file nor a folder (a socket, a pipe, or gone) and was left out',
      file: path,
    });
}

async function followLink(step: Step, path: string, file: string): Promise<void> {
  let target: string;
  try {
    target = realpathSync(file);
  } catch (error) {
    throw new PublishError('site-unreadable', `${path} is a link that leads nowhere`, { file: path, cause: error });
  }
  if (target !== step.realRoot && !target.startsWith(step.realRoot + sep)) {
    step.findings.escapes.push(path);
    return;
  }
  // The target may be called something harmless while what it points to is not.
  const secret = target
    .slice(step.realRoot.length + 1)
    .split(sep)
    .some((name) => isSecretName(name) || isDotfile(name));
  if (secret) step.findings.secrets.push(path);
  else if (statSync(target).isDirectory()) {
    if (step.trail.includes(target)) return;
    await walk({ ...step, folder: target, prefix: `${path}/`, trail: [...step.trail, target] });
  } else addFile(step.findings, path, target);
}

function noteDotfile(findings: Findings, path: string, isFolder: boolean): void {
  if (path === ignoreFileName) return;
  findings.problems.push({
    code: 'dotfile-skipped',
    severity: 'note',
    message: isFolder ? 'is a dot folder and was left out' : 'is a dotfile and was left out',
    file: path,
  });
}

function refuse(root: string, { secrets, escapes }: Findings): void {
  const first = secrets[0];
  if (first !== undefined) {
    const more = secrets.length > 1 ? ` and ${secrets.length - 1} more` : '';
    throw new PublishError('secret-file', `${first}${more} must not be published`, {
      file: join(root, first),
      items: secrets,
    });
  }
  const link = escapes[0];
  if (link !== undefined)
    throw new PublishError('symlink-outside', `${link} leads out of ${root}`, {
      file: join(root, link),
      items: escapes,
    });
}

function unreadable(file: string, cause: unknown): PublishError {
  return new PublishError(
    'site-unreadable',
    `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      file,
      cause,
    },
  );
}
