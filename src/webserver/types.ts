/** Which type and which caching most files of an extension have, and which files differ. */
import { posix } from 'node:path';
import type { ServedFile } from './site.js';

export interface Types {
  /** By extension, without its dot, lowercase. */
  readonly byExtension: ReadonlyMap<string, string>;
  /** Files that have another type than their extension says. */
  readonly exceptions: readonly ServedFile[];
}

export function extensionOf(path: string): string {
  return posix.extname(path).slice(1).toLowerCase();
}

/** The type without its parameters, and whether it says UTF-8. */
export function splitType(contentType: string): { readonly type: string; readonly isUtf8: boolean } {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  return { type, isUtf8: parameters.some((one) => /^charset=utf-8$/i.test(one)) };
}

export function findTypes(files: readonly ServedFile[]): Types {
  const byExtension = new Map<string, string>();
  const groups = new Map<string, string[]>();
  for (const { path, contentType } of files) {
    const extension = extensionOf(path);
    if (extension === '') continue;
    const group = groups.get(extension);
    if (group === undefined) groups.set(extension, [contentType]);
    else group.push(contentType);
  }
  for (const [extension, all] of [...groups].sort()) byExtension.set(extension, mostOf(all));
  const exceptions = files.filter(({ path, contentType }) => byExtension.get(extensionOf(path)) !== contentType);
  return { byExtension, exceptions };
}

/** The value that most have; of equals the one that sorts first. */
export function mostOf(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return sorted[0]?.[0] ?? '';
}
