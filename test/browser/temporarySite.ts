/** A site for one test, on disk because a browser has to read it. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serveFolder } from './serveFolder.js';
import type { FolderServer } from './serveFolder.js';

/** Writes the files, serves them for as long as `use` takes, and removes both. */
export async function withSite<T>(
  files: Readonly<Record<string, string | Buffer>>,
  use: (server: FolderServer) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'twinorigin-browser-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const server = await serveFolder(folder);
  try {
    return await use(server);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
