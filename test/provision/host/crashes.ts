/**
 * What a command leaves when it dies at any call. Only calls that change something make a difference to the account,
 * so an undisturbed run is watched, and the account kept as it is after each of them: that is what a crash after this
 * call (its answer lost), at any read that follows, or just before the next change leaves. From each of these states
 * the same command is run by a process that knows nothing.
 */
import { describe, expect, it } from 'vitest';
import { startFakeCloud, type FakeCloud } from '../../fakes/cloud/fakeCloud.js';
import { aliveOf, closeCloud, countThings, openHost, type HostRun } from '../../fakes/cloud/host.js';
import { addZone } from '../../fakes/cloud/route53.js';
import type { CloudState } from '../../fakes/cloud/state.js';

const input = {
  dns: { provider: 'route53', zone: 'example.test', name: 'www.example.test', healthCheck: true },
  instance: { profile: 'web' }, // By which the disk is measured, so that it has an alarm.
  alarms: {},
};

export type Condition = 'well' | 'vanished' | 'hanging';

interface Broken {
  /** `after AllocateAddress (7)` */
  readonly where: string;
  readonly state: CloudState;
}

/** Runs a command to its end and keeps what a crash after each change would leave. */
async function breakEverywhere(fake: FakeCloud, work: (run: HostRun) => Promise<unknown>): Promise<readonly Broken[]> {
  const broken: Broken[] = [{ where: 'at its first call', state: fake.save() }];
  fake.after = (operation) => {
    if (!/^(Describe|List|Get)/.test(operation))
      broken.push({ where: `after ${operation} (${broken.length})`, state: fake.save() });
    return undefined;
  };
  await work(openHost(fake, input));
  fake.after = () => undefined;
  return broken;
}

/** One server, the volume on it, one of everything else, and nothing to do. */
async function expectWhole(fake: FakeCloud, where: string): Promise<void> {
  expect(fake.state.violations, where).toEqual([]);
  expect(countThings(fake), where).toEqual({
    servers: 1,
    volumes: 1,
    addresses: 1,
    firewalls: 1,
    balancers: 0,
    targetGroups: 0,
    listeners: 0,
    healthChecks: 1,
    alarms: 4,
    records: 2,
  });
  const [server] = aliveOf(fake);
  expect(fake.state.volumes.find(({ deleted }) => deleted !== true)?.attachment?.instance, where).toBe(server!.id);
  expect(fake.state.addresses[0]!.association?.instance, where).toBe(server!.id);
  const { changes } = await openHost(fake, input).plan();
  expect(
    changes.filter(({ action }) => action !== 'keep').map(({ name, reason }) => `${name} ${reason}`),
    where,
  ).toEqual([]);
}

/** @param lag milliseconds until what was made is told of. */
export function describeCrashes(
  lag: number,
  conditions: readonly Condition[],
  commands: readonly ('up' | 'down')[],
): void {
  describe(`when what was made is told of after ${lag} ms`, () => {
    const onFake = (work: (fake: FakeCloud) => Promise<void>) => async (): Promise<void> => {
      const fake = await startFakeCloud();
      fake.state.timing.lag = lag;
      addZone(fake.state, 'example.test');
      try {
        await work(fake);
      } finally {
        await closeCloud(fake);
      }
    };

    if (commands.includes('up'))
      it(
        'setting up that dies anywhere is finished by the same command',
        onFake(async (fake) => {
          const broken = await breakEverywhere(fake, (run) => run.up());
          expect(broken.length).toBeGreaterThan(14);
          for (const { where, state } of broken) {
            fake.restore(state);
            await openHost(fake, input).up();
            await expectWhole(fake, where);
          }
        }),
        600_000,
      );

    it.each(conditions)(
      'replacing a server that is %s and dying anywhere is finished by the same command',
      (condition) =>
        onFake(async (fake) => {
          await openHost(fake, input).up();
          const [old] = aliveOf(fake);
          if (condition === 'vanished') old!.terminated = fake.state.now;
          if (condition === 'hanging') old!.impaired = true;
          const broken = await breakEverywhere(fake, (run) => run.replace());
          expect(broken.length).toBeGreaterThan(14);
          // The last state is that of a replacement that is finished: the next one is another.
          for (const { where, state } of broken.slice(0, -1)) {
            fake.restore(state);
            await openHost(fake, input).replace();
            await expectWhole(fake, where);
            expect(aliveOf(fake)[0]!.id, where).not.toBe(old!.id);
            expect(fake.state.snapshots, where).toHaveLength(1);
          }
        })(),
      600_000,
    );

    if (commands.includes('down'))
      it(
        'taking down that dies anywhere is finished by the same command',
        onFake(async (fake) => {
          await openHost(fake, input).up();
          for (const { where, state } of await breakEverywhere(fake, (run) => run.down(true))) {
            fake.restore(state);
            await openHost(fake, input).down(true);
            expect(
              Object.values(countThings(fake)).every((count) => count === 0),
              where,
            ).toBe(true);
          }
        }),
        600_000,
      );
  });
}
