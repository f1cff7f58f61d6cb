import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchAddress } from '../../src/local/fetch.js';

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(301, { location: '/' }).end();
    else if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('text'));
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': 100 });
      response.write('part', () => response.destroy());
    } else response.writeHead(200, { 'X-Upper': 'Yes', 'set-cookie': ['a', 'b'] }).end(JSON.stringify(request.headers));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('fetching an address', () => {
  it.each(['127.0.0.1', 'localhost', 'images.localhost', 'deep.er.localhost', 'www.localhost.'])(
    'reaches this machine as %s, whatever the resolver knows',
    async (host) => {
      const { status, headers, body } = await fetchAddress(`http://${host}:${port}/a?b`, { origin: 'http://x' });
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'x-upper': 'Yes', 'set-cookie': 'a, b' });
      expect(JSON.parse(body.toString())).toMatchObject({ host: `${host}:${port}`, origin: 'http://x' });
    },
  );

  it('asks for no encoding unless told to, and decodes none', async () => {
    const plain = await fetchAddress(`http://localhost:${port}/`, {});
    expect(JSON.parse(plain.body.toString())).not.toHaveProperty('accept-encoding');
    const { headers, body } = await fetchAddress(`http://localhost:${port}/gzip`, { 'accept-encoding': 'gzip' });
    expect([headers['content-encoding'], body.equals(gzipSync('text'))]).toEqual(['gzip', true]);
  });

  it('follows no redirect', async () => {
    const { status, headers } = await fetchAddress(`http://localhost:${port}/moved`, {});
    expect([status, headers.location]).toEqual([301, '/']);
  });

  it('asks once more when a connection kept from before is closed at that moment, and only then', async () => {
    let requests = 0;
    const closing = createServer((request, response) => {
      // Every second request of a connection finds it closed.
      if (++requests % 2 === 0 || requests > 5) request.socket.resetAndDestroy();
      else response.end('here');
    });
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const url = `http://localhost:${(closing.address() as AddressInfo).port}/`;
    for (let count = 0; count < 3; count++) expect((await fetchAddress(url, {})).body.toString()).toBe('here');
    expect(requests).toBe(5);
    // The kept one first, then a new one.
    await expect(fetchAddress(url, {})).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(7);
    closing.close();
    closing.closeAllConnections();
  });

  it('throws when nobody answers, the body is cut short, or the address is none', async () => {
    const closed = createTcpServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    await expect(fetchAddress(`http://localhost:${free}/`, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(fetchAddress(`http://localhost:${port}/cut`, {})).rejects.toThrow();
    await expect(fetchAddress('file:///etc/passwd', {})).rejects.toThrow('not an http');
    await expect(fetchAddress('no address', {})).rejects.toThrow();
  });

  it('takes no proxy, and does not keep the process alive', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'twinorigin-fetch-'));
    const outfile = join(folder, 'program.mjs');
    const from = JSON.stringify(fileURLToPath(new URL('../../src/local/fetch.ts', import.meta.url)));
    await build({
      stdin: {
        contents: `import { fetchAddress } from ${from};
          const { status } = await fetchAddress(process.argv[2], {}); process.stdout.write(String(status));`,
        resolveDir: folder,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const env = { ...process.env, http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
    const child = spawn(process.execPath, [outfile, `http://www.localhost:${port}/`], { env });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const ended = await new Promise<[number | null, number]>((resolve) => {
      child.stdout.once('data', () => {
        const answered = Date.now();
        child.on('exit', (code) => resolve([code, Date.now() - answered]));
      });
    });
    expect([ended[0], printed]).toEqual([0, '200']);
    // The server would keep the connection for five seconds.
    expect(ended[1]).toBeLessThan(3_000);
    await rm(folder, { recursive: true });
  });
});
