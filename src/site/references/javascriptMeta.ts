/** What a module does with its own address: `new URL('./x', import.meta.url)` and everything less plain. */
import { namesFile, readAddress, scriptEscapes, type Decode } from './escapedAddress.js';
import { isUrlSpecifier } from './javascriptModules.js';
import type { Reference } from './reference.js';

export interface MetaUses {
  readonly references: readonly Reference[];
  /** Where its address first goes where it cannot be followed. */
  readonly introspective: number | undefined;
  /** Where it first resolves a computed specifier. */
  readonly dynamic: number | undefined;
}

const gap = String.raw`(?:\s|/\*(?:[^*]|\*(?!/))*\*/)*`;
const literal = String.raw`("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|` + '`(?:[^`\\\\$]|\\\\[^])*`)';
/** Vite 8 writes ``new URL(`x`,``+import.meta.url)``. */
const empty = '(?:(?:""|\'\'|``)\\s*\\+\\s*)?';
const urlBefore = new RegExp(String.raw`\bnew\s+URL\s*\(${gap}${literal}${gap},${gap}${empty}$`);
/** A base behind an address that is whole already. */
const wholeBefore = new RegExp(String.raw`import\.meta\.url\)\.href,${empty}$`);
const urlBehind = new RegExp(String.raw`^\s*\.\s*url${gap},?${gap}\)`);
const resolveBehind = new RegExp(String.raw`^\s*\.\s*resolve\s*\(${gap}${literal}${gap}\)`);
/** What the address is for, by the call right around it; Vite writes `""+new URL(…).href`. */
const worker = new RegExp(
  String.raw`\bnew\s+(?:[\w$]+\s*\.\s*)?(?:Shared)?Worker\s*\(${gap}${empty}(?:new\s+URL\s*\(\s*)?$`,
);
const registration = new RegExp(String.raw`\bserviceWorker\s*\??\.\s*register\s*\(${gap}$`);
const worklet = new RegExp(String.raw`\.\s*addModule\s*\(${gap}$`);

/** How far an address may stand from the `import.meta` behind it; longer ones are left alone. */
const reach = 1000;

/** Classifies every `import.meta` of a module. */
export function findMetaUses(
  view: string,
  start: number,
  end: number,
  metas: readonly { readonly start: number; readonly end: number }[],
  decode: Decode,
): MetaUses {
  const references: Reference[] = [];
  let introspective: number | undefined;
  let dynamic: number | undefined;
  for (const meta of metas) {
    const behind = view.slice(meta.end, Math.min(end, meta.end + reach));
    const property = /^\s*\??\.\s*([\w$]+)/.exec(behind)?.[1];
    if (property === 'resolve') {
      const match = resolveBehind.exec(behind);
      if (match === null) dynamic ??= meta.start;
      else {
        const at = meta.end + behind.indexOf(match[1] ?? '');
        references.push(...reference('js import.meta.resolve()', '', at, match[1] ?? '', view, decode));
      }
    } else if (property === 'url') {
      const from = Math.max(start, meta.start - reach);
      const before = view.slice(from, meta.start);
      const match = urlBehind.test(behind) ? urlBefore.exec(before) : null;
      const own = { start: meta.start, end: meta.end + (/^\s*\.\s*url/.exec(behind)?.[0].length ?? 0) };
      const written = match === null ? [] : readMatch(match, before, from, own);
      if (wholeBefore.test(before)) continue;
      if (written.length === 0) introspective ??= meta.start;
      references.push(...written);
    } else if (property === undefined) introspective ??= meta.start; // handed on itself; other properties are of tools
  }
  return { references, introspective, dynamic };

  function readMatch(
    match: RegExpExecArray,
    before: string,
    from: number,
    own: NonNullable<Reference['ownAddress']>,
  ): Reference[] {
    const text = match[1] ?? '';
    const at = from + match.index + match[0].indexOf(text);
    return reference('js new URL()', before.slice(0, match.index), at, text, view, decode).map((one) =>
      one.kind === 'js new Worker()' ? { ...one, ownAddress: own } : one,
    );
  }
}

function reference(kind: string, call: string, at: number, text: string, view: string, decode: Decode): Reference[] {
  const address = readAddress(view, at + 1, at + text.length - 1, decode, scriptEscapes);
  if (!namesFile(address) || (kind.includes('resolve') && !isUrlSpecifier(address.url))) return [];
  const relativeTo = 'file';
  if (worker.test(call))
    return [{ kind: 'js new Worker()', use: 'same-origin', treatment: 'keep', ...address, relativeTo }];
  if (registration.test(call)) {
    return [{ kind: 'js serviceWorker.register()', use: 'same-origin', treatment: 'keep', ...address, relativeTo }];
  }
  if (worklet.test(call)) return [{ kind: 'js addModule()', use: 'module', treatment: 'keep', ...address, relativeTo }];
  // A script by its address is most often a worker that is started elsewhere (pdf.js: GlobalWorkerOptions.workerSrc).
  if (/\.[cm]?js$/i.test(view.slice(address.start, address.end))) {
    return [{ kind, use: 'same-origin', treatment: 'keep', ...address, relativeTo }];
  }
  // A folder is a prefix for computed names.
  if (/(?:^|\/)\.{0,2}$/.test(view.slice(address.start, address.end))) return [];
  return [{ kind, use: 'fetch', treatment: 'rewrite', ...address, relativeTo }];
}
