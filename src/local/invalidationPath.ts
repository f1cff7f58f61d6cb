import { decodePath } from './requestTarget.js';

/**
 * Whether an invalidation path matches an object, as CloudFront sees it: by the address after the viewer-request function
 * has chosen index document and variant, upper and lower case told apart, any query, and `*` a wildcard only at the end
 * (AWS, "What you need to know when invalidating paths"). Different escapes of one address are one.
 */
export function compileInvalidation(path: string): (key: string) => boolean {
  const isPrefix = path.endsWith('*');
  const plain = Buffer.from(isPrefix ? path.slice(0, -1) : path).toString('latin1');
  const wanted = (decodePath(plain) ?? path).slice(1);
  return isPrefix ? (key) => key.startsWith(wanted) : (key) => key === wanted;
}
