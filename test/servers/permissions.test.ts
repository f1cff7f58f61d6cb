/**
 * The policy that `cdn policy` prints, enforced by moto: with exactly its statements every command that publishes works,
 * and with any one of them taken away something fails and says which permission is missing.
 *
 * What moto 5.2.1 cannot show, and who does:
 * - Resources of CloudFront: it asks for every action on `*`, so the statement stands here with `*` in their place.
 * - The key-value store: it has none. `test/cli/cdn.test.ts` compares what a publish asks the fake for.
 * - A missing object without s3:ListBucket: AWS answers 403, moto 404. Listings it does refuse.
 * - The source of a copy: AWS wants s3:GetObject for it, moto s3:PutObject alone.
 * - The objects of a batch of deletions: it asks about their bucket, which therefore stands beside them.
 * - Signatures of listings: it forgets that a slash in the query was encoded; `startSigner` makes up for that.
 * - Policies of the bucket, of the organisation, and the trust policy of the role for GitHub.
 */
import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { createServer, request as ask, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws, type Aws } from '../../src/aws/index.js';
import { originNames, type OriginName } from '../../src/build/build.js';
import type { IamPolicy, IamStatement } from '../../src/provision/cdn/iam.js';
import { createBucket, moto, useCredentials } from './server.js';

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const server = moto();
const account = '123456789012';

/**
 * Stands before moto and signs listings once more, over what moto will see of them: it has decoded the slashes of the
 * query before it verifies the signature. `secretOf` gives the secret of an access key; undefined lets it be.
 */
