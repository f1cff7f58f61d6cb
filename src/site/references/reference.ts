/**
 * What a finder reports about one file. Everything here depends on the file's bytes alone (not on its path,
 * the configuration or other files), is plain JSON, and so can be cached by the file's digest.
 *
 * All offsets are bytes. Finders work on the latin1 view of the bytes (`buf.toString('latin1')`), where a
 * string index is a byte offset in every ASCII-compatible encoding.
 */
import type { Severity } from '../../problems.js';

/** What the browser does with the target; decides whether it may come from another origin. */
export type Use =
  | 'image' // <img>, CSS images, icons: no CORS needed
  | 'image-cors' // images fetched with CORS: mask-image, shape-outside, <img crossorigin>
  | 'media' // audio, video
  | 'media-cors' // the same with crossorigin
  | 'track' // text tracks: same-origin unless the media element has crossorigin
  | 'style' // stylesheets, @import
  | 'script' // classic scripts
  | 'module' // module scripts, modulepreload, imports
  | 'font' // always fetched with CORS
  | 'preload' // <link rel=preload|prefetch>: follows its consumer
  | 'same-origin' // must come from the page's own origin: <use>, url(x.svg#id), workers, manifest, XSLT
  | 'document' // navigations and frames: a, iframe, form
  | 'download' // a link to a file that is not a page
  | 'metadata' // read by other machines: og:image, JSON-LD images; the URL must be absolute
  | 'fetch' // a literal address given to fetch or XHR
  | 'source-map';

/**
 * What may be done to the reference:
 * `rewrite` it may point to the CDN; `keep` its bytes never change, but its target is known (an edge for `check`);
 * `evidence` a script mentions the target by name, so that name must go on working (freezes the target's name).
 */
export type Treatment = 'rewrite' | 'keep' | 'evidence';

export interface Reference {
  /** Where it stands, for people: `img@src`, `link[rel=stylesheet]@href`, `css url()`, `css @import`. */
  readonly kind: string;
  readonly use: Use;
  readonly treatment: Treatment;
  /**
   * The span to be replaced: the address up to, not including, its `?query` and `#fragment`, without surrounding
   * white space and quotes. What is written there is always plain ASCII that needs no escaping in HTML, CSS,
   * JavaScript, JSON or srcset.
   */
  readonly start: number;
  readonly end: number;
  /** The whole address as the browser sees it: entities and escapes decoded, query and fragment included. */
  readonly url: string;
  /**
   * What the address is relative to: the file itself (`file`, also honouring `<base>` in HTML), or the document that
   * loads the script (`document`: fetch(), new Worker() in classic scripts), which the file alone cannot know, or what the
   * preload function of the same build makes of it (`preload`: see `PreloadBase`).
   */
  readonly relativeTo: 'file' | 'document' | 'preload';
  /**
   * Set on the address of a worker that is relative to its script: the span of the `import.meta.url` behind it, which has
   * to go when the script moves, because workers must come from the origin of the page.
   */
  readonly ownAddress?: { readonly start: number; readonly end: number };
  /** Set on elements that load scripts and styles: where attributes can be added or replaced. */
  readonly slot?: LoadingSlot;
}

/** An element that takes `crossorigin` and `integrity`. */
export interface LoadingSlot {
  /** Byte offset just behind the address attribute (its closing quote included), where ` name="value"` can be inserted. */
  readonly insertAt: number;
  /** Value of an existing crossorigin attribute: `anonymous`, `use-credentials`; null where there is none. */
  readonly crossorigin: 'anonymous' | 'use-credentials' | null;
  /** An existing integrity attribute: span of its value without quotes, and that value. */
  readonly integrity: { readonly start: number; readonly end: number; readonly value: string } | null;
}

/** A `<meta http-equiv=Content-Security-Policy>`: span and value of its content attribute. */
export interface MetaPolicy {
  readonly start: number;
  readonly end: number;
  /** Decoded. */
  readonly value: string;
  /** The quote character around the value, or '' when unquoted. */
  readonly quote: '"' | "'" | '';
}

/** An inline `<style>` or `<script>` body, of which a policy may hold a hash. */
export interface InlineBlock {
  readonly type: 'style' | 'script';
  readonly start: number;
  readonly end: number;
}

/** How Vite's preload function makes an address of a name in a list. */
export type PreloadBase =
  /** `new URL(name, importer)`. */
  | { readonly type: 'relative' }
  /** `"/docs/" + parameter`: the span of the literal, quotes included. */
  | {
      readonly type: 'prefix';
      readonly prefix: string;
      readonly parameter: string;
      readonly start: number;
      readonly end: number;
    };

/** Something a finder wants to tell; located by offset, the line is computed only when it is printed. */
export interface FoundNote {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly offset: number;
}

/** Everything found in one file. References are in the order of `start` and never overlap. */
/**
 * `worker` it is written to run as a worker; `introspective` it looks up its own address (document.currentScript);
 * `dynamic` it imports by a computed name.
 */
export type Trait = 'worker' | 'introspective' | 'dynamic';

export interface Found {
  readonly references: readonly Reference[];
  /** HTML: the first `<base href>`, decoded. */
  readonly base?: string;
  readonly policies?: readonly MetaPolicy[];
  readonly blocks?: readonly InlineBlock[];
  /** What holds a script where it is, each with the byte offset of its first sign. */
  readonly traits?: Readonly<Partial<Record<Trait, number>>>;
  /** The script holds Vite's preload function. */
  readonly preload?: PreloadBase;
  /** The script has import or export statements. */
  readonly module?: boolean;
  readonly notes?: readonly FoundNote[];
}

/** Finds the references of one media type. Never throws on any input. */
export type Finder = (bytes: Buffer, options: FinderOptions) => Found;

export interface FinderOptions {
  /** Attributes of lazy loaders that hold image or media addresses, for example `data-src`. */
  readonly lazyAttributes: readonly string[];
  /** Whether references inside `<!--[if IE]>` may be rewritten; by default they are only known. */
  readonly conditionalComments?: 'keep' | 'rewrite' | undefined;
}
