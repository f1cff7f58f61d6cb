/** Redirects as a CloudFront function for viewer requests (runtime cloudfront-js-2.0). */
import { encodedFrom, sortRedirects, type Redirect } from './redirect.js';

/** "Maximum size of a function: 10 KB" (CloudFront quotas). */
const largestFunction = 10 * 1024;

/** The code; `fits` is false when CloudFront would refuse it, and the table belongs into a key value store. */
export function writeCloudFrontFunction(redirects: Iterable<Redirect>): {
  readonly code: string;
  readonly fits: boolean;
} {
  const table: Record<string, [number, string]> = {};
  for (const redirect of sortRedirects(redirects)) {
    const { query, status, to } = redirect;
    table[query === undefined ? encodedFrom(redirect) : `${encodedFrom(redirect)}?${query}`] = [status, to];
  }
  // Line by line; `__proto__` as a name in a literal would set the prototype, JSON.parse makes it a plain name.
  const rows = Object.entries(table).map(([from, target]) => `  ${JSON.stringify(from)}: ${JSON.stringify(target)}`);
  const code = `const table = new Map(Object.entries(JSON.parse(${JSON.stringify(`{\n${rows.join(',\n')}\n}`)})));

function handler(event) {
  const request = event.request;
  const path = normalise(request.uri);
  const query = Object.keys(request.querystring)
    .map((name) => {
      const { value, multiValue } = request.querystring[name];
      return (multiValue || [{ value }]).map((one) => (one.value === '' ? name : name + '=' + one.value)).join('&');
    })
    .join('&');
  const found = table.get(path + '?' + query) || table.get(path);
  if (!found) return request;
  return { statusCode: found[0], statusDescription: 'Moved', headers: { location: { value: found[1] } } };
}

function normalise(uri) {
  try {
    return uri.split('/').map((part) => encode(decodeURIComponent(part))).join('/');
  } catch (error) {
    return uri;
  }
}

function encode(part) {
  return encodeURIComponent(part).replace(/[!'()*~]/g, (one) => '%' + one.charCodeAt(0).toString(16).toUpperCase());
}
`;
  return { code, fits: Buffer.byteLength(code) <= largestFunction };
}
