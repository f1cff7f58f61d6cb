/** Publishing from inside the test process, with the stores and the edge that the command line opens. */
import { loadConfig } from '../../src/cli/loadConfig.js';
import { openWorld } from '../../src/cli/world.js';
import type { Config } from '../../src/config.js';
import type { World } from '../../src/release/ports.js';
import { openTerminal } from '../../src/report/terminal.js';
import type { Folder } from './command.js';

export interface Here {
  readonly config: Config;
  readonly world: World;
  close(): Promise<void>;
}

/** Opens a folder with a site in `dist` and serves what is live there. */
export async function openHere(folder: Folder, port: number, settings: object = {}): Promise<Here> {
  folder.write({ 'twinorigin.config.json': JSON.stringify({ site: 'dist', port, ...settings }) });
  const env = { HOME: folder.path };
  const { config } = await loadConfig({ flags: [], file: undefined, needsSite: true, cwd: folder.path, env });
  const silent = { write: () => true };
  const terminal = openTerminal({ stdout: silent, stderr: silent, env, color: false, verbose: false, quiet: true });
  const { signal } = new AbortController();
  const options = { color: false, serve: true } as const;
  const { world, close } = await openWorld(config, { env, options, signal, terminal });
  return { config, world, close };
}
