import { describe, expect, it } from 'vitest';
import { applyProvision } from '../../src/provision/apply.js';
import { planProvision } from '../../src/provision/plan.js';
import type { Resource } from '../../src/provision/resource.js';
import { makeWorld, openAccount, wish, type Account, type Thing } from './memoryAccount.js';

/** Listed against the order of their needs. */
function shop(account: Account): readonly Resource<Thing>[] {
  const bucket = wish(account, { name: 'bucket', settings: { region: 'here' } });
  const certificate = wish(account, { name: 'certificate', looks: 3 });
  const site = wish(account, { name: 'site', needs: [bucket, certificate], settings: { http: '3' }, looks: 2 });
  const policy = wish(account, { name: 'policy', needs: [bucket, site], monthly: [{ what: 'policy', usd: 1.5 }] });
  return [policy, site, bucket, certificate];
}

async function up(resources: readonly Resource<Thing>[], world = makeWorld()) {
  return applyProvision(await planProvision(resources), resources, world);
}

const stateOf = (account: Account) =>
  [...account.things.values()].map(({ id, settings }) => ({ id, settings })).sort((a, b) => (a.id < b.id ? -1 : 1));

describe('a plan', () => {
  it('names what is missing in the order of needs, with the price, and writes nothing', async () => {
    const account = openAccount();
    const plan = await planProvision(shop(account));
    expect(plan.changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'create bucket',
      'create certificate',
      'create site',
      'create policy',
    ]);
    expect(plan.monthly).toEqual({ now: 0, then: 1.5 });
    expect(plan.empty).toBe(false);
    expect(account.calls.filter((call) => !call.startsWith('find'))).toEqual([]);
  });

  it('is empty when everything is there, and applying it does nothing more', async () => {
    const account = openAccount();
    await up(shop(account));
    account.calls.length = 0;
    const resources = shop(account);
    const plan = await planProvision(resources);
    expect(plan.empty).toBe(true);
    const { steps } = await applyProvision(plan, resources, makeWorld());
    expect(steps).toEqual([]);
    expect(account.calls.sort()).toEqual(['find bucket', 'find certificate', 'find policy', 'find site']);
  });

  it('tells a setting that was changed by hand from one that somebody added', async () => {
    const account = openAccount();
    await up(shop(account));
    const site = account.things.get('site')!;
    site.settings.http = '1';
    site.settings.alias = 'www.example.com';
    const plan = await planProvision(shop(account));
    const change = plan.changes.find(({ name }) => name === 'site')!;
    expect(change).toMatchObject({ action: 'update', reason: 'differs in http' });
    expect(change.differences).toEqual([
      { setting: 'http', from: '1', to: '3', owner: 'ours' },
      { setting: 'alias', from: 'www.example.com', owner: 'foreign' },
    ]);
    await up(shop(account));
    expect(site.settings).toMatchObject({ http: '3', alias: 'www.example.com' });
  });

  it('says that an id will be known later when what it names has to be made again', async () => {
    const account = openAccount();
    await up(shop(account));
    account.things.delete('bucket');
    const plan = await planProvision(shop(account));
    expect(plan.changes.find(({ name }) => name === 'site')?.differences[0]?.to).toBe('(known when it is made)');
  });

  it('refuses a need that is not listed', async () => {
    const account = openAccount();
    const [policy] = shop(account);
    await expect(planProvision([policy!])).rejects.toThrow('policy needs bucket, which is not listed');
  });
});

