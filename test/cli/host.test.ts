import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeCloud, type FakeCloud } from '../fakes/cloud/fakeCloud.js';
import { aliveOf, countThings } from '../fakes/cloud/host.js';
import { makeFolder, run, type Folder, type Result } from './command.js';

let fake: FakeCloud;
let site: Server;
let folder: Folder;
/** What the web server on every machine answers. */
let health = 200;

beforeAll(async () => {
  fake = await startFakeCloud();
  for (const name of Object.keys(fake.state.timing)) fake.state.timing[name as keyof typeof fake.state.timing] = 0;
  fake.state.now = Date.now();
  fake.state.address = '127.0.0.1';
  site = createServer((_, response) => response.writeHead(health).end('ok'));
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  folder = makeFolder();
  const { port } = site.address() as AddressInfo;
  folder.write({
    'twinorigin.config.json': JSON.stringify({
      host: { name: 'shop', health: { port, failures: 2, seconds: 1 }, alarms: {} },
    }),
  });
});
afterAll(async () => {
  site.close();
  folder.remove();
  await fake.close();
});

const host = (...args: readonly string[]): Promise<Result> =>
  run(['host', ...args, '--endpoint-url', fake.url], {
    cwd: folder.path,
    env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
  });

describe('twinorigin host', () => {
  it('plans with a price, sets up, does nothing the second time, tells how it is, replaces, and goes', async () => {
    const plan = await host('plan', '--exit-code');
    expect(plan.code).toBe(5);
    expect(plan.stdout).toMatch(/server shop-1 .*not there yet/);
    expect(plan.stdout).toMatch(/Price .*a month fixed.*t4g\.small \$12\.26/);
    expect(countThings(fake)).toMatchObject({ servers: 0, volumes: 0, firewalls: 0 });

    const up = await host('up');
    expect(up.stderr).toMatch(/server shop-1: created/);
    expect(up.code).toBe(0);
    expect(countThings(fake)).toMatchObject({ servers: 1, volumes: 1, addresses: 1, firewalls: 1, alarms: 3 });

    const again = await host('up', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: { create: 0, update: 0, remove: 0, wait: 0 } });

    const status = await host('status');
    expect(status.stdout).toMatch(/✓ shop-1 answers +127\.0\.0\.1: HTTP 200/);
    expect(status.stdout).toMatch(/CPU, last 24 hours {2}[·▁▂▃▄▅▆▇█]{24} {2}at most \d+ %/);
    expect(status.stdout).toMatch(/1 cpu +no data yet/);

    const [old] = aliveOf(fake);
    const dry = await host('replace', '--dry-run');
    expect(dry.stdout).toMatch(
      new RegExp(`would replace ${old!.id} in slot 1[\\s\\S]*→ launch[\\s\\S]*→ retire +end ${old!.id}`),
    );
    expect(aliveOf(fake).map(({ id }) => id)).toEqual([old!.id]);
    const replaced = await host('replace', '--json');
    expect(JSON.parse(replaced.stdout)).toMatchObject({ version: 1, old: old!.id, resumed: false, slot: 1 });
    expect(aliveOf(fake)).toHaveLength(1);

    const refused = await host('down');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/- server shop-1/);
    expect(aliveOf(fake)).toHaveLength(1);
    expect((await host('down', '--yes')).code).toBe(0);
    expect(countThings(fake)).toMatchObject({ servers: 0, volumes: 1, addresses: 0, firewalls: 0, alarms: 0 });
  }, 600_000);

  it('says in one line what is wrong with its configuration or its options', async () => {
    const empty = makeFolder();
    empty.write({ 'twinorigin.config.json': '{}' });
    const none = await run(['host', 'status'], { cwd: empty.path });
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No host is configured[\s\S]*docs\/host\.md/),
    });
    empty.write({ 'twinorigin.config.json': '{ "host": { "count": 2 } }' });
    const several = await run(['host', 'plan'], { cwd: empty.path });
    expect(several).toMatchObject({ code: 2, stderr: expect.stringMatching(/host\.count[\s\S]*balancer/) });
    empty.remove();
    expect(await host('replace', '--slot', '3')).toMatchObject({ code: 2, stderr: expect.stringMatching(/no slot 3/) });
    expect(await host('upp')).toMatchObject({ code: 2, stderr: expect.stringMatching(/twinorigin host/) });
  }, 300_000);

  it('watches, and replaces what does not answer as often as it was told', async () => {
    expect((await host('up')).code).toBe(0);
    const [old] = aliveOf(fake);
    health = 500;
    const watched = await run(['host', 'replace', '--watch', '--endpoint-url', fake.url], {
      cwd: folder.path,
      env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
      onOutput(text, child) {
        if (text.includes('2 of 2')) health = 200;
        if (text.includes('retire')) child.kill('SIGINT');
      },
    });
    expect(watched.stderr).toMatch(/does not answer, 1 of 2 \(127\.0\.0\.1: HTTP 500\)/);
    expect(watched.code).toBe(0);
    expect(aliveOf(fake).map(({ id }) => id)).not.toContain(old!.id);
    expect((await host('down', '--yes', '--volumes')).code).toBe(0);
  }, 600_000);
});
