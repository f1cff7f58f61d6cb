/** Makes the finder of a file out of the finder of a text. */
import type { EmbeddedFinder } from './embedded.js';
import { viewBytes } from './encoding.js';
import type { Finder, Found, FoundNote } from './reference.js';

/**
 * The finder for files in a language.
 * @param declared reads the encoding that the first 1,024 bytes declare, for languages that have such a declaration.
 */
export function fileFinder(
  find: EmbeddedFinder,
  declared: (head: string) => string | undefined = () => undefined,
): Finder {
  return (bytes) => {
    const text = viewBytes(bytes, declared);
    if (typeof text === 'string') return { references: [], notes: [encodingNote(text)] };
    return find(text.view, text.start, text.view.length, text.decode);
  };
}

function encodingNote(encoding: string): FoundNote {
  const message = `The file is in ${encoding}, which cannot be edited in place; its references are left alone.`;
  return { code: 'unsupported-encoding', severity: 'warning', message, offset: 0 };
}

/** A result with only what there is to tell; references in the order of their spans, without overlaps. */
export function foundOf(found: Found): Found {
  const references = [...found.references].sort((a, b) => a.start - b.start || b.end - a.end);
  const separate = references.filter((one, index) => index === 0 || one.start >= (references[index - 1]?.end ?? 0));
  return {
    references: separate,
    ...(found.blocks !== undefined && found.blocks.length > 0 && { blocks: found.blocks }),
    ...(found.traits !== undefined && Object.keys(found.traits).length > 0 && { traits: found.traits }),
    ...(found.preload !== undefined && { preload: found.preload }),
    ...(found.module === true && { module: true }),
    ...(found.notes !== undefined && found.notes.length > 0 && { notes: found.notes }),
  };
}
