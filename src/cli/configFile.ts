/** Finds and reads the configuration file, and remembers its text so that mistakes can be located in it. */
import { readFile } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { lilconfig, type Loader } from 'lilconfig';
import { PublishError, hasErrnoCode } from '../errors.js';
import { locateOffset } from '../site/lines.js';

export interface ConfigFile {
  /** Absolute. */
  readonly file: string;
  /** As the user would type it. */
  readonly shown: string;
  /** What it says; not yet checked. */
  readonly content: unknown;
  readonly text: string;
  /** The syntax tree of the configuration in a JSON file; undefined for programs. */
  readonly tree?: Node | undefined;
}

const key = 'twinorigin';
const searchPlaces = [...['json', 'js', 'mjs', 'ts'].map((ending) => `${key}.config.${ending}`), 'package.json'];

/**
 * Reads the named file, or the nearest one from the working directory upwards; null when there is none.
 * @throws PublishError `config-unreadable` with file and, where it is known, line.
 */
export async function readConfigFile(named: string | undefined, cwd: string): Promise<ConfigFile | null> {
  const program: Loader = (file) => importProgram(file, show(file, cwd));
  const search = lilconfig(key, {
    searchPlaces,
    cache: false,
    ignoreEmptySearchPlaces: false,
    loaders: {
      '.json': (file, text) => getNodeValue(parseJson(text, show(file, cwd))) as unknown,
      '.js': program,
      '.mjs': program,
      '.ts': program,
    },
  });
  const found = await (named === undefined ? search.search(cwd) : loadNamed((path) => search.load(path), named, cwd));
  if (found === null) return null;
  const file = found.filepath;
  if (found.isEmpty === true) {
    if (basename(file) === 'package.json') return null;
    throw new PublishError('config-unreadable', 'the file is empty', {
      file: show(file, cwd),
      hint: 'Was it cut short? {} is a configuration without settings.',
    });
  }
  const content: unknown = found.config;
  const text = await readFile(file, 'utf8');
  const tree = file.endsWith('.json') && text.trim() !== '' ? parseJson(text, show(file, cwd)) : undefined;
  const root = tree !== undefined && basename(file) === 'package.json' ? findNodeAtLocation(tree, [key]) : tree;
  return { file, shown: show(file, cwd), content: content ?? {}, text, tree: root };
}

async function loadNamed<T>(load: (file: string) => Promise<T>, named: string, cwd: string): Promise<T> {
  try {
    return await load(resolve(cwd, named));
  } catch (cause) {
    if (cause instanceof PublishError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = hasErrnoCode(cause, 'ENOENT')
      ? 'there is no such file'
      : reason.startsWith('No loader')
        ? 'it must end in .json, .js, .mjs or .ts'
        : reason;
    throw new PublishError('config-unreadable', `${named}: ${message}`, { file: named, cause });
  }
}

/** JSON with comments and trailing commas, as editors write it. */
function parseJson(text: string, shown: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  const first = errors[0];
  if (tree !== undefined && first === undefined) return tree;
  const offset = Buffer.byteLength(text.slice(0, first?.offset ?? 0));
  const { line, column } = locateOffset(Buffer.from(text), offset);
  const what = first === undefined ? 'no value' : printParseErrorCode(first.error).replace(/([a-z])([A-Z])/g, '$1 $2');
  throw new PublishError('config-unreadable', `not valid JSON at column ${column}: ${what.toLowerCase()}`, {
    file: shown,
    line,
  });
}

async function importProgram(file: string, shown: string): Promise<unknown> {
  let program: { readonly default?: unknown };
  try {
    program = (await import(pathToFileURL(file).href)) as typeof program;
  } catch (cause) {
    if (hasErrnoCode(cause, 'ERR_UNKNOWN_FILE_EXTENSION'))
      throw new PublishError('config-unreadable', `Node.js ${process.versions.node} does not read TypeScript`, {
        file: shown,
        hint: 'Use Node.js 22.18 or newer, or rename the file to twinorigin.config.mjs (types still work through JSDoc).',
        cause,
      });
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PublishError('config-unreadable', message, { file: shown, cause });
  }
  if (program.default === undefined)
    throw new PublishError('config-unreadable', 'the file has no default export', {
      file: shown,
      hint: 'End it with: export default { site: "dist" };',
    });
  return program.default;
}

function show(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('../../..') ? file : path;
}
