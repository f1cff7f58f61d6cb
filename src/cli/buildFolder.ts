/** A build as folders on disk: `images/`, `resources/`, `pages/` and `headers.json`. */
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { originNames, type Build, type ObjectHeaders, type OriginName } from '../build/build.js';
import { PublishError, hasErrnoCode } from '../errors.js';

/** `headers.json`: which objects there are, and what a server must send with them. Also marks the folder as ours. */
interface HeadersManifest {
  readonly version: 1;
  readonly madeBy: 'twinorigin';
  readonly urls: Readonly<Record<OriginName, string>>;
  readonly objects: Readonly<Record<OriginName, Readonly<Record<string, ObjectHeaders>>>>;
}

const manifestName = 'headers.json';

/**
 * Looks whether a folder may be written to.
 * @returns the manifest of the build that is in there, or null for an empty or missing folder.
 * @throws PublishError `guard-refused` for a folder with anything else in it.
 */
export async function prepareFolder(folder: string): Promise<HeadersManifest | null> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (hasErrnoCode(error, 'ENOENT')) return null;
    if (hasErrnoCode(error, 'ENOTDIR'))
      throw new PublishError('usage', 'it is a file, not a folder', { file: folder, hint: 'Name a folder.' });
    throw error;
  }
  if (names.length === 0) return null;
  const manifest = names.includes(manifestName) ? await readManifest(join(folder, manifestName)) : null;
  if (manifest !== null) return manifest;
  throw new PublishError('guard-refused', 'the folder is not empty, and build did not make it', {
    file: folder,
    hint: 'Name another folder, or empty this one.',
  });
}

async function readManifest(file: string): Promise<HeadersManifest | null> {
  try {
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Partial<HeadersManifest>;
    return manifest.madeBy === 'twinorigin' && manifest.version === 1 ? (manifest as HeadersManifest) : null;
  } catch {
    return null;
  }
}

/** Writes a build; what an earlier one left and this one does not have is removed, and nothing else. */
export async function writeBuild(
  build: Build,
  folder: string,
  before: HeadersManifest | null,
  signal: AbortSignal,
): Promise<void> {
  const manifest = makeManifest(build);
  // First of all, so that a folder that was left half written is still recognised; with every name that may be there.
  await mkdir(folder, { recursive: true });
  await writeManifest(folder, before === null ? manifest : unite(before, manifest));
  for (const object of build.objects) {
    signal.throwIfAborted();
    const file = join(folder, object.origin, ...object.key.split('/'));
    const body = await build.open(object);
    await mkdir(dirname(file), { recursive: true });
    await ('bytes' in body ? writeFile(file, body.bytes) : copyFile(body.file, file));
  }
  if (before === null) return;
  for (const origin of originNames)
    for (const key of Object.keys(before.objects[origin]))
      if (manifest.objects[origin][key] === undefined && isPlainKey(key))
        await rm(join(folder, origin, ...key.split('/')), { force: true });
  await writeManifest(folder, manifest);
}

/** The manifest may have been edited: it must not make us delete anything outside the folder. */
function isPlainKey(key: string): boolean {
  return key
    .split('/')
    .every((segment) => segment !== '' && segment !== '.' && segment !== '..' && !segment.includes('\0'));
}

function makeManifest(build: Build): HeadersManifest {
  const objects: Record<OriginName, Record<string, ObjectHeaders>> = { images: {}, resources: {}, pages: {} };
  for (const { origin, key, headers } of build.objects) objects[origin][key] = headers;
  return { version: 1, madeBy: 'twinorigin', urls: build.urls, objects };
}

function unite(a: HeadersManifest, b: HeadersManifest): HeadersManifest {
  const objects = originNames.map((name) => [name, { ...a.objects[name], ...b.objects[name] }]);
  return { ...b, objects: Object.fromEntries(objects) as HeadersManifest['objects'] };
}

async function writeManifest(folder: string, manifest: HeadersManifest): Promise<void> {
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}
