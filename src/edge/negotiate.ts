/*
 * Runs in CloudFront Functions too. JavaScript runtime 2.0 there is ECMAScript 5.1 with `const`, `let`, arrow functions
 * and template literals: no for-of, destructuring, default parameters, spread, `?.` or `??`, and no modules, so every
 * function here stands alone with what this file declares (AWS, "JavaScript runtime 2.0 features for CloudFront
 * Functions"; test/edge/runtime.test.ts holds the files of this folder to it). A function has 10 KB in all.
 */

/** What is added to a key for an encoded variant. */
export type VariantSuffix = '' | '.br' | '.gz';

/**
 * Extensions whose objects always have a `.br` and a `.gz` sibling under `encodings: "negotiate"`. Always: the edge
 * cannot see what the bucket holds, so the build stores a sibling even where compressing gained nothing.
 */
export const negotiatedExtensions: readonly string[] = [
  'atom',
  'cjs',
  'css',
  'csv',
  'eot',
  'geojson',
  'htm',
  'html',
  'ico',
  'ics',
  'js',
  'json',
  'jsonld',
  'map',
  'md',
  'mjs',
  'otf',
  'rss',
  'srt',
  'svg',
  'ttf',
  'txt',
  'vtt',
  'wasm',
  'webmanifest',
  'xhtml',
  'xml',
  'yaml',
  'yml',
];

/** True when the object of this key or URL path has encoded siblings. Upper and lower case are one. */
export function isNegotiated(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 && negotiatedExtensions.includes(name.slice(dot + 1).toLowerCase());
}

/** The weight of one element's parameters; 0 when it is none (RFC 9110 12.4.2: at most three digits, 1 at most). */
function weightOf(parameters: readonly string[]): number {
  let weight = 1;
  for (let index = 1; index < parameters.length; index++) {
    const parameter = String(parameters[index]).trim().toLowerCase();
    if (!parameter.startsWith('q=')) continue;
    const value = parameter.slice(2);
    weight = /^(0(\.[0-9]{0,3})?|1(\.0{0,3})?)$/.test(value) ? Number(value) : 0;
  }
  return weight;
}

/**
 * Chooses a variant by Accept-Encoding (RFC 9110 12.5.3): the coding with the greatest weight; brotli before gzip before
 * identity among equals. A coding named twice has its lesser weight: what was refused once is not sent. `*` stands for
 * the codings that are not named; gzip is then the safer guess, because clients that say `*` rarely know brotli.
 * Identity also answers where nothing is acceptable: better than no page.
 */
export function chooseVariant(acceptEncoding: string | undefined): VariantSuffix {
  if (acceptEncoding === undefined) return '';
  let br = -1;
  let gzip = -1;
  let identity = -1;
  let any = -1;
  acceptEncoding.split(',').forEach((element) => {
    const parameters = element.split(';');
    const coding = String(parameters[0]).trim().toLowerCase();
    const weight = weightOf(parameters);
    if (coding === 'br') br = br < 0 ? weight : Math.min(br, weight);
    else if (coding === 'gzip' || coding === 'x-gzip') gzip = gzip < 0 ? weight : Math.min(gzip, weight);
    else if (coding === 'identity') identity = identity < 0 ? weight : Math.min(identity, weight);
    else if (coding === '*') any = any < 0 ? weight : Math.min(any, weight);
  });
  const named = br > 0 || gzip > 0;
  if (br < 0) br = named ? 0 : any;
  if (gzip < 0) gzip = any;
  const best = Math.max(br, gzip);
  // Identity needs no mention to be acceptable, but only a mention makes it preferred.
  if (best <= 0 || identity > best) return '';
  return br === best && (named || gzip < best) ? '.br' : '.gz';
}
