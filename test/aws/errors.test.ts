import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAws, openS3Store } from '../../src/aws/index.js';
import { toPublishError } from '../../src/aws/errors.js';
import { maskSecrets } from '../../src/aws/mask.js';
import { objectKey } from '../../src/build/keys.js';
import { PublishError } from '../../src/errors.js';
import { S3Error } from '../fakes/fakeS3.js';
import { errorOf, openBench, putOf } from './bench.js';
import { withCredentials } from './credentials.js';

withCredentials();

const asked = { action: 's3:PutObject', resource: 's3://bucket/a' };

/** What the store says when the server answers a PUT like this. */
async function answerTo(
  status: number,
  code: string,
  message = code,
  headers: Record<string, string> = {},
): Promise<Error> {
  const { fake, store } = await openBench({ aws: { attempts: 1 } });
  fake.before = () => {
    throw new S3Error(status, code, message, headers);
  };
  return errorOf(store.put(putOf('a', 'text')));
}

describe('an answer of the service', () => {
  it.each([
    [404, 'NoSuchBucket', 'bucket-missing'],
    [400, 'ExpiredToken', 'expired-credentials'],
    [403, 'InvalidAccessKeyId', 'access-denied'],
    [403, 'SignatureDoesNotMatch', 'access-denied'],
    [403, 'AccessDenied', 'access-denied'],
    [301, 'PermanentRedirect', 'wrong-region'],
    [503, 'SlowDown', 'store-failed'],
    [500, 'InternalError', 'store-failed'],
    [400, 'EntityTooLarge', 'store-failed'],
  ] as const)('%i %s is the error %s', async (status, code, expected) => {
    const error = await answerTo(status, code);
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: expected });
  });

  it('names the action and the resource that access is denied to, in the words of AWS, without the account', async () => {
    const words =
      'User: arn:aws:sts::123456789012:assumed-role/publisher/ci is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::bucket/a" because no identity-based policy allows the s3:PutObject action';
    const error = await answerTo(403, 'AccessDenied', words);
    expect(error.message).toMatch(
      /^s3:PutObject on s3:\/\/bucket\/a is not allowed at 127\.0\.0\.1:\d+: User: arn:aws:sts::\*{12}:/,
    );
  });

  it('says how to let a missing object be told from a forbidden one', async () => {
    const { store } = await openBench({ deviations: { hideMissing: true } });
    for (const read of [store.get, store.head]) {
      const error = await errorOf(read(objectKey('a')));
      expect(error).toMatchObject({ code: 'access-denied' });
      expect(error).toHaveProperty('hint', expect.stringContaining('s3:ListBucket'));
    }
  });

  it('names the region that the bucket is in', async () => {
    const { fake, store } = await openBench();
    fake.buckets.set('bucket', { ...fake.bucket('bucket'), region: 'eu-central-1' });
    const requests = [
      () => store.put(putOf('a', 'a')),
      () => store.get(objectKey('a')),
      () => store.head(objectKey('a')),
    ];
    for (const request of requests) {
      const error = await errorOf(request());
      expect(error).toMatchObject({ code: 'wrong-region' });
      expect(error.message).toContain('eu-central-1');
      expect(error).toHaveProperty('hint', expect.stringContaining('--region eu-central-1'));
    }
  });

  it('shows how wrong the clock is when it stays wrong', async () => {
    const hour = 60 * 60_000;
    const later = new Date(Date.now() + hour).toUTCString();
    const error = await answerTo(403, 'RequestTimeTooSkewed', 'too large', { date: later });
    expect(error).toMatchObject({ code: 'clock-skew' });
    expect(error.message).toMatch(/this machine is (59\.9|60\.0) minutes behind it/);
  });

  it('is overcome when only the clock was wrong: the SDK signs with the time of the server', async () => {
    const { fake, store } = await openBench();
    fake.clockOffset = -60 * 60_000;
    await store.put(putOf('a', 'text'));
    expect(fake.bucket('bucket').objects.has('a')).toBe(true);
  });

  it('that is no S3 is recognised as such', async () => {
    const { fake, store } = await openBench({ aws: { attempts: 1 } });
    fake.before = () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><p>Hello <br> there',
    });
    const listing = store.list('')[Symbol.asyncIterator]().next();
    expect(await errorOf(listing)).toMatchObject({ code: 'unreachable' });
  });
});

