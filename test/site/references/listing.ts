/** What finders report, in lines that read as examples. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect } from 'vitest';
import { finderFor, type Found } from '../../../src/site/references/index.js';

export function findIn(mediaType: string, content: string | Uint8Array): Found {
  const find = finderFor(mediaType);
  if (find === undefined) throw new Error(`no finder for ${mediaType}`);
  return find(Buffer.from(content), { lazyAttributes: [] });
}

/** One line for each reference: `kind: use treatment <written> url`, and `document` where it is relative to that. */
export function listReferences(mediaType: string, content: string | Uint8Array): string[] {
  const bytes = Buffer.from(content);
  return findIn(mediaType, bytes).references.map(({ kind, use, treatment, start, end, url, relativeTo }) => {
    const written = bytes.toString('utf8', start, end);
    const line = `${kind}: ${use} ${treatment} <${written}> ${url}`;
    return relativeTo === 'document' ? `${line} document` : line;
  });
}

/** Whatever the bytes are: no exception, plain JSON, references in order, inside the file and apart from each other. */
export function expectSound(mediaType: string, bytes: Uint8Array): void {
  const found = findIn(mediaType, bytes);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  let last = 0;
  for (const { start, end, url } of found.references) {
    expect(start).toBeGreaterThanOrEqual(last);
    expect(end).toBeGreaterThan(start);
    expect(url).not.toBe('');
    last = end;
  }
  expect(last).toBeLessThanOrEqual(bytes.length);
  for (const { offset } of found.notes ?? []) expect(offset).toBeLessThanOrEqual(bytes.length);
}

/** The address that stands in for a rewritten one. */
const stand = 'https://images.example/a.0123456789abcdef.x';

/**
 * What is written in place of a reference is read back as just that, query and fragment kept; and nothing else changes:
 * putting the old text back gives the old bytes.
 */
export function expectRewritable(mediaType: string, content: string | Uint8Array): void {
  const bytes = Buffer.from(content);
  const before = findIn(mediaType, bytes).references;
  for (const [index, one] of before.entries()) {
    if (one.treatment !== 'rewrite') continue;
    const edited = Buffer.concat([bytes.subarray(0, one.start), Buffer.from(stand), bytes.subarray(one.end)]);
    const after = findIn(mediaType, edited).references[index];
    expect(after).toMatchObject({ kind: one.kind, use: one.use, start: one.start, end: one.start + stand.length });
    expect(after?.url.slice(0, stand.length)).toBe(stand);
    // Where only the old address was not UTF-8, what stands behind it, its bytes kept, is now read as UTF-8.
    if (isUtf8(edited) === isUtf8(bytes)) expect(after?.url).toBe(stand + (/[?#].*$/s.exec(one.url)?.[0] ?? ''));
  }
}

/** Files made of the given pieces in random order, sometimes with random bytes among them. */
export function filesOf(...pieces: readonly string[]): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...pieces).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
  );
  return fc.array(piece, { maxLength: 14 }).map((parts) => Buffer.concat(parts));
}
