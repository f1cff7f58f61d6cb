/** Says what is wrong with a configuration: each mistake with where it stands and what was probably meant. */
import { findNodeAtLocation } from 'jsonc-parser';
import type * as z from 'zod';
import { PublishError } from '../errors.js';
import { locateOffset } from '../site/lines.js';
import { findClosest } from './closest.js';
import type { ConfigFile } from './configFile.js';
import { listKnownKeys } from './settings.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where the layers of the configuration came from. */
interface Sources {
  readonly file: ConfigFile | null;
  /** The flag or environment variable that gave a setting, by dotted name. */
  readonly outside: ReadonlyMap<string, string>;
}

interface Mistake {
  readonly path: Path;
  readonly message: string;
}

/** Words for patterns that the schema can only show as regular expressions. */
const wanted: Readonly<Record<string, string>> = {
  'guard.deletes': 'must be a number, or a share such as "25%"',
};

/** One error for all mistakes. */
export function describeMistakes(issues: readonly Issue[], input: unknown, sources: Sources): PublishError {
  const mistakes = issues.flatMap((issue) => explainIssue(issue, [], input));
  const shown = mistakes.map(({ path, message }) => ({ message, ...locate(path, sources) }));
  shown.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const lines = shown.map(({ where, message }) => (where === undefined ? message : `${where}: ${message}`));
  const first = shown[0];
  const details = {
    ...(first?.file === undefined ? {} : { file: first.file }),
    ...(first?.line === undefined ? {} : { line: first.line }),
  };
  if (first !== undefined && shown.length === 1) {
    const inFile = first.file !== undefined;
    return new PublishError('config-invalid', inFile ? first.message : (lines[0] ?? ''), details);
  }
  return new PublishError('config-invalid', `${shown.length} settings are wrong`, {
    ...(first?.file === undefined ? {} : { file: first.file }),
    items: lines,
  });
}

function explainIssue(issue: Issue, parent: Path, input: unknown): readonly Mistake[] {
  const path = [...parent, ...issue.path];
  const name = nameSetting(path);
  const value = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => explainUnknownKey([...path, key], key));
    case 'invalid_union':
      return explainUnion(issue.errors, path, input);
    case 'invalid_value':
      return [{ path, message: `${name} is ${say(value)}, but must be ${joinWords(issue.values.map(say))}` }];
    case 'invalid_type':
      if (value === undefined) return [{ path, message: `${name} is missing` }];
      return [{ path, message: `${name} is ${say(value)}, but must be ${article(issue.expected)}` }];
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit = issue.origin === 'string' ? ' characters long' : issue.origin === 'array' ? ' long' : '';
      return [{ path, message: `${name} is ${say(value)}, but must be ${bound}${unit}` }];
    }
    case 'invalid_format': {
      const words = wanted[path.join('.')] ?? `must be ${issue.message}`;
      return [{ path, message: `${name} is ${say(value)}, but ${words}` }];
    }
    default:
      return [{ path, message: `${name}: ${issue.message}` }];
  }
}

function explainUnknownKey(path: Path, key: string): Mistake {
  const meant = findClosest(key, listKnownKeys(path.slice(0, -1)));
  return {
    path,
    message: `unknown setting ${nameSetting(path)}${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`,
  };
}

/** The alternative that the value fits best speaks for the union. */
function explainUnion(alternatives: readonly (readonly Issue[])[], path: Path, input: unknown): readonly Mistake[] {
  const name = path.join('.');
  const value = valueAt(input, path);
  if (value === undefined) return [{ path, message: `${nameSetting(path)} is missing` }];
  if (typeof value !== 'object' || value === null) {
    const expected = alternatives.flat().flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
    const words = wanted[name] ?? `must be ${joinWords([...new Set(expected)].map(article))}`;
    return [{ path, message: `${nameSetting(path)} is ${say(value)}, but ${words}` }];
  }
  const [best = []] = alternatives
    .map((issues) => issues.flatMap((issue) => explainIssue(issue, path, input)))
    .map((mistakes) => dropMistyped(mistakes))
    .sort((a, b) => a.length - b.length);
  return best;
}

/** A misspelt key is one mistake, not also a missing one. */
function dropMistyped(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.filter(
    ({ path, message }) =>
      !message.endsWith(' is missing') ||
      !mistakes.some((other) => other.message.endsWith(`did you mean ${JSON.stringify(path.at(-1))}?`)),
  );
}

function locate(path: Path, { file, outside }: Sources): { where?: string; file?: string; line?: number } {
  const name = path.join('.');
  for (const [setting, source] of outside)
    if (setting === name || name.startsWith(`${setting}.`)) return { where: source };
  if (file === null) return {};
  const line = findLine(file, path);
  return { where: `${file.shown}${line === undefined ? '' : `:${line}`}`, file: file.shown, ...(line && { line }) };
}

/** The line of a setting; of the nearest setting around it when it is missing itself. */
function findLine({ tree, text }: ConfigFile, path: Path): number | undefined {
  if (tree === undefined) {
    const key = path.findLast((part) => typeof part === 'string');
    const mentions = [...text.matchAll(new RegExp(`(?<![\\w$])${escape(key ?? '')}['"]?\\s*:`, 'g'))];
    return key !== undefined && mentions.length === 1 ? lineAt(text, mentions[0]?.index ?? 0) : undefined;
  }
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
    if (node !== undefined) return lineAt(text, (node.parent?.type === 'property' ? node.parent : node).offset);
  }
  return lineAt(text, tree.offset);
}

function lineAt(text: string, index: number): number {
  return locateOffset(Buffer.from(text), Buffer.byteLength(text.slice(0, index))).line;
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

function nameSetting(path: Path): string {
  if (path.length === 0) return 'the configuration';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce((value: unknown, part) => {
    return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }, input);
}

function say(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function article(type: string): string {
  const words: Readonly<Record<string, string>> = { int: 'a whole number', boolean: 'true or false', array: 'a list' };
  return words[type] ?? `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
