import { decodePath } from './requestTarget.js';

/**
 * Whether an invalidation path matches an object, as CloudFront sees it: by the address after the viewer-request function
 * has chosen index document and variant, upper and lower case told apart, any query, and `*` a wildcard only at the end
 * (AWS, "What you need to know when invalidating paths"). Different escapes of one address are one.
 * What begins with `#` is a tag: it matches what was stored with it.
 */
export function compileInvalidation(path: string): (key: string, tags?: string) => boolean {
  // Tags know no case (AWS, "Invalidating content by cache tags").
  if (path.startsWith('#')) {
    const tag = path.slice(1).toLowerCase();
    return (_, tags = '') =>
      tags
        .toLowerCase()
        .split(',')
        .some((one) => one.trim() === tag);
  }
  const isPrefix = path.endsWith('*');
  const plain = Buffer.from(isPrefix ? path.slice(0, -1) : path).toString('latin1');
  const wanted = (decodePath(plain) ?? path).slice(1);
  return isPrefix ? (key) => key.startsWith(wanted) : (key) => key === wanted;
}