describe('applying', () => {
  it('waits only when something needs what is not ready, and for the rest at the end', async () => {
    const account = openAccount();
    const world = makeWorld();
    await up(shop(account), world);
    const told = world.events.flatMap((event) =>
      event.type === 'resource-waiting' || event.type === 'resource-finished' ? [`${event.type} ${event.name}`] : [],
    );
    expect(told).toEqual([
      'resource-finished bucket',
      'resource-finished certificate',
      'resource-waiting certificate',
      'resource-finished certificate',
      'resource-finished site',
      'resource-waiting site',
      'resource-finished site',
      'resource-finished policy',
    ]);
  });

  it('gives up on what does not become ready, and goes on the next time', async () => {
    const account = openAccount();
    const slow = () => [wish(account, { name: 'slow', looks: 1000 })];
    await expect(up(slow())).rejects.toMatchObject({ code: 'not-ready', message: 'slow (slow-1) is being deployed' });
    account.things.get('slow')!.looks = 2;
    const { steps } = await up(slow());
    expect(steps).toEqual([]);
    expect(account.things.get('slow')?.looks).toBe(0);
  });

  it('does everything that does not need what waits for a person, and says what that is', async () => {
    const account = openAccount();
    const certificate = wish(account, { name: 'certificate', looks: 1, todo: ['add the record x'] });
    const site = wish(account, { name: 'site', needs: [certificate] });
    const bucket = wish(account, { name: 'bucket' });
    const { waiting, steps } = await up([certificate, site, bucket]);
    expect(waiting.map(({ name, reason, todo }) => ({ name, reason, todo }))).toEqual([
      { name: 'certificate', reason: 'is being deployed', todo: ['add the record x'] },
      { name: 'site', reason: 'waits for certificate', todo: [] },
    ]);
    expect(steps.map(({ action, name }) => `${action} ${name}`)).toEqual(['create certificate', 'create bucket']);
    expect([...account.things.keys()]).toEqual(['certificate', 'bucket']);
  });

  it('removes what is unwanted last, and in the reverse order of needs', async () => {
    const account = openAccount();
    await up(shop(account));
    const bucket = wish(account, { name: 'bucket', settings: { region: 'here' } });
    const site = wish(account, { name: 'site', needs: [bucket], unwanted: 'the host is given up' });
    const policy = wish(account, { name: 'policy', needs: [bucket, site], unwanted: 'the host is given up' });
    const gone = wish(account, { name: 'gone', unwanted: 'never was' });
    const fresh = wish(account, { name: 'fresh' });
    const { steps } = await up([bucket, site, policy, gone, fresh]);
    expect(steps.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'create fresh',
      'remove policy',
      'remove site',
    ]);
    expect([...account.things.keys()].sort()).toEqual(['bucket', 'certificate', 'fresh']);
  });

  it('looks again when somebody else was faster', async () => {
    const account = openAccount();
    let disturbances = 2;
    account.before = (call) => {
      if (call !== 'create bucket' || disturbances-- <= 0) return;
      account.things.set('bucket', { id: 'bucket-1', version: 1, settings: { region: 'there' }, looks: 0 });
    };
    await up(shop(account));
    expect(account.things.get('bucket')?.settings).toEqual({ region: 'here' });
  });

  it('warns when a service took a change and still shows the old setting', async () => {
    const account = openAccount();
    await up(shop(account));
    account.things.get('site')!.settings.http = '1';
    const resources = shop(account).map((resource) =>
      resource.name === 'site' ? { ...resource, update: (live: Thing) => Promise.resolve(live) } : resource,
    );
    const { problems } = await up(resources);
    expect(problems).toMatchObject([{ code: 'not-settled', message: 'site was changed, and still differs in http' }]);
  });

  it.each(['before', 'after'] as const)(
    'ends in the same state when it breaks off %s any call and is run again',
    async (when) => {
      const undisturbed = openAccount();
      await up(shop(undisturbed));
      const calls = undisturbed.calls.length;
      expect(calls).toBeGreaterThan(12);
      for (let broken = 1; broken <= calls; broken++) {
        const account = openAccount();
        let count = 0;
        account[when] = () => {
          if (++count === broken) throw new Error('crash');
        };
        await expect(up(shop(account)), `call ${broken}`).rejects.toThrow('crash');
        await up(shop(account));
        expect(stateOf(account), `call ${broken}`).toEqual(stateOf(undisturbed));
      }
    },
  );
});
