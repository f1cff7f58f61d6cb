import crypto from 'node:crypto';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerAssetRequest } from '../../src/edge/assets.js';
import type { EdgeRequest, EdgeResponse } from '../../src/edge/event.js';
import {
  makeAssetRequest,
  makePageRequest,
  makePageResponse,
  makePlainPageRequest,
  type FunctionCode,
} from '../../src/edge/functions.js';
import { secretKey } from '../../src/edge/live.js';
import { answerPageRequest } from '../../src/edge/pages.js';
import { finishPageResponse } from '../../src/edge/pagesResponse.js';
import { signRelease } from '../../src/edge/sign.js';
import { keysOf } from './releaseKeys.js';

const settings = { negotiate: true, pin: true, secure: true };
const keys = keysOf(['index.html', 'about.html', 'docs/index.html', 'a.css'], {
  urls: 'auto',
  redirects: '/old /about\n/blog/:post/* https://blog.example/:post/:splat 302\n/* /index.html 200',
  headers: '/*\n  X-A: 1\n/docs/*\n  X-B: :splat\n',
  folder: '/releases/r1',
});
keys.entries.set(secretKey, 'secret');
keys.entries.set('preview:draft', keys.entries.get('live')!);

type Handler = (event: object) => Promise<unknown>;

/** Runs the text as CloudFront does: with the two modules it may import, and nothing of ours. */
function load({ code }: FunctionCode): Handler {
  const script = code.replaceAll(/import (\w+) from ?['"](\w+)['"];?/g, 'const $1 = modules.$2;');
  return runInNewContext(`(function () { ${script}; return handler; })()`, {
    modules: { crypto, cloudfront: { kvs: () => keys } },
  }) as Handler;
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

const segment = fc.constantFrom(
  'docs',
  'about',
  'old',
  'blog',
  'index.html',
  'about.html',
  'a.css',
  '',
  '%C3%BC',
  '..',
  '%2F',
  '.twinorigin',
  '%5C',
  'evil.example',
);
const request: fc.Arbitrary<EdgeRequest> = fc.record({
  method: fc.constant('GET'),
  uri: fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
  querystring: fc.constantFrom<EdgeRequest['querystring']>(
    {},
    { a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] } },
    { twinorigin: { value: `r1.${signRelease('secret', 'r1')}` }, b: { value: '' } },
    { twinorigin: { value: 'r1.wrong' } },
  ),
  headers: fc.record({
    'host': fc
      .constantFrom('www.example.com', 'draft--www.example.com', 'none--www.example.com')
      .map((value) => ({ value })),
    'accept-encoding': fc.constantFrom('', 'br', 'gzip, br;q=0.5', 'identity').map((value) => ({ value })),
  }),
  cookies: fc.constantFrom<EdgeRequest['cookies']>({}, { twinorigin: { value: `r2.${signRelease('secret', 'r2')}` } }),
});
const copyOf = (one: EdgeRequest) => structuredClone(one);

describe('the texts for CloudFront and the files of the local edge', () => {
  it('answer every request for a page alike', async () => {
    const handler = load(makePageRequest(settings));
    let redirects = 0;
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        const here = await answerPageRequest(copyOf(one), settings, keys, signRelease);
        expect(plain(await handler({ request: copyOf(one) }))).toEqual(plain(here));
        if ('statusCode' in here && here.statusCode < 400) {
          redirects++;
          expect(here.headers.location!.value).toMatch(/^(\/(?![/\\])|https:\/\/blog\.example\/)/);
        }
      }),
      { numRuns: 400 },
    );
    expect(redirects).toBeGreaterThan(0);
  });

  it('finish every answer alike', async () => {
    const handler = load(makePageResponse(settings));
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        const decided = await answerPageRequest(copyOf(one), settings, keys, signRelease);
        if ('statusCode' in decided) return;
        const response = (): EdgeResponse => ({ statusCode: 200, headers: { 'content-type': { value: 'text/html' } } });
        const here = await finishPageResponse(copyOf(decided), response(), settings, keys, signRelease);
        expect(plain(await handler({ request: copyOf(decided), response: response() }))).toEqual(plain(here));
        expect(here.headers['x-a']).toEqual({ value: '1' });
        expect(here.cookies?.twinorigin?.attributes).toBe('Path=/; HttpOnly; SameSite=Lax; Secure');
      }),
      { numRuns: 100 },
    );
  });

  it('choose variants of assets alike', () => {
    const handler = load(makeAssetRequest()) as unknown as (event: object) => EdgeRequest;
    const ask = (uri: string, accepted?: string): EdgeRequest => ({
      method: 'GET',
      uri,
      querystring: {},
      headers: accepted === undefined ? {} : { 'accept-encoding': { value: accepted } },
      cookies: {},
    });
    for (const [uri, accepted] of [
      ['/a.css', 'gzip, br'],
      ['/a.css', undefined],
      ['/a.png', 'br'],
      ['/a.js', 'gzip'],
    ] as const)
      expect(plain(handler({ request: ask(uri, accepted) }))).toEqual(plain(answerAssetRequest(ask(uri, accepted))));
    expect(handler({ request: ask('/a.css', 'gzip, br') }).uri).toBe('/a.css.br');
    const page = load(makePlainPageRequest(settings)) as unknown as (event: object) => EdgeRequest;
    expect(page({ request: ask('/docs/', 'br') }).uri).toBe('/docs/index.html.br');
  });
});