async function startSigner(url: string, secretOf: (key: string) => string | undefined) {
  const proxy = createServer((request, response) => {
    const { method, headers, url: path = '' } = request;
    const authorization = path.includes('%2F') ? signAgain(request, secretOf) : headers.authorization;
    const passed = ask(new URL(url), { method, headers: { ...headers, authorization }, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void proxy.close(() => undefined) };
}

/** Signature Version 4 (AWS, "Create a signed AWS API request"). */
function signAgain(request: IncomingMessage, secretOf: (key: string) => string | undefined): string | undefined {
  const { authorization = '' } = request.headers;
  const [, key = '', scope = '', signed = ''] =
    /Credential=([^/]+)\/([^,]+), *SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const secret = secretOf(key);
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (secret === undefined || !query.includes('prefix=')) return authorization;
  const values = signed.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const payload = String(request.headers['x-amz-content-sha256']);
  const pairs = query.replaceAll('%2F', '/').split('&').sort().join('&');
  const canonical = [request.method, path, pairs, values.join(''), signed, payload].join('\n');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const hmac = (by: string | Buffer, what: string) => createHmac('sha256', by).update(what).digest();
  const derived = scope.split('/').reduce<string | Buffer>((by, part) => hmac(by, part), `AWS4${secret}`);
  return authorization.replace(/Signature=.*/, `Signature=${hmac(derived, text).toString('hex')}`);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Ran {
  readonly code: number;
  /** Of the JSON document; undefined without an error. */
  readonly error: string | undefined;
}

interface User {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

/** What moto asks about in place of what AWS does. */
function resourcesForMoto({ Action, Resource }: IamStatement): IamStatement['Resource'] {
  if (Action.some((action) => action.startsWith('cloudfront'))) return '*';
  const isBatch = Action.includes('s3:DeleteObject');
  return isBatch ? [Resource].flat().flatMap((arn) => [arn, arn.replace(/\/.*$/, '')]) : Resource;
}

/** A site with a page that the next version does not have, an image and a script. */
const site = (version: string, pages: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries<string>([
    ...['index', ...pages].map(
      (page) =>
        [
          `${page}.html`,
          `<!doctype html><title>${page} ${version}</title><img src="a.png" alt=""><script src="a.js"></script>`,
        ] as const,
    ),
    ['a.png', `picture ${version}`],
    ['a.js', `console.log("${version}")`],
  ]);

describe.skipIf(server === undefined)('the policy for publishing, enforced by moto', () => {
  const { url } = server ?? { url: '' };
  let folder: string;
  let aws: Aws;
  let signer: Awaited<ReturnType<typeof startSigner>>;
  let statements: readonly IamStatement[] = [];
  const users = new Map<string, User>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'twinorigin-policy-'));
    useCredentials(server!);
    aws = openAws({ endpointUrl: url });
    const secretOf = (key: string) =>
      [...users.values()].find(({ AWS_ACCESS_KEY_ID }) => AWS_ACCESS_KEY_ID === key)?.AWS_SECRET_ACCESS_KEY;
    signer = await startSigner(url, secretOf);
    const origins = {} as Record<OriginName, object>;
    for (const origin of originNames) {
      const bucket = await createBucket(aws);
      const distribution = await createDistribution(bucket);
      origins[origin] = { bucket, url: `https://${origin}.example.com`, distribution };
    }
    write({
      'twinorigin.config.json': JSON.stringify({ site: 'site', cacheDir: 'cache', origins, encodings: 'none' }),
    });
    const printed = await command({}, 'cdn', 'policy', '--account', account);
    statements = (JSON.parse(printed.stdout) as IamPolicy).Statement;
    await addUser('everything', statements);
    for (const { Sid } of statements)
      await addUser(
        Sid,
        statements.filter((statement) => statement.Sid !== Sid),
      );
    await enforce(true);
  });
  afterAll(async () => {
    await enforce(false);
    aws.close();
    signer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }

  function put(version: string, pages: readonly string[]): void {
    rmSync(join(folder, 'site'), { recursive: true, force: true });
    for (const [path, content] of Object.entries(site(version, pages))) write({ [`site/${path}`]: content });
  }

  async function command(env: object, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
    return promisify(execFile)(process.execPath, [main, ...args], options).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );
  }

  async function run(user: string, ...args: string[]): Promise<Ran> {
    const { code, stdout, stderr } = await command(users.get(user)!, ...args, '--json', '--endpoint-url', signer.url);
    if (stdout === '') throw new Error(`${args.join(' ')} said nothing: ${stderr}`);
    const { error } = JSON.parse(stdout) as { error?: { code: string; message: string; items: readonly string[] } };
    return { code, error: error && [`${error.code}: ${error.message}`, ...error.items].join('\n  ') };
  }

  /** moto's IAM, asked without the SDK, which has no client for it here; nothing is signed before it is enforced. */
  async function iam(Action: string, input: Record<string, string>): Promise<string> {
    const scope = 'Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0';
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `AWS4-HMAC-SHA256 ${scope}` },
      body: new URLSearchParams({ Action, Version: '2010-05-08', ...input }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${Action}: ${text}`);
    return text;
  }

  async function addUser(name: string, allowed: readonly IamStatement[]): Promise<void> {
    const UserName = `${name}-${Date.now()}`;
    await iam('CreateUser', { UserName });
    const Statement = allowed.map((statement) => ({ ...statement, Resource: resourcesForMoto(statement) }));
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam('PutUserPolicy', { UserName, PolicyName: 'publish', PolicyDocument });
    const made = await iam('CreateAccessKey', { UserName });
    const read = (element: string) => new RegExp(`<${element}>([^<]+)<`).exec(made)?.[1] ?? '';
    users.set(name, { AWS_ACCESS_KEY_ID: read('AccessKeyId'), AWS_SECRET_ACCESS_KEY: read('SecretAccessKey') });
  }

  /** From then on moto verifies signatures and looks at policies; otherwise after more requests than will ever come. */
  async function enforce(on: boolean): Promise<void> {
    await fetch(`${url}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : '1e15' });
  }

  async function createDistribution(bucket: string): Promise<string> {
    const { client, sdk } = await aws.cloudfront();
    const origin = {
      Id: 'o',
      DomainName: `${bucket}.s3.amazonaws.com`,
      S3OriginConfig: { OriginAccessIdentity: '' },
    };
    const made = await client.send(
      new sdk.CreateDistributionCommand({
        DistributionConfig: {
          CallerReference: bucket,
          Comment: '',
          Enabled: true,
          Origins: { Quantity: 1, Items: [origin] },
          DefaultCacheBehavior: { TargetOriginId: 'o', ViewerProtocolPolicy: 'redirect-to-https' },
        },
      }),
    );
    return made.Distribution!.Id!;
  }

  const all = async (user: string, version: string) => {
    const ran: [string, Ran][] = [];
    const step = async (...args: string[]) => void ran.push([args.join(' '), await run(user, ...args)]);
    put(`${version} first`, ['old', 'more', 'most', 'last']);
    await step('plan');
    await step('publish', '--no-verify');
    put(`${version} second`, ['more', 'most', 'last']);
    await step('publish', '--no-verify', '--wait-for-cdn');
    await step('publish', '--reconcile', '--no-verify');
    await step('releases');
    await step('rollback', '--no-verify');
    await step('prune', '--releases', '1', '--days', '0');
    await step('unlock');
    return ran;
  };

  it('with all of it every command works', async () => {
    const ran = await all('everything', 'allowed');
    expect(ran.filter(([, { code }]) => code !== 0)).toEqual([]);
    expect(ran).toHaveLength(8);
  });

  it('refuses strangers, or nothing here would be worth anything', async () => {
    users.set('stranger', { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
    expect((await run('stranger', 'plan')).code).toBe(1);
  });

  it.each([
    ['ListBuckets', 's3:ListBucket', ['releases']],
    ['ReadObjects', 's3:GetObject', ['plan']],
    ['WriteObjects', 's3:PutObject', ['publish', '--no-verify']],
    ['DeleteObjects', 's3:DeleteObject', ['publish', '--no-verify', '--max-deletes', '100%']],
    ['DeleteObjects', 's3:DeleteObject', ['prune', '--releases', '1', '--days', '0']],
    ['Invalidate', 'cloudfront:CreateInvalidation', ['publish', '--no-verify']],
  ])('without %s something fails, and says that %s is missing: %j', async (sid, permission, words) => {
    put(`before ${sid}`, ['more', 'most', 'last']);
    expect(await run('everything', 'publish', '--no-verify')).toMatchObject({ code: 0 });
    put(`without ${sid}`, ['more', 'most']);
    const { code, error } = await run(sid, ...words);
    expect(code).not.toBe(0);
    expect(error).toContain(permission);
    // Whatever is missing, whoever has everything puts it right.
    expect(await run('everything', 'publish', '--no-verify')).toMatchObject({ code: 0 });
  });

  it('has no statement that is not tried here', () => {
    expect(statements.map(({ Sid }) => Sid)).toEqual([
      'ListBuckets',
      'ReadObjects',
      'WriteObjects',
      'DeleteObjects',
      'Invalidate',
      'SwitchReleases',
    ]);
  });
});
