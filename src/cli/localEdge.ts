/** stand-in */
import type { OriginName } from '../build/build.js';
import type { Config } from '../config.js';
import type { Cdn } from '../release/ports.js';

export interface RunningEdge {
  readonly urls: Readonly<Record<OriginName, string>>;
  /** Address of the front page. */
  readonly front: string;
  /** False when another process runs it. */
  readonly started: boolean;
  readonly openCdn: (origin: OriginName) => Cdn;
  readonly close: () => Promise<void>;
}
export async function joinEdge(config: Config): Promise<RunningEdge> {
  throw new Error(String(config.port));
}
