/**
 * Signature Version 4 in the `Authorization` header (IAM User Guide, "Create a signed AWS API request"), for S3: every
 * segment of the path is encoded once, the body's digest is known. A few microseconds, because the key that is derived
 * from secret, day and region is kept, and each request takes one hash and one HMAC more.
 */
import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Name in lower case, and value without leading, trailing or repeated spaces. */
export type Header = readonly [name: string, value: string];

interface Signable {
  readonly method: string;
  /** As it is sent: percent-encoded. */
  readonly path: string;
  /** As it is sent: names and values encoded, in order of names; '' for none. */
  readonly query: string;
  readonly headers: readonly Header[];
  /** SHA-256 of the body in hex. */
  readonly digest: string;
}

export interface Signer {
  /** @returns all headers to be sent, as the flat list that undici takes. `host` must be among those given. */
  sign(request: Signable, credentials: Credentials, time: Date): string[];
}

/** @param service `s3`; part of the signature's scope. */
export function openSigner(region: string, service = 's3'): Signer {
  let derived: { readonly secret: string; readonly day: string; readonly key: Buffer } | undefined;
  let second = -1;
  let stamp = '';

  function deriveKey(secret: string, day: string): Buffer {
    if (derived?.secret === secret && derived.day === day) return derived.key;
    const parts = [day, region, service, 'aws4_request'];
    const key = parts.reduce<Buffer>((above, part) => hmac(above, part).digest(), Buffer.from(`AWS4${secret}`));
    derived = { secret, day, key };
    return key;
  }

  return {
    sign({ method, path, query, headers, digest }, credentials, time) {
      const now = Math.floor(time.getTime() / 1000);
      if (now !== second) {
        second = now;
        stamp = time.toISOString().replace(/[-:]|\.\d+/g, '');
      }
      const day = stamp.slice(0, 8);
      const signed: Header[] = [...headers, ['x-amz-content-sha256', digest], ['x-amz-date', stamp]];
      if (credentials.sessionToken !== undefined) signed.push(['x-amz-security-token', credentials.sessionToken]);
      sortByName(signed);
      let names = '';
      let lines = '';
      const flat: string[] = [];
      for (const [name, value] of signed) {
        names += names === '' ? name : `;${name}`;
        lines += `${name}:${value}\n`;
        flat.push(name, value);
      }
      const scope = `${day}/${region}/${service}/aws4_request`;
      const canonical = hash('sha256', `${method}\n${path}\n${query}\n${lines}\n${names}\n${digest}`, 'hex');
      const signature = hmac(
        deriveKey(credentials.secretAccessKey, day),
        `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${canonical}`,
      ).digest('hex');
      flat.push(
        'authorization',
        `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
      );
      return flat;
    },
  };
}

/** A key as the path of a URL: every byte but the unreserved ones is encoded, slashes stay ("UriEncode" of the guide). */
export function encodePath(key: string): string {
  return /^[A-Za-z0-9._~/-]*$/.test(key) ? key : encodeURIComponent(key).replace(/%2F|[!'()*]/g, encodeRest);
}

/** A value of a query: slashes are encoded too. */
export function encodeQuery(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, encodeRest);
}

function encodeRest(found: string): string {
  return found === '%2F' ? '/' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`;
}

function hmac(key: Buffer, text: string) {
  return createHmac('sha256', key).update(text);
}

/** By insertion: there are few, and nearly all of them come in order. */
function sortByName(headers: Header[]): void {
  for (let next = 1; next < headers.length; next++) {
    const header = headers[next]!;
    let at = next;
    for (; at > 0 && headers[at - 1]![0] > header[0]; at--) headers[at] = headers[at - 1]!;
    headers[at] = header;
  }
}
