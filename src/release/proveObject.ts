/** Whether an answer of the CDN is what visitors are meant to get. */
import { digestOf } from '../site/names.js';
import { decodeBody } from './decodeBody.js';
import type { Fetched } from './ports.js';
import type { RecordedObject } from './release.js';

export interface Expectations {
  /** Content encodings that are right; undefined stands for none. Without it, what the object's headers say. */
  readonly encodings?: readonly (string | undefined)[];
  /** Used by pages of another origin. */
  readonly cors: boolean;
}

type Proven = Pick<RecordedObject, 'digest' | 'headers'>;

/** What is wrong with an answer, in a few words each; empty when all is right. */
export async function findFaults(
  { digest, headers: stored }: Proven,
  { status, headers, body }: Fetched,
  { encodings, cors }: Expectations,
): Promise<string[]> {
  if (status !== 200) return [`status ${status} instead of 200`];
  const faults: string[] = [];
  const expect = (name: string, wanted: string) => {
    const found = headers[name];
    if (found?.toLowerCase() !== wanted.toLowerCase())
      faults.push(`${name} is ${found ?? 'missing'} instead of ${wanted}`);
  };
  expect('content-type', stored.contentType);
  expect('cache-control', stored.cacheControl);
  const encoding = headers['content-encoding'];
  if (encodings === undefined) {
    if (stored.contentEncoding !== undefined) expect('content-encoding', stored.contentEncoding);
  } else if (!encodings.includes(encoding))
    faults.push(`content-encoding is ${encoding ?? 'missing'} instead of ${encodings[0] ?? 'none'}`);
  // Fonts, modules and everything with integrity fail without it, and a cached copy without it fails later.
  if (cors && headers['access-control-allow-origin'] === undefined)
    faults.push('access-control-allow-origin is missing (the distribution needs a response headers policy with CORS)');
  const content = await decodeBody(body, encoding);
  if (content === undefined) faults.push(`content-encoding ${encoding ?? ''} does not fit the body`);
  else if (digestOf(content) !== digest) faults.push('the content is not what was uploaded');
  return faults;
}
