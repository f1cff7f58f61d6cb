/** Markup that cannot be broken by what it shows: every value is escaped unless it is markup itself. */
import { showSafely } from '../text.js';

/** Finished markup, made by `markup` alone. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[] | undefined;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For elements' text and quoted attribute values. Control characters and bidirectional overrides are made visible. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = tidy(strings);
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += show(value) + (parts[index + 1] ?? '');
  });
  return new Markup(text);
}

function show(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string')
    return showSafely(value).replace(/[&<>"']/g, (character) => entities[character] ?? character);
  return value.map(({ text }) => text).join('');
}

const tidied = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The indentation of our source is of no use to readers of the page. */
function tidy(strings: TemplateStringsArray): readonly string[] {
  const known = tidied.get(strings);
  if (known !== undefined) return known;
  const parts = strings.map((text) => text.replace(/\n\s+/g, '\n'));
  tidied.set(strings, parts);
  return parts;
}
