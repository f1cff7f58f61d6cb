/** The CDN wing joined with AWS: what the commands `cdn …` share. */
import { originNames } from '../build/build.js';
import { areOnServers, type Config } from '../config.js';
import { readCdnSettings, type CdnSettings } from '../provision/cdn/settings.js';
import type * as AwsRoom from '../aws/index.js';
import type { Invocation } from './action.js';
import { readConfigFile, type ConfigFile } from './configFile.js';
import { listEdgeFunctions } from './edgeFunctions.js';

export interface CdnConfig {
  readonly config: Config;
  readonly settings: CdnSettings;
  /** Where ids can be written to. */
  readonly file: ConfigFile | null;
  /** The configuration does not say how objects are compressed, and nothing is set up yet: negotiation is chosen. */
  readonly choosesEncodings: boolean;
}

export async function loadCdnConfig(invocation: Invocation): Promise<CdnConfig> {
  const { options, cwd, env } = invocation;
  const loaded = await invocation.loadConfig({ needsSite: false });
  const file = await readConfigFile(options.config ?? env.TWINORIGIN_CONFIG, cwd);
  const choosesEncodings = isFresh(loaded) && !saysEncodings(file) && env.TWINORIGIN_ENCODINGS === undefined;
  const config: Config = choosesEncodings ? { ...loaded, encodings: 'negotiate' } : loaded;
  const pagesByServer = options.pages === 'server' || areOnServers(config);
  const settings = readCdnSettings(config, { pagesByServer, functions: listEdgeFunctions(config) });
  return { config, settings, file, choosesEncodings };
}

/** Requests under way are not cut by Ctrl-C: a resource is finished, and the next one not begun. */
export async function openCdnAws({ options }: Invocation): Promise<{
  readonly room: typeof AwsRoom;
  readonly aws: AwsRoom.Aws;
}> {
  const room = await import('../aws/index.js');
  const { profile, region, endpointUrl } = options;
  return { room, aws: room.openAws({ profile, region, endpointUrl, width: 8 }) };
}

/** No origin has a distribution: what an edge function expects cannot be wrong about anything that is live. */
function isFresh({ origins }: Config): boolean {
  return originNames.every((name) => {
    const origin = origins[name];
    return !('bucket' in origin) || origin.distribution === undefined;
  });
}

function saysEncodings(file: ConfigFile | null): boolean {
  const content = file?.content;
  return typeof content === 'object' && content !== null && 'encodings' in content && content.encodings !== undefined;
}
