/** A release as a folder on this machine, for rsync to read from. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { PublishError } from '../errors.js';
import type { Event } from '../events.js';
import type { RuleFile } from '../webserver/index.js';
import type { PlacedFile } from '../release/ports.js';

/** Files under way at once. */
const width = 8;

/** @throws PublishError `site-changed` when a file is not what it was when the site was read. */
export async function withFolder<T>(
  files: readonly PlacedFile[],
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: (event: Event) => void },
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'twinorigin-release-'));
  try {
    const limit = pLimit(width);
    const folders = new Set(files.map(({ path }) => dirname(join(folder, path))));
    const started = performance.now();
    emit({ type: 'phase-started', phase: 'gather', total: files.length });
    let done = 0;
    for (const one of folders) await mkdir(one, { recursive: true });
    await Promise.all(
      files.map((file) =>
        limit(async () => {
          signal.throwIfAborted();
          await writeBody(join(folder, file.path), file);
          emit({ type: 'phase-progress', phase: 'gather', done: ++done });
        }),
      ),
    );
    emit({ type: 'phase-finished', phase: 'gather', done, milliseconds: performance.now() - started });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts the rules of a server in the place of those of another one. */
export async function writeRules(folder: string, rules: readonly RuleFile[]): Promise<void> {
  for (const own of ['.twinorigin', '.htaccess']) await rm(join(folder, own), { recursive: true, force: true });
  for (const { path, text } of rules) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function writeBody(to: string, file: PlacedFile): Promise<void> {
  const { path } = file;
  const body = await file.open();
  if ('bytes' in body) {
    await writeFile(to, body.bytes);
    return;
  }
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(body.file),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(to),
  );
  if (body.digest !== undefined && hash.digest('hex') !== body.digest)
    throw new PublishError('site-changed', `${path} has changed since it was read`, { file: path });
}
