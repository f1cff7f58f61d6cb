import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CleanUrls } from '../../src/edge/event.js';
import { readRules } from '../../src/site/rules/readRules.js';
import { writeServerRules, type WebServerKind } from '../../src/webserver/index.js';
import { edgeOf, type TestEdge } from '../local/edgeOf.js';
import { keysOf } from '../edge/releaseKeys.js';
import { openApache } from './apache.js';
import { openNginx } from './nginx.js';
import * as site from './serverRules.js';

interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const folders: string[] = [];
const servers: Server[] = [];
const edges: TestEdge[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
  for (const edge of edges) await edge.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const { rules, problems } = readRules(
  new Map([
    ['_redirects', site.redirects],
    ['_headers', site.headers],
  ]),
);

async function openServer(kind: WebServerKind, urls: CleanUrls): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `twinorigin-${kind}-`));
  chmodSync(folder, 0o755); // Apache's processes are somebody else.
  folders.push(folder);
  const server = await (kind === 'nginx' ? openNginx(folder) : openApache(folder));
  const mount = join(folder, 'site');
  const release = join(mount, 'releases/1');
  const served = site.files.map(([path, contentType]) => ({
    path,
    contentType,
    cacheControl: site.cacheControlOf(path),
  }));
  const written = writeServerRules(kind, { urls, ...rules, missingPage: '404.html', files: served }, mount);
  const all = [...site.listStored(), ...written.map(({ path, text }) => ({ name: path, body: text }))];
  for (const { name, body } of all) {
    mkdirSync(dirname(join(release, name)), { recursive: true });
    writeFileSync(join(release, name), body);
  }
  symlinkSync('releases/1', join(mount, 'current'));
  if (kind === 'nginx') {
    const generation = written.find(({ path }) => path.endsWith('generation'))!.text.trim();
    mkdirSync(join(mount, 'rules', generation));
    for (const { path, text } of written)
      writeFileSync(join(mount, 'rules', generation, path.split('/').at(-1)!), text);
    symlinkSync('../../releases/1', join(mount, 'rules', generation, 'site'));
    rmSync(join(mount, 'live'));
    symlinkSync(`rules/${generation}`, join(mount, 'live'));
  }
  await server.start();
  servers.push(server);
  return server.url;
}

async function openEdge(urls: CleanUrls): Promise<string> {
  const keys = keysOf(site.paths, { urls, redirects: site.redirects, headers: site.headers });
  const edge = await edgeOf({ keys, negotiate: true });
  for (const { name, path, body, type, encoding } of site.listStored())
    await edge.put('pages', name, body, {
      contentType: type,
      cacheControl: site.cacheControlOf(path),
      ...(encoding !== undefined && { contentEncoding: encoding }),
    });
  edges.push(edge);
  return `http://127.0.0.1:${edge.edge.port}`;
}

/** What a visitor notices of an answer, in a few lines. */
function ask(url: string, address: string, accept?: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const host = `www.localhost:${port}`;
  return new Promise((resolve, reject) => {
    const headers = { host, ...(accept !== undefined && { 'accept-encoding': accept }) };
    request({ hostname, port, path: address, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const { statusCode = 0, headers: got } = response;
        const coding = got['content-encoding'];
        const body = Buffer.concat(parts);
        const plain = coding === 'br' ? brotliDecompressSync(body) : coding === 'gzip' ? gunzipSync(body) : body;
        const own = Object.entries(got)
          .filter(([name]) => name.startsWith('x-') && !/^x-(cache|content-type-options)$/.test(name))
          .concat(Object.entries(got).filter(([name]) => name === 'link'))
          .map(([name, value]) => `${name}: ${String(value)}`)
          .sort();
        const location = got.location === undefined ? '' : ` -> ${tidy(got.location).replace(`http://${host}/`, '/')}`;
        const isFile = statusCode < 300 || statusCode === 404;
        resolve(
          [
            `${statusCode}${location}`,
            ...(isFile ? [/^<p>(\S+)/.exec(plain.toString())?.[1] ?? '', got['content-type'], coding ?? ''] : []),
            ...(isFile && coding !== undefined ? [got.vary] : []),
            got['cache-control'],
            ...own,
          ].join(' | '),
        );
      });
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Which characters are written as escapes is the server's business. */
function tidy(location: string): string {
  return decodeURI(location);
}

describe('the rules of a site', () => {
  it('that the table is about can be read', () => {
    expect(problems).toEqual([]);
  });

  describe.each<CleanUrls>(['none', 'auto', 'drop', 'force'])('with clean addresses %s', (urls) => {
    let edge: string;
    beforeAll(async () => {
      edge = await openEdge(urls);
    });

    it.each<WebServerKind>(['nginx', 'apache'])('are followed by %s as by the edge', async (kind) => {
      const url = await openServer(kind, urls);
      const differences: string[] = [];
      for (const address of site.addresses)
        for (const accept of [undefined, 'gzip, deflate, br', 'gzip;q=0.5, br;q=0']) {
          const [wanted, found] = [await ask(edge, address, accept), await ask(url, address, accept)];
          if (found !== wanted)
            differences.push(`${address} (${accept ?? ''})\n   edge ${wanted}\n   ${kind} ${found}`);
        }
      expect(differences).toEqual([]);
      for (const address of site.refused)
        for (const server of [edge, url]) expect(await ask(server, address), address).toMatch(/^4\d\d/);
    });
  });
});
