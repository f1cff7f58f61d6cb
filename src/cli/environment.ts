/** Settings from environment variables: `TWINORIGIN_` and the setting's name in capitals, `_` between its parts. */
import { findClosest } from './closest.js';
import { listSettings, type Setting } from './settings.js';

interface EnvironmentSettings {
  /** In the shape of a configuration file; not yet checked. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The variable that gave each setting, by dotted name. */
  readonly variables: ReadonlyMap<string, string>;
  /** Variables that look like ours and are not. */
  readonly notes: readonly string[];
}

const prefix = 'TWINORIGIN_';
/** Ours, but no settings of the configuration file. */
const others = new Set(['TWINORIGIN_CONFIG', 'TWINORIGIN_S3_CLIENT']);

/** Reads every `TWINORIGIN_*` variable: `cacheDir` is TWINORIGIN_CACHE_DIR, `guard.deletes` is TWINORIGIN_GUARD_DELETES. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentSettings {
  const names = Object.keys(env).filter((name) => name.startsWith(prefix) && !others.has(name) && env[name] !== '');
  const content: Record<string, unknown> = {};
  const variables = new Map<string, string>();
  const notes: string[] = [];
  if (names.length === 0) return { content, variables, notes };

  const settings = new Map(listSettings().map((setting) => [nameVariable(setting.path), setting]));
  for (const name of names.sort()) {
    const setting = settings.get(name);
    if (setting === undefined) {
      const meant = findClosest(name, settings.keys());
      notes.push(`${name} is not a setting and is ignored${meant === undefined ? '' : `; did you mean ${meant}?`}`);
      continue;
    }
    place(content, setting.path, parseValue(env[name] ?? '', setting));
    variables.set(setting.path.join('.'), name);
  }
  return { content, variables, notes };
}

function nameVariable(path: readonly string[]): string {
  return prefix + path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_');
}

/** Only what is unambiguous is converted; anything else stays text, and the schema says what is wrong with it. */
function parseValue(text: string, { types }: Setting): unknown {
  if (types.has('boolean') && /^(true|false|1|0)$/.test(text)) return text === 'true' || text === '1';
  if ((types.has('number') || types.has('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.has('array')) {
    if (!text.startsWith('[')) return text.split(',').map((item) => item.trim());
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}

function place(content: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let here = content;
  for (const part of path.slice(0, -1)) here = (here[part] ??= {}) as Record<string, unknown>;
  here[path.at(-1) ?? ''] = value;
}
