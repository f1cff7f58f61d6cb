/** Turns drafts of objects into the objects that are stored: identity, gzip, brotli, as the encoding mode says. */
import type { Event } from '../events.js';
import type { Body, BuiltObject, ObjectHeaders, ObjectKey, OriginName, Stage } from './build.js';
import { recipeName, type Content, type Encoder, type Recipe } from './encode.js';
import { objectKey } from './keys.js';
import type { Served, Server } from './served.js';
import { brotliFor, contentMode, gzipFor, isCompressible, isNegotiated, type EncodingMode } from './variants.js';

/** An object before it is decided in which encodings it is stored. */
export interface Draft {
  readonly origin: OriginName;
  readonly key: ObjectKey;
  readonly stage: Stage;
  readonly served: Served;
  readonly headers: ObjectHeaders;
  readonly immutable: boolean;
  /** Served for long under this content: worth the best compression. */
  readonly lasting: boolean;
}

interface Options {
  readonly encodings: EncodingMode;
  /** Of the pages, where a web server sends them that looks for compressed files by itself. */
  readonly pagesEncodings?: EncodingMode | undefined;
  readonly compression: 'best' | 'fast';
  readonly emit?: (event: Event) => void;
  readonly signal?: AbortSignal;
}

/** From what the body of an object is made when it is asked for. */
export interface Source {
  readonly served: Served;
  /** Undefined: as it is. */
  readonly recipe: Recipe | undefined;
}

interface Stored extends Source {
  readonly object: BuiltObject;
}

/** From this size on an unedited file is streamed from disk instead of being read. */
const streamedBytes = 1024 * 1024;

/** @returns every object with what its body is made from. Bodies are compressed on the way if the cache lacks them. */
export async function storeVariants(
  drafts: readonly Draft[],
  server: Server,
  encoder: Encoder,
  options: Options,
): Promise<ReadonlyMap<BuiltObject, Source>> {
  const { emit = () => undefined } = options;
  const started = performance.now();
  const stored = new Map<string, Stored>();
  // Biggest first, so that the last thread does not start with the longest work.
  const order = [...drafts].sort((a, b) => b.served.size - a.served.size);
  emit({
    type: 'phase-started',
    phase: 'encode',
    total: drafts.length,
    bytes: order.reduce((all, { served }) => all + served.size, 0),
  });
  let done = 0;
  let bytes = 0;
  await Promise.all(
    order.map(async (draft) => {
      options.signal?.throwIfAborted();
      const results = await storeDraft(draft, server, encoder, options);
      for (const result of results) {
        const place = `${result.object.origin}/${result.object.key}`;
        // A variant takes the place of a file of that name in the site: the edge function will ask for it.
        if (result.object.key !== draft.key || !stored.has(place)) stored.set(place, result);
      }
      done++;
      bytes += draft.served.size;
      emit({ type: 'phase-progress', phase: 'encode', done, bytes });
    }),
  );
  emit({ type: 'phase-finished', phase: 'encode', done, milliseconds: performance.now() - started });
  const sources = new Map<BuiltObject, Source>();
  for (const one of stored.values()) sources.set(one.object, one);
  return sources;
}

/** The body of an object, as it is to be stored. */
export async function openSource({ served, recipe }: Source, server: Server, encoder: Encoder): Promise<Body> {
  return recipe === undefined
    ? openIdentity(served, server)
    : { bytes: await encoder.encode(contentOf(served, server), recipe) };
}

function contentOf(served: Served, server: Server): Content {
  const { digest, size, file } = served;
  return { digest, size, mode: contentMode(file), read: () => server.read(served) };
}

async function storeDraft(
  draft: Draft,
  server: Server,
  encoder: Encoder,
  options: Options,
): Promise<readonly Stored[]> {
  const { served } = draft;
  const plain = (key: ObjectKey): Stored => ({
    object: describe(draft, key, served.size, 'identity'),
    served,
    recipe: undefined,
  });
  const isServer = draft.origin === 'pages' && options.pagesEncodings !== undefined;
  const mode = isServer ? options.pagesEncodings : options.encodings;
  const gzip = gzipFor(options.compression);
  const encode = async (recipe: Recipe, key: ObjectKey): Promise<Stored | undefined> => {
    const size = await encoder.measure(contentOf(served, server), recipe);
    if (size === null) return undefined;
    return { object: describe(draft, key, size, recipeName(recipe), recipe.encoding), served, recipe };
  };
  if (mode === 'gzip' && isCompressible(served.file)) return [(await encode(gzip, draft.key)) ?? plain(draft.key)];
  if (mode !== 'negotiate' || !isNegotiated(draft.key)) return [plain(draft.key)];
  const brotli = brotliFor(served.size, draft.lasting, options.compression);
  const variants = await Promise.all(
    (
      [
        ['.gz', gzip],
        ['.br', brotli],
      ] as const
    ).map(async ([suffix, recipe]) => {
      const key = objectKey(draft.key + suffix);
      // A server looks whether there is a variant, and calls it compressed; the edge function cannot know: where
      // compression gains nothing, its variant holds the plain bytes.
      return (await encode(recipe, key)) ?? (isServer ? undefined : plain(key));
    }),
  );
  return [plain(draft.key), ...variants.filter((variant) => variant !== undefined)];
}

function describe(draft: Draft, key: ObjectKey, size: number, recipe: string, encoding?: string): BuiltObject {
  return {
    origin: draft.origin,
    key,
    stage: draft.stage,
    path: draft.served.file.path,
    digest: draft.served.digest,
    size,
    recipe,
    headers: encoding === undefined ? draft.headers : { ...draft.headers, contentEncoding: encoding },
    immutable: draft.immutable,
  };
}

async function openIdentity(served: Served, server: Server): Promise<Body> {
  const location = served.edits.length === 0 && served.size > streamedBytes ? server.locate(served) : undefined;
  if (location !== undefined) return { file: location, size: served.size, digest: served.digest };
  const bytes = await server.read(served);
  // A file without edits was compared with its digest when it was read.
  return served.edits.length === 0 ? { bytes, digest: served.digest } : { bytes };
}
