import { createHash, randomBytes } from 'node:crypto';
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { encodePath, encodeQuery, openSigner, type Header } from '../../../src/aws/lean/signature.js';

/** The keys of AWS's own examples; they open nothing. */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const time = new Date('2013-05-24T00:00:00Z');
const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const host: Header = ['host', 'examplebucket.s3.amazonaws.com'];

function signatureIn(headers: readonly string[]): string | undefined {
  return /Signature=(.*)$/.exec(headers[headers.indexOf('authorization') + 1] ?? '')?.[1];
}

describe('the examples of the S3 API Reference ("Examples: Signature calculations")', () => {
  const signer = openSigner('us-east-1');

  it('GET with a range', () => {
    const headers: Header[] = [host, ['range', 'bytes=0-9']];
    const signed = signer.sign(
      { method: 'GET', path: '/test.txt', query: '', headers, digest: empty },
      credentials,
      time,
    );
    expect(signatureIn(signed)).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  it('PUT with a storage class and a key that must be encoded', () => {
    const digest = createHash('sha256').update('Welcome to Amazon S3.').digest('hex');
    const headers: Header[] = [
      host,
      ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
      ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ];
    const path = `/${encodePath('test$file.text')}`;
    const signed = signer.sign({ method: 'PUT', path, query: '', headers, digest }, credentials, time);
    expect(signatureIn(signed)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });

  it('GET of a listing', () => {
    const query = 'max-keys=2&prefix=J';
    const signed = signer.sign({ method: 'GET', path: '/', query, headers: [host], digest: empty }, credentials, time);
    expect(signatureIn(signed)).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
  });
});

it('signs as the SDK does, whatever the key and the headers are', async () => {
  for (const token of [undefined, 'a-session/token+=']) {
    const own = { ...credentials, ...(token === undefined ? {} : { sessionToken: token }) };
    const signer = openSigner('eu-central-1');
    for (const key of [
      'plain.txt',
      "a b/ü~(1)!*'.txt",
      'x'.repeat(300),
      '%20+&?=#',
      `${randomBytes(8).toString('hex')}/index.html`,
    ]) {
      let sent: { path: string; headers: Record<string, string> } | undefined;
      const client = new S3Client({
        region: 'eu-central-1',
        endpoint: 'http://127.0.0.1:1',
        forcePathStyle: true,
        credentials: own,
        requestHandler: {
          handle: (request: { path: string; headers: Record<string, string> }) => {
            sent = request;
            return Promise.reject(Object.assign(new Error('enough'), { name: 'Enough' }));
          },
        },
        maxAttempts: 1,
      });
      const input = {
        Bucket: 'bucket',
        Key: key,
        Body: 'text',
        CacheControl: 'max-age=60',
        ContentType: 'text/plain',
        Metadata: { 'twinorigin-recipe': 'br-11-1' },
      };
      await client.send(new PutObjectCommand(input)).catch(() => undefined);
      const authorization = sent!.headers.authorization ?? '';
      const names = /SignedHeaders=([^,]*)/.exec(authorization)![1]!.split(';');
      const digest = sent!.headers['x-amz-content-sha256']!;
      const headers = names
        .filter((name) => !['x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'].includes(name))
        .map((name): Header => [name, sent!.headers[name] ?? '127.0.0.1:1']);
      const stamp = sent!.headers['x-amz-date']!;
      const when = new Date(stamp.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
      expect(`/bucket/${encodePath(key)}`).toBe(sent!.path);
      const signed = signer.sign(
        { method: 'PUT', path: sent!.path, query: 'x-id=PutObject', headers, digest },
        own,
        when,
      );
      expect(signed[signed.indexOf('authorization') + 1]).toBe(authorization);
    }
  }
});

it('makes another key for another day, secret and region', () => {
  const signer = openSigner('us-east-1');
  const request = { method: 'GET', path: '/', query: '', headers: [host], digest: empty };
  const first = signatureIn(signer.sign(request, credentials, time));
  const other = { ...credentials, secretAccessKey: 'another' };
  const nextDay = new Date('2013-05-25T00:00:00Z');
  const signatures = [
    first,
    signatureIn(signer.sign(request, other, time)),
    signatureIn(signer.sign(request, credentials, nextDay)),
    signatureIn(openSigner('eu-west-1').sign(request, credentials, time)),
  ];
  expect(new Set(signatures).size).toBe(4);
  expect(signatureIn(signer.sign(request, credentials, time))).toBe(first);
});

it('encodes every byte but the unreserved ones', () => {
  expect(encodePath("a/b c+ü~!'()*")).toBe('a/b%20c%2B%C3%BC~%21%27%28%29%2A');
  expect(encodeQuery('a/b=')).toBe('a%2Fb%3D');
});
