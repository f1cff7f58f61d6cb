import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalEdgeStore } from '../../src/local/edgeKeys.js';
import { publish } from '../../src/publish.js';
import { longestMessage } from '../../src/release/maintenance.js';
import { maintenanceDocumentSchema } from '../../src/report/operationDocuments.js';
import { findPort, makeFolder, smallSite, type Folder } from './command.js';
import { call } from './inProcess.js';
import { openHere, type Here } from './publishHere.js';

let folder: Folder;
let port: number;
let here: Here;
beforeEach(async () => {
  folder = makeFolder();
  port = await findPort();
  here = await openHere(folder, port, { verify: { sample: 0 } });
  folder.write(smallSite);
});
afterEach(async () => {
  await here.close();
  folder.remove();
});

const start = (...args: string[]) => call(args, { cwd: folder.path, env: { TWINORIGIN_PORT: String(port) } });
const told = async (...args: string[]) =>
  maintenanceDocumentSchema.parse(JSON.parse((await start('maintenance', ...args, '--json')).stdout));
const home = async () => {
  const { status, body } = await here.world.fetch(`http://www.localhost:${port}/`, {});
  return { status, text: body.toString() };
};

describe('maintenance', { timeout: 120_000 }, () => {
  it('closes the pages with one write, stays over a publish, and opens them again', async () => {
    await publish(here.config, here.world);
    expect(await told()).toEqual({ version: 1, closed: false, message: null, changed: false, applied: false });
    const open = await home();
    expect(open.status).toBe(200);

    expect(await told('on', 'Back at <noon>', '--dry-run')).toMatchObject({
      closed: true,
      changed: true,
      applied: false,
    });
    expect((await home()).status).toBe(200);
    const edge = openLocalEdgeStore(`${folder.path}/.twinorigin/pages`);
    const before = await edge.read();
    const closed = { version: 1, closed: true, message: 'Back at <noon>', applied: true };
    expect(await told('on', 'Back at <noon>')).toEqual({ ...closed, changed: true });
    const after = await edge.read();
    expect([...after.entries].filter(([key, value]) => before.entries.get(key) !== value)).toHaveLength(1);
    expect(await home()).toEqual({ status: 503, text: expect.stringContaining('Back at &lt;noon>') });
    expect(await told('on', 'Back at <noon>')).toEqual({ ...closed, changed: false });
    expect((await start('maintenance')).stdout).toContain('The pages are closed. Visitors read: Back at <noon>');

    folder.write({ 'dist/index.html': '<title>new</title>' });
    await publish(here.config, here.world);
    expect((await home()).status).toBe(503);

    expect(await told('off')).toMatchObject({ closed: false, changed: true });
    expect(await home()).toEqual({ status: 200, text: expect.stringContaining('new') });
    expect((await start('maintenance', 'off')).stdout).toContain('The pages are open');
    expect((await start('maintenance', 'on')).stdout).toContain('will be back soon');
  });

  it('says in one error what is wrong, and changes nothing', async () => {
    const early = await start('maintenance', 'on');
    expect([early.code, early.stderr]).toEqual([2, expect.stringContaining('nothing is live yet')]);
    await publish(here.config, here.world);
    for (const words of [['pause'], ['on', ''], ['on', 'é'.repeat(longestMessage)], ['on', 'a', 'b']]) {
      const { code, stdout } = await start('maintenance', ...words);
      expect([words[0], code, stdout]).toEqual([words[0], 2, '']);
    }
    const bucket = (name: string) => ({ bucket: `acme-${name}`, url: `https://${name}.acme.com` });
    const origins = { images: bucket('images'), resources: bucket('resources'), pages: bucket('www') };
    folder.write({ 'twinorigin.config.json': JSON.stringify({ site: 'dist', origins }) });
    const { code, stderr } = await start('maintenance', 'on');
    expect([code, stderr]).toEqual([2, expect.stringContaining('maintenance needs our functions before the pages')]);
    expect((await home()).status).toBe(200);
  });
});
