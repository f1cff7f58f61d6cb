/** The host's name: where it leads, and the mark that tells that twinorigin made it. */
import { PublishError } from '../../errors.js';
import {
  ChangedMeanwhile,
  knownLater,
  type Difference,
  type Findings,
  type Readiness,
  type Resource,
  type ResourceReader,
} from '../resource.js';
import { DnsConflict, markNameOf, type RecordSet } from './dns.js';
import type { HealthCheck } from './healthChecks.js';
import { awaitState, unwantedOf, writersOf, type HostParts } from './parts.js';
import { priceOfHealthCheck } from './prices.js';
import type { DnsSettings } from './settings.js';

export interface Name {
  /** What answers for the name: addresses or an alias. */
  readonly sets: readonly RecordSet[];
  readonly mark: RecordSet | undefined;
  /** Servers of the zone that do not say so yet, with what they say. */
  readonly behind: readonly string[];
}

/** Where the name shall lead: plain addresses, or another name of AWS. */
export type Destination =
  | { readonly addresses: readonly string[]; readonly ipv6?: readonly string[] }
  | { readonly target: string; readonly zone: string };

export function nameOf(
  parts: HostParts,
  dns: DnsSettings,
  destination: (findings: Findings) => Destination | undefined,
  needs: readonly ResourceReader[],
  check: Resource<HealthCheck> | undefined,
): Resource<Name> {
  const { host, world } = parts;
  const markName = markNameOf(dns.name);
  const markValue = `twinorigin host=${host.name}`;
  const mark: RecordSet = { name: markName, type: 'TXT', ttl: dns.ttl, values: [markValue] };

  const wantedSets = (findings: Findings): readonly RecordSet[] | undefined => {
    const to = destination(findings);
    if (to === undefined) return undefined;
    const healthCheck = check === undefined ? undefined : findings.of(check)?.id;
    const failover = dns.provider === 'route53' ? dns.failover : undefined;
    const role = failover && {
      failover: { role: 'PRIMARY' as const, id: 'host', ...(healthCheck !== undefined && { healthCheck }) },
    };
    const setsOf = (type: 'A' | 'AAAA', addresses: readonly string[]): readonly RecordSet[] => {
      const base = { name: dns.name, type };
      const first: RecordSet =
        'target' in to
          ? { ...base, ttl: 0, values: [], alias: { target: to.target, zone: to.zone }, ...role }
          : { ...base, ttl: dns.ttl, values: [...addresses].sort(), ...role };
      if (failover === undefined) return [first];
      const second = { ...base, ttl: 0, values: [], failover: { role: 'SECONDARY' as const, id: 'elsewhere' } };
      return [first, { ...second, alias: { target: failover.target, zone: failover.zone } }];
    };
    if ('target' in to) return setsOf('A', []);
    return [...setsOf('A', to.addresses), ...(to.ipv6 === undefined ? [] : setsOf('AAAA', to.ipv6))];
  };

  const look = async (): Promise<Name | null> => {
    if (world.dns === undefined) throw new Error('a name without a zone');
    const [here, marks] = await Promise.all([world.dns.find(dns.name), world.dns.find(markName)]);
    const sets = here.filter(({ type }) => type !== 'TXT');
    const found = marks.find(({ type, values }) => type === 'TXT' && values.length === 1 && values[0] === markValue);
    if (sets.length > 0 && found === undefined) {
      // What is not ours is not removed either, and is no reason to fail when the host goes.
      if (parts.unwanted !== undefined) return null;
      throw new PublishError(
        'guard-refused',
        `${dns.name} has records that twinorigin did not make: ${tellSets(sets)}`,
        {
          hint: `Remove them, or say that they may be replaced: add the record ${markName} TXT "${markValue}".`,
        },
      );
    }
    if (sets.length === 0 && found === undefined) return null;
    return { sets, mark: found, behind: await findBehind(sets) };
  };

  /** Asks every server of the zone. */
  async function findBehind(sets: readonly RecordSet[]): Promise<readonly string[]> {
    // An alias answers with whatever its target has.
    const plain = sets.filter(({ alias, failover }) => alias === undefined && failover?.role !== 'SECONDARY');
    if (plain.length === 0) return [];
    const servers = dns.servers ?? (await world.dns?.servers()) ?? [];
    const answers = await Promise.all(
      plain
        .flatMap((set) => servers.map((server) => ({ set, server })))
        .map(async ({ set, server }) => {
          try {
            const { values, authoritative, ttl } = await world.ask(server, dns.name, set.type);
            const isSame = authoritative && ttl === set.ttl && [...values].sort().join() === set.values.join();
            return isSame ? [] : [`${server} says ${values.length === 0 ? 'nothing' : values.join(', ')}`];
          } catch (error) {
            return [error instanceof Error ? error.message : String(error)];
          }
        }),
    );
    return answers.flat();
  }

  async function change(live: Name | null, add: readonly RecordSet[]): Promise<Name> {
    const writers = writersOf(parts);
    const keeper = writers.dns;
    if (keeper === undefined) throw new Error('a name without a zone');
    const remove = live === null ? [] : [...live.sets, ...(live.mark === undefined ? [] : [live.mark])];
    try {
      const id = await keeper.change({ remove, add });
      await awaitState(`the change of ${dns.name} has not reached all name servers`, writers, () =>
        keeper.isSettled(id),
      );
    } catch (error) {
      if (error instanceof DnsConflict) throw new ChangedMeanwhile(dns.name, { cause: error });
      throw error;
    }
    return (await look()) ?? { sets: [], mark: undefined, behind: [] };
  }

  return {
    kind: 'name',
    name: `name ${dns.name}`,
    needs: [...needs, ...(check === undefined ? [] : [check])],
    ...unwantedOf(parts),
    find: look,
    identify: ({ sets }) => tellSets(sets),
    compare(live, findings): readonly Difference[] {
      const wanted = wantedSets(findings);
      const to = wanted === undefined ? knownLater : tellSets(wanted);
      const from = tellSets(live.sets);
      return from === to ? [] : [{ setting: 'leads to', from, to, owner: 'ours' }];
    },
    readiness: ({ behind }): Readiness =>
      behind.length === 0
        ? { ready: true }
        : { ready: false, reason: `is not answered everywhere: ${behind.join('; ')}` },
    create: (findings) => change(null, [...(wantedSets(findings) ?? []), mark]),
    update: (live, _, findings) => change(live, [...(wantedSets(findings) ?? []), mark]),
    async remove(live) {
      await change(live, []);
    },
  };
}

