/** A small persistent map from string to string, for results that depend on their key alone. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Pack {
  get(key: string): string | undefined;
  /** Neither key nor value may hold a line feed. */
  set(key: string, value: string): void;
  /** Writes what was got or set since opening; the rest is forgotten. A pack that cannot be written is only slower. */
  save(): void;
}

/**
 * Opens a pack.
 * @param file undefined for one that lives in memory only.
 * @param recipe names the rules that made the values: under another recipe the pack is empty.
 */
export function openPack(file: string | undefined, recipe: string): Pack {
  const known = file === undefined ? new Map<string, string>() : load(file, recipe);
  const used = new Map<string, string>();
  let changed = false;
  return {
    get(key) {
      const value = used.get(key) ?? known.get(key);
      if (value !== undefined) used.set(key, value);
      return value;
    },
    set(key, value) {
      changed = true;
      used.set(key, value);
    },
    save() {
      if (file === undefined || (!changed && used.size === known.size)) return;
      try {
        mkdirSync(dirname(file), { recursive: true });
        const temporary = `${file}.${process.pid}`;
        writeFileSync(temporary, [recipe, ...[...used].flat()].join('\n'));
        renameSync(temporary, file);
      } catch {
        // Read-only or full: the next run works it out again.
      }
    },
  };
}

/** First line: the recipe. Then two lines for each entry: key and value. */
function load(file: string, recipe: string): Map<string, string> {
  const known = new Map<string, string>();
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    if (lines[0] !== recipe) return known;
    for (let index = 1; index + 1 < lines.length; index += 2) {
      const key = lines[index];
      const value = lines[index + 1];
      if (key !== undefined && value !== undefined) known.set(key, value);
    }
  } catch {
    // None yet.
  }
  return known;
}
