/** CloudWatch alarms of a host, what they watch, and notes in the Parameter Store. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Alarm, AlarmSettings, Cloud, CloudReader } from '../../provision/host/cloud.js';
import type { HostTools } from './servers.js';
import { isAnswer } from './services.js';
import { hostTag, writeTags } from './tags.js';

const hour = 3600;

export function openAlarmReader(
  { host, services }: HostTools,
  clock: () => Date,
): Pick<CloudReader, 'alarms' | 'lastDay' | 'readNote'> {
  return {
    alarms: () =>
      services.cloudwatch('DescribeAlarms', prefixOf(host), async ({ client, sdk }) => {
        const alarms: Alarm[] = [];
        const request = { AlarmNamePrefix: prefixOf(host) };
        for await (const { MetricAlarms = [] } of sdk.paginateDescribeAlarms({ client }, request))
          alarms.push(...MetricAlarms.map((alarm) => readAlarm(alarm, host)));
        return alarms;
      }),
    lastDay: (alarm) =>
      services.cloudwatch('GetMetricData', alarm.metric, async ({ client, sdk }) => {
        const end = Math.floor(clock().getTime() / 1000 / hour) * hour;
        const start = end - 23 * hour;
        const { MetricDataResults = [] } = await client.send(
          new sdk.GetMetricDataCommand({
            StartTime: new Date(start * 1000),
            EndTime: new Date((end + hour) * 1000),
            ScanBy: 'TimestampAscending',
            MetricDataQueries: [
              {
                Id: 'm',
                MetricStat: {
                  Metric: { Namespace: alarm.namespace, MetricName: alarm.metric, Dimensions: dimensionsOf(alarm) },
                  Period: hour,
                  Stat: alarm.statistic,
                },
              },
            ],
          }),
        );
        const { Timestamps = [], Values = [] } = MetricDataResults[0] ?? {};
        const hours: (number | null)[] = Array<null>(24).fill(null);
        for (const [index, at] of Timestamps.entries()) {
          const place = Math.floor((at.getTime() / 1000 - start) / hour);
          if (place >= 0 && place < hours.length) hours[place] = Values[index] ?? null;
        }
        return hours;
      }),
    readNote: (name) =>
      services.ssm('GetParameter', noteOf(host, name), async ({ client, sdk }) => {
        try {
          const { Parameter } = await client.send(new sdk.GetParameterCommand({ Name: noteOf(host, name) }));
          return Parameter?.Value ?? null;
        } catch (error) {
          if (isAnswer(error, 'ParameterNotFound')) return null;
          throw error;
        }
      }),
  };
}

export function openAlarmWriter({
  host,
  services,
}: HostTools): Pick<Cloud, 'putAlarm' | 'deleteAlarms' | 'writeNote' | 'deleteNote'> {
  return {
    putAlarm: (name, settings, description) =>
      services.cloudwatch('PutMetricAlarm', name, async ({ client, sdk }) => {
        await client.send(
          new sdk.PutMetricAlarmCommand({
            AlarmName: `${prefixOf(host)}${name}`,
            AlarmDescription: description,
            Namespace: settings.namespace,
            MetricName: settings.metric,
            Dimensions: dimensionsOf(settings),
            Statistic: settings.statistic,
            Threshold: settings.threshold,
            ComparisonOperator: 'GreaterThanOrEqualToThreshold',
            Period: settings.period,
            EvaluationPeriods: settings.periods,
            TreatMissingData: settings.missing,
            AlarmActions: [...settings.actions],
            Tags: writeTags({ [hostTag]: host }),
          }),
        );
      }),
    deleteAlarms: (names) =>
      services.cloudwatch('DeleteAlarms', names.join(), async ({ client, sdk }) => {
        try {
          const AlarmNames = names.map((name) => `${prefixOf(host)}${name}`);
          await client.send(new sdk.DeleteAlarmsCommand({ AlarmNames }));
        } catch (error) {
          if (!isAnswer(error, 'ResourceNotFound', 'ResourceNotFoundException')) throw error;
        }
      }),
    writeNote: (name, text) =>
      services.ssm('PutParameter', noteOf(host, name), async ({ client, sdk }) => {
        await client.send(
          new sdk.PutParameterCommand({ Name: noteOf(host, name), Value: text, Type: 'String', Overwrite: true }),
        );
      }),
    deleteNote: (name) =>
      services.ssm('DeleteParameter', noteOf(host, name), async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DeleteParameterCommand({ Name: noteOf(host, name) }));
        } catch (error) {
          if (!isAnswer(error, 'ParameterNotFound')) throw error;
        }
      }),
  };
}

/** The colon keeps `web` and `web-2` apart. */
function prefixOf(host: string): string {
  return `twinorigin:${host}:`;
}

function noteOf(host: string, name: string): string {
  return `/twinorigin/host/${host}/${name}`;
}

function dimensionsOf({ dimensions }: AlarmSettings): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function readAlarm(alarm: MetricAlarm, host: string): Alarm {
  return {
    name: (alarm.AlarmName ?? '').slice(prefixOf(host).length),
    state: alarm.StateValue === 'OK' ? 'ok' : alarm.StateValue === 'ALARM' ? 'alarm' : 'unknown',
    settings: {
      namespace: alarm.Namespace ?? '',
      metric: alarm.MetricName ?? '',
      dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value])),
      statistic: alarm.Statistic as AlarmSettings['statistic'],
      threshold: alarm.Threshold ?? 0,
      period: alarm.Period ?? 0,
      periods: alarm.EvaluationPeriods ?? 0,
      missing: (alarm.TreatMissingData ?? 'missing') as AlarmSettings['missing'],
      actions: alarm.AlarmActions ?? [],
    },
  };
}