function tellSets(sets: readonly RecordSet[]): string {
  const texts = sets.map(({ type, ttl, values, alias, failover }) => {
    const role =
      failover === undefined
        ? ''
        : ` ${failover.role.toLowerCase()}${failover.healthCheck === undefined ? '' : ` if ${failover.healthCheck}`}`;
    return alias === undefined
      ? `${type} ${values.join(', ')} for ${ttl} s${role}`
      : `${type} alias of ${alias.target}${role}`;
  });
  return texts.length === 0 ? 'nothing' : texts.sort().join('; ');
}

/** Route 53 asks the host from outside, so that names follow what it sees. */
export function healthCheckOf(
  parts: HostParts,
  dns: DnsSettings,
  addressFor: (findings: Findings) => string | undefined,
  needs: readonly ResourceReader[],
): Resource<HealthCheck> {
  const { host, world } = parts;
  return {
    kind: 'health check',
    name: `health check of ${host.name}`,
    needs,
    monthly: priceOfHealthCheck,
    ...unwantedOf(parts),
    find: async () => (await world.checks?.find()) ?? null,
    identify: ({ id }) => id,
    compare(live, findings): readonly Difference[] {
      const address = addressFor(findings) ?? knownLater;
      const [from, to] = [
        `${live.address}:${live.port}${live.path}`,
        `${address}:${host.health.port}${host.health.path}`,
      ];
      return from === to && live.isTagged ? [] : [{ setting: 'asks', from, to, owner: 'ours' }];
    },
    create(findings) {
      const { checks } = writersOf(parts);
      const address = addressFor(findings);
      if (checks === undefined || address === undefined) throw new Error('nothing to check');
      const { port, path } = host.health;
      return checks.create({ address, port, path, name: dns.name, reference: '1' });
    },
    update(live, _, findings) {
      const { checks } = writersOf(parts);
      const address = addressFor(findings);
      if (checks === undefined || address === undefined) throw new Error('nothing to check');
      const { port, path } = host.health;
      return checks.update(live.id, { address, port, path, name: dns.name });
    },
    remove: async ({ id }) => writersOf(parts).checks?.remove(id),
  };
}
