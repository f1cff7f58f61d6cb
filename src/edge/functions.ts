/**
 * The code of the CloudFront Functions, each as one self-contained text for runtime `cloudfront-js-2.0`. The local edge
 * runs the files it is made from.
 */
import type { EdgeSettings } from './event.js';
import { functionCodes } from './generated.js';

/** CloudFront's limit for the code of one function, in bytes (AWS, "Quotas on CloudFront Functions"). */
export const largestFunction = 10 * 1024;

export interface FunctionCode {
  /** The event it is for. */
  readonly event: 'viewer-request' | 'viewer-response';
  readonly runtime: 'cloudfront-js-2.0';
  readonly code: string;
  /** It must be associated with a key-value store before it can run. */
  readonly needsKeys: boolean;
}

/** Viewer request on the two asset distributions: chooses the variant. Needed where `encodings` is `negotiate`. */
export function makeAssetRequest(): FunctionCode {
  return { event: 'viewer-request', runtime: 'cloudfront-js-2.0', code: functionCodes.assetRequest, needsKeys: false };
}

/**
 * Viewer request on the pages distribution: release, maintenance, redirects, clean addresses, variant. The default root
 * object of the distribution is left empty, or `/` reaches the function as `/index.html`.
 */
export function makePageRequest(settings: EdgeSettings): FunctionCode {
  const code = withKeys(functionCodes.pageRequest, settings);
  return { event: 'viewer-request', runtime: 'cloudfront-js-2.0', code, needsKeys: true };
}

/** Viewer response on the pages distribution: headers from `_headers`, the pin cookie, `noindex` on previews. */
export function makePageResponse(settings: EdgeSettings): FunctionCode {
  const code = withKeys(functionCodes.pageResponse, settings);
  return { event: 'viewer-response', runtime: 'cloudfront-js-2.0', code, needsKeys: true };
}

/** Viewer request on a pages distribution without a key-value store: folder index and variant, nothing else. */
export function makePlainPageRequest(settings: EdgeSettings): FunctionCode {
  const code = `${functionCodes.plainPageRequest}${declare(settings)}`;
  return { event: 'viewer-request', runtime: 'cloudfront-js-2.0', code, needsKeys: false };
}

function withKeys(code: string, settings: EdgeSettings): string {
  return `import cf from 'cloudfront';${code}${declare(settings)}`;
}

function declare({ negotiate, pin, secure }: EdgeSettings): string {
  return `const settings=${JSON.stringify({ negotiate, pin, secure })};\n`;
}
