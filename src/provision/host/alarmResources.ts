/** Alarms of a host: each knows its server, and is pointed at the next one when that is replaced. */
import type { Difference, Findings, Resource, ResourceReader } from '../resource.js';
import { knownLater } from '../resource.js';
import { isDiskMeasured } from './bootAgent.js';
import type { Alarm, AlarmSettings, Balancer, Server } from './cloud.js';
import { unwantedOf, writersOf, type HostParts } from './parts.js';
import { priceOfAlarm } from './prices.js';
import { regionOf } from './slots.js';

interface AlarmWish {
  /** `1 cpu`: unique within the host. */
  readonly name: string;
  readonly description: string;
  readonly needs: readonly ResourceReader[];
  readonly settings: (findings: Findings) => AlarmSettings | undefined;
  /** Why there should be none. */
  readonly unwanted?: string;
}

export function alarmsOf(
  parts: HostParts,
  servers: readonly Resource<Server>[],
  balancer: Resource<Balancer> | undefined,
): readonly Resource<Alarm>[] {
  const { host } = parts;
  const { alarms } = host;
  if (alarms === undefined) return [];
  const told = alarms.topic === undefined ? [] : [alarms.topic];
  const perServer = servers.flatMap((server, index): readonly AlarmWish[] => {
    const slot = index + 1;
    const needs = [server];
    const of =
      (settings: Omit<AlarmSettings, 'dimensions' | 'actions'>, recover = false) =>
      (findings: Findings): AlarmSettings | undefined => {
        const found = findings.of(server);
        if (found === undefined) return undefined;
        const action = recover ? [`arn:aws:automate:${regionOf(found.zone)}:ec2:recover`] : [];
        return { ...settings, dimensions: { InstanceId: found.id }, actions: [...action, ...told] };
      };
    const own = { statistic: 'Maximum', threshold: 1, period: 60, periods: 2, missing: 'missing' } as const;
    return [
      {
        name: `${slot} system`,
        description: 'The hardware below the server fails its check.',
        needs,
        settings: of({ ...own, namespace: 'AWS/EC2', metric: 'StatusCheckFailed_System' }, alarms.recover),
      },
      {
        name: `${slot} instance`,
        description: 'The system on the server does not answer.',
        needs,
        settings: of({ ...own, periods: 3, namespace: 'AWS/EC2', metric: 'StatusCheckFailed_Instance' }),
      },
      {
        name: `${slot} cpu`,
        description: `The processor is busy for more than ${alarms.cpu} % of 15 minutes.`,
        needs,
        settings: of({
          namespace: 'AWS/EC2',
          metric: 'CPUUtilization',
          statistic: 'Average',
          threshold: alarms.cpu,
          period: 300,
          periods: 3,
          missing: 'missing',
        }),
      },
      {
        name: `${slot} disk`,
        ...(!isDiskMeasured(host) && { unwanted: 'nobody measures the disk without an instance profile' }),
        description: `The volume is full to ${alarms.disk} % (measured by the CloudWatch agent).`,
        needs,
        settings: of({
          namespace: 'CWAgent',
          metric: 'disk_used_percent',
          statistic: 'Maximum',
          threshold: alarms.disk,
          period: 300,
          periods: 1,
          missing: 'notBreaching',
        }),
      },
    ];
  });
  const behind: readonly AlarmWish[] =
    balancer === undefined
      ? []
      : [
          {
            name: 'errors',
            description: `Servers behind the balancer answered with 5xx at least ${alarms.errors} times in 5 minutes.`,
            needs: [balancer],
            settings: (findings) => {
              const found = findings.of(balancer);
              if (found === undefined) return undefined;
              return {
                namespace: 'AWS/ApplicationELB',
                metric: 'HTTPCode_Target_5XX_Count',
                // The dimension is the end of the ARN: app/NAME/ID.
                dimensions: { LoadBalancer: found.id.replace(/^.*:loadbalancer\//, '') },
                statistic: 'Sum',
                threshold: alarms.errors,
                period: 300,
                periods: 1,
                missing: 'notBreaching',
                actions: told,
              };
            },
          },
        ];
  return [...perServer, ...behind].map((wish) => alarmOf(parts, wish));
}

function alarmOf(parts: HostParts, wish: AlarmWish): Resource<Alarm> {
  const { name, description, needs, settings, unwanted } = wish;
  const { host, world } = parts;
  const put = async (findings: Findings): Promise<Alarm> => {
    const wanted = settings(findings);
    if (wanted === undefined) throw new Error('nothing to watch');
    await writersOf(parts).cloud.putAlarm(name, wanted, description);
    return { name, state: 'unknown', settings: wanted };
  };
  return {
    kind: 'alarm',
    name: `alarm ${host.name}-${name}`,
    needs,
    monthly: priceOfAlarm,
    ...(unwanted !== undefined && { unwanted }),
    ...unwantedOf(parts),
    find: async () => (await world.cloud.alarms()).find((alarm) => alarm.name === name) ?? null,
    identify: ({ state }) => state,
    compare(live, findings): readonly Difference[] {
      const wanted = settings(findings);
      if (wanted === undefined) return [{ setting: 'watches', to: knownLater, owner: 'ours' }];
      const [from, to] = [tell(live.settings), tell(wanted)];
      return from === to ? [] : [{ setting: 'watches', from, to, owner: 'ours' }];
    },
    create: put,
    update: (_, __, findings) => put(findings),
    remove: () => writersOf(parts).cloud.deleteAlarms([name]),
  };
}

function tell(settings: AlarmSettings): string {
  const { namespace, metric, dimensions, statistic, threshold, period, periods, missing, actions } = settings;
  const where = Object.values(dimensions).join();
  const when = `${statistic} >= ${threshold} for ${periods} x ${period} s`;
  return `${namespace} ${metric} of ${where}: ${when} (${missing}) -> ${[...actions].sort().join(', ') || 'nobody'}`;
}
