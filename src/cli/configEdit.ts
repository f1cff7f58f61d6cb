/** Writes settings into a configuration file for its owner: only the settings, in the style of the file. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { applyEdits, findNodeAtLocation, modify, parseTree, type Edit } from 'jsonc-parser';

export interface Setting {
  readonly path: readonly string[];
  readonly value: string;
}

/** True for a file that can be edited in place; a program can only be shown what to add. */
export function isEditable(file: string): boolean {
  return file.endsWith('.json');
}

/** The text with the settings in it; comments, order, indentation and line ends stay. */
export function editConfig(text: string, file: string, settings: readonly Setting[]): string {
  const root = basename(file) === 'package.json' ? ['twinorigin'] : [];
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return settings.reduce(
    (edited, { path, value }) =>
      applyEdits(
        edited,
        addToLine(edited, [...root, ...path], value) ??
          modify(edited, [...root, ...path], value, { formattingOptions }),
      ),
    text,
  );
}

/** An object that stands on one line stays on one line. */
function addToLine(text: string, path: readonly string[], value: string): Edit[] | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const object = tree && findNodeAtLocation(tree, path.slice(0, -1));
  const last = object?.children?.at(-1);
  if (object?.type !== 'object' || last === undefined) return undefined;
  if (text.slice(object.offset, object.offset + object.length).includes('\n')) return undefined;
  if (tree && findNodeAtLocation(tree, [...path]) !== undefined) return undefined;
  const content = `, ${JSON.stringify(path.at(-1))}: ${JSON.stringify(value)}`;
  return [{ offset: last.offset + last.length, length: 0, content }];
}

/** Replaces the file in one step, so that nobody ever reads half of it. */
export async function writeConfig(file: string, settings: readonly Setting[]): Promise<void> {
  const text = await readFile(file, 'utf8');
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, editConfig(text, file, settings));
  await rename(temporary, file);
}

/** What to add to a configuration that is a program. */
export function describeSettings(settings: readonly Setting[]): string {
  return settings.map(({ path, value }) => `  ${path.join('.')}: ${JSON.stringify(value)}`).join('\n');
}
