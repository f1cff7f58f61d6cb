/**
 * Markup for Internet Explorer up to 9: `<!--[if lt IE 9]>…<![endif]-->`, a comment to every other browser. What it names
 * is known, so that nobody takes those files for unused; it holds nothing back, since no browser of today loads it.
 */
import { findInMarkup } from './html.js';
import type { FinderOptions, Reference } from './reference.js';

/** The references in the comment between two offsets; none where it is an ordinary one. */
export function findInConditionalComment(
  view: string,
  start: number,
  end: number,
  decode: (piece: string) => string,
  options: FinderOptions,
): Reference[] {
  const comment = view.slice(start, end);
  const opening = /^<!--\[if[^\]]*\]>/i.exec(comment)?.[0];
  const closing = comment.search(/<!\[endif\]-->$/i);
  if (opening === undefined || closing < opening.length) return [];
  const offset = start + opening.length;
  const { references } = findInMarkup(comment.slice(opening.length, closing), 0, decode, options);
  return references.map(({ kind, use, treatment, start: from, end: to, url, relativeTo }) => {
    const known = { kind: `comment ${kind}`, start: offset + from, end: offset + to, url, relativeTo };
    // Attributes such as integrity meant nothing to these browsers.
    return options.conditionalComments === 'rewrite' && treatment !== 'evidence'
      ? { ...known, use, treatment }
      : { ...known, use: 'metadata', treatment: 'keep' };
  });
}