describe('an endpoint', () => {
  async function putTo(endpointUrl: string): Promise<Error> {
    const aws = openAws({ endpointUrl, attempts: 2, timeouts: { connect: 2000 } });
    try {
      return await errorOf(openS3Store({ bucket: 'bucket', aws }).put(putOf('a', 'text')));
    } finally {
      aws.close();
    }
  }

  it('where nobody listens is named', async () => {
    const error = await putTo('http://127.0.0.1:9');
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error.message).toMatch(/^127\.0\.0\.1:9 does not answer.*ECONNREFUSED.*after 2 attempts/);
  });

  it('whose name does not exist is named', async () => {
    const error = await putTo('http://no-such-host.invalid');
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error.message).toMatch(/^The name of no-such-host\.invalid cannot be resolved/);
  });

  it('without TLS behind an https address is told apart', async () => {
    const { fake } = await openBench();
    const error = await putTo(fake.url.replace('http:', 'https:'));
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error).toHaveProperty('hint', expect.stringContaining('http://'));
  });

  it('that is no address is wrong usage', async () => {
    expect(await putTo('nonsense')).toMatchObject({ code: 'usage' });
  });
});

describe('credentials', () => {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];
  let before: (string | undefined)[] = [];
  beforeEach(() => {
    before = names.map((name) => process.env[name]);
  });
  afterEach(() => {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    }
  });

  it('that are nowhere are asked for', async () => {
    for (const name of names) Reflect.deleteProperty(process.env, name);
    const { fake, store } = await openBench();
    expect(await errorOf(store.put(putOf('a', 'text')))).toMatchObject({ code: 'no-credentials' });
    expect(fake.count()).toBe(0);
  });

  it('of a profile that does not exist are asked for by its name', async () => {
    for (const name of names) Reflect.deleteProperty(process.env, name);
    const { store } = await openBench({ aws: { profile: 'nobody' } });
    const error = await errorOf(store.put(putOf('a', 'text')));
    expect(error).toMatchObject({ code: 'no-credentials' });
    expect(error.message).toContain('nobody');
  });

  it('never stand in an error, nor in what caused it', async () => {
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-test',
      AWS_SESSION_TOKEN: 'token-of-the-test',
    });
    const { fake, store } = await openBench({ aws: { attempts: 1 } });
    for (const status of [400, 403, 500]) {
      fake.before = ({ headers }) => {
        expect(headers['x-amz-security-token']).toBe('token-of-the-test');
        throw new S3Error(status, 'Odd', 'the key AKIAIOSFODNN7EXAMPLE of account 123456789012');
      };
      const error = await errorOf(store.put(putOf('a', 'text')));
      const printed = inspect(error, { depth: 10, showHidden: true });
      expect(printed).not.toMatch(/AKIAIOSFODNN7EXAMPLE|secret-of-the-test|token-of-the-test|123456789012|Signature=/);
    }
  });
});

describe('the table', () => {
  it('leaves our own errors and bugs as they are', () => {
    const own = new PublishError('site-changed', 'changed');
    const bug = new TypeError('undefined is not a function');
    expect(toPublishError(own, asked)).toBe(own);
    expect(toPublishError(bug, asked)).toBe(bug);
  });

  it('tells an expired SSO session from missing credentials', () => {
    const error = Object.assign(new Error('The SSO session associated with this profile has expired.'), {
      name: 'CredentialsProviderError',
    });
    expect(toPublishError(error, asked)).toMatchObject({ code: 'expired-credentials' });
  });

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['EHOSTUNREACH', 'unreachable'],
    ['EAI_AGAIN', 'unreachable'],
  ])('%s is the error %s', (code, expected) => {
    expect(toPublishError(Object.assign(new Error(code), { code }), asked)).toMatchObject({ code: expected });
  });
});

describe('masking', () => {
  it.each([
    ['arn:aws:iam::123456789012:role/publisher', 'arn:aws:iam::************:role/publisher'],
    ['key ASIAQWERTYUIOPASDFGH is unknown', 'key ASIA************ is unknown'],
    ['https://user:pass@s3.example.com/', 'https://***@s3.example.com/'],
    ['?X-Amz-Signature=0123abcd&x=1', '?X-Amz-Signature=***&x=1'],
    ['AWS4-HMAC-SHA256 Credential=x, Signature=0123abcd', 'AWS4-HMAC-SHA256 Credential=x, Signature=***'],
    ['photo-20261123-1234.jpg of 1234567890123 bytes', 'photo-20261123-1234.jpg of 1234567890123 bytes'],
  ])('turns %s into %s', (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });
});
