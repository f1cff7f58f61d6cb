/** CloudWatch and the Parameter Store of Systems Manager: the two that speak JSON. */
import { CloudError, type CloudState, type FakeAlarm } from './state.js';
import { objects, text, texts, type Params } from './wire.js';

export function performJson(state: CloudState, operation: string, input: Params): object {
  const perform = operations[operation];
  if (perform === undefined) throw new CloudError('UnknownOperationException', operation);
  return perform(state, input);
}

const operations: Readonly<Record<string, (state: CloudState, input: Params) => object>> = {
  GetParameter(state, input) {
    const name = text(input, 'Name');
    const value = state.parameters.get(name);
    if (value === undefined) throw new CloudError('ParameterNotFound', `Parameter ${name} not found.`);
    return { Parameter: { Name: name, Type: 'String', Value: value } };
  },
  PutParameter(state, input) {
    const [name, value] = [text(input, 'Name'), text(input, 'Value')];
    if (state.parameters.has(name) && input.Overwrite !== true)
      throw new CloudError('ParameterAlreadyExists', `The parameter already exists.`);
    // Standard parameters hold 4 KB (Systems Manager User Guide, "Managing parameter tiers").
    if (Buffer.byteLength(value) > 4096)
      throw new CloudError('ValidationException', 'Standard tier parameters hold 4096 characters.');
    state.parameters.set(name, value);
    return { Version: 1, Tier: 'Standard' };
  },
  DeleteParameter(state, input) {
    if (!state.parameters.delete(text(input, 'Name'))) throw new CloudError('ParameterNotFound');
    return {};
  },
  PutMetricAlarm(state, input) {
    const name = text(input, 'AlarmName');
    const { Tags: tags, ...settings } = input;
    const earlier = state.alarms.findIndex((one) => one.name === name);
    const given = Object.fromEntries(objects({ tags }, 'tags').map((one) => [text(one, 'Key'), text(one, 'Value')]));
    // Tags of an existing alarm are not changed by this (API Reference, PutMetricAlarm).
    const alarm: FakeAlarm = { name, settings, state: 'INSUFFICIENT_DATA', tags: state.alarms[earlier]?.tags ?? given };
    if (earlier >= 0) state.alarms.splice(earlier, 1, alarm);
    else state.alarms.push(alarm);
    return {};
  },
  DescribeAlarms(state, input) {
    const prefix = text(input, 'AlarmNamePrefix');
    const shown = state.alarms.filter(({ name }) => name.startsWith(prefix));
    return {
      MetricAlarms: shown.map((one) => ({
        ...one.settings,
        AlarmArn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${one.name}`,
        StateValue: one.state,
        StateUpdatedTimestamp: state.now / 1000,
      })),
    };
  },
  DeleteAlarms(state, input) {
    const names = texts(input, 'AlarmNames');
    const missing = names.find((name) => !state.alarms.some((one) => one.name === name));
    if (missing !== undefined) throw new CloudError('ResourceNotFound', missing);
    for (const name of names)
      state.alarms.splice(
        state.alarms.findIndex((one) => one.name === name),
        1,
      );
    return {};
  },
  GetMetricData: (state, input) => ({
    MetricDataResults: objects(input, 'MetricDataQueries').map((query) => ({
      Id: text(query, 'Id'),
      Timestamps: Array.from({ length: 24 }, (_, hour) => state.now / 1000 - (23 - hour) * 3600),
      Values: Array.from({ length: 24 }, (_, hour) => (hour * 37) % 100),
      StatusCode: 'Complete',
    })),
  }),
};
