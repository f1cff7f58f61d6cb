/** The configuration: flag, else environment, else file, else default; every path absolute. */
import { dirname, relative, resolve } from 'node:path';
import { configSchema, type Config } from '../config.js';
import { webServerKinds } from '../webserver/index.js';
import { PublishError } from '../errors.js';
import { readConfigFile } from './configFile.js';
import { describeMistakes } from './configMistakes.js';
import { chooseCacheFolder, chooseEncodings, findSiteFolder, refuseOverlaps, resolveOrigins } from './defaults.js';
import { readEnvironment } from './environment.js';

/** A setting given on the command line. */
export interface FlagSetting {
  /** As typed: `--max-deletes`. */
  readonly flag: string;
  /** Where it stands in a configuration file. */
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface ConfigRequest {
  readonly flags: readonly FlagSetting[];
  /** The file named with `--config`. */
  readonly file?: string | undefined;
  /** False for commands that look only at what is live. */
  readonly needsSite: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface LoadedConfig {
  readonly config: Config;
  /** The configuration file, as the user would type it. */
  readonly file: string | null;
  /** What was assumed; one sentence each. */
  readonly notes: readonly string[];
}

type Content = Readonly<Record<string, unknown>>;

/**
 * Brings all layers together and checks them.
 * @throws PublishError `config-invalid`, `config-unreadable`, `usage`.
 */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const { cwd, env } = request;
  const file = await readConfigFile(request.file ?? env.TWINORIGIN_CONFIG, cwd);
  const base = file === null ? cwd : dirname(file.file);
  const environment = readEnvironment(env);
  const outside = new Map(environment.variables);
  for (const { flag, path } of request.flags) outside.set(path.join('.'), flag);

  if (file !== null && !isContent(file.content))
    throw new PublishError('config-invalid', 'the configuration must be an object', { file: file.shown, line: 1 });
  let content: Content = isContent(file?.content) ? file.content : {};
  const sites: readonly [unknown, string][] = [
    [content.site, base],
    [environment.content.site, cwd],
    [request.flags.findLast(({ path }) => path[0] === 'site')?.value, cwd],
  ];
  content = merge(content, environment.content);
  for (const flag of request.flags) content = merge(content, nest(flag.path, flag.value));

  const checked = configSchema.safeParse(content);
  if (!checked.success) throw describeMistakes(checked.error.issues, content, { file, outside });
  const { origins: given, encodings, cacheDir, ...rest } = checked.data;

  const notes = [...environment.notes];
  const named = sites.findLast(([site]) => site !== undefined);
  const site = named === undefined ? assumeSite(request, base, notes) : resolve(named[1], String(named[0]));
  const origins = nameServers(resolveOrigins(given, base, rest.port), rest.host);
  refuseOverlaps(site, origins);
  const config: Config = {
    ...rest,
    base,
    site,
    origins,
    encodings: encodings ?? chooseEncodings(origins),
    // A web server sends what lies beside a file; it cannot tell that a file under its own name is compressed.
    ...(origins.pages.host !== undefined && { pagesEncodings: encodings === 'none' ? 'none' : 'negotiate' }),
    cacheDir: cacheDir === undefined ? chooseCacheFolder(base, env) : resolve(base, cacheDir),
  };
  return { config, file: file?.shown ?? null, notes };
}

/** What `host up` sets up is the server that the pages go to. */
function nameServers(origins: Config['origins'], host: Config['host']): Config['origins'] {
  const server = webServerKinds.find((kind) => kind === host?.instance.server);
  const { pages } = origins;
  if (server === undefined || pages.host === undefined) return origins;
  return { ...origins, pages: { ...pages, host: pages.host.map((one) => ({ server, ...one })) } };
}

function assumeSite({ needsSite, cwd }: ConfigRequest, base: string, notes: string[]): string {
  // Never read by such a command; the type wants a folder.
  if (!needsSite) return resolve(base, 'dist');
  const site = resolve(base, findSiteFolder(base));
  notes.push(`site folder: ${relative(cwd, site)} (the only usual output folder with an index.html)`);
  return site;
}

/** Later layers win setting by setting; lists are replaced as a whole. */
function merge(below: Content, above: Content): Content {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isContent(under) && isContent(value) ? merge(under, value) : value;
  }
  return merged;
}

function nest(path: readonly string[], value: unknown): Content {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Content;
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
