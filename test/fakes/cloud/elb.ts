/** Elastic Load Balancing v2 with its rules (API Reference; "Target health status" in the User Guide). */
import { CloudError, instanceState, nextId, type CloudState, type FakeListener, type Tags } from './state.js';
import { objects, text, texts, type Params } from './wire.js';

type Answer = Readonly<Record<string, unknown>>;

const prefix = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';

export function performElb(state: CloudState, action: string, params: Params): Answer {
  const perform = actions[action];
  if (perform === undefined) throw new CloudError('InvalidAction', `The action ${action} is not valid.`);
  return perform(state, params);
}

const actions: Readonly<Record<string, (state: CloudState, params: Params) => Answer>> = {
  CreateLoadBalancer(state, params) {
    const name = text(params, 'Name');
    const { Tags: tags, ...rest } = params;
    const parameters = JSON.stringify(rest);
    const earlier = state.balancers.find((one) => one.name === name);
    // The same name with the same settings is the same balancer.
    if (earlier !== undefined && earlier.parameters !== parameters)
      throw new CloudError('DuplicateLoadBalancerName', `A load balancer with the name '${name}' exists.`);
    const subnets = texts(params, 'Subnets');
    if (subnets.length < 2) throw new CloudError('ValidationError', 'At least two subnets in two zones are needed.');
    const balancer = earlier ?? {
      arn: `${prefix}:loadbalancer/app/${name}/${nextId(state, 'lb')}`,
      name,
      created: state.now,
      subnets,
      groups: texts(params, 'SecurityGroups'),
      kind: text(params, 'Type'),
      parameters,
    };
    if (earlier === undefined) {
      state.balancers.push(balancer);
      state.tags.set(balancer.arn, readTags(tags));
    }
    return { LoadBalancers: [showBalancer(state, balancer.arn)] };
  },
  DescribeLoadBalancers(state, params) {
    const names = texts(params, 'Names');
    const shown = state.balancers.filter(({ name }) => names.length === 0 || names.includes(name));
    if (names.length > 0 && shown.length === 0)
      throw new CloudError('LoadBalancerNotFound', `Load balancers '[${names.join()}]' not found`);
    return { LoadBalancers: shown.map(({ arn }) => showBalancer(state, arn)) };
  },
  DeleteLoadBalancer(state, params) {
    const arn = text(params, 'LoadBalancerArn');
    drop(state.balancers, (one) => one.arn === arn);
    drop(state.listeners, (one) => one.balancer === arn);
    return {};
  },
  CreateTargetGroup(state, params) {
    const name = text(params, 'Name');
    const { Tags: tags, ...settings } = params as Readonly<Record<string, string>>;
    const parameters = JSON.stringify(settings);
    const earlier = state.targetGroups.find((one) => one.name === name);
    if (earlier !== undefined && earlier.parameters !== parameters)
      throw new CloudError('DuplicateTargetGroupName', `A target group with the name '${name}' exists.`);
    const arn = earlier?.arn ?? `${prefix}:targetgroup/${name}/${nextId(state, 'tg')}`;
    if (earlier === undefined) {
      state.targetGroups.push({ arn, name, parameters, settings, targets: new Map() });
      state.tags.set(arn, readTags(tags));
    }
    return { TargetGroups: [showTargetGroup(state, arn)] };
  },
  DescribeTargetGroups(state, params) {
    const names = texts(params, 'Names');
    const shown = state.targetGroups.filter(({ name }) => names.length === 0 || names.includes(name));
    if (names.length > 0 && shown.length === 0)
      throw new CloudError('TargetGroupNotFound', `One or more target groups not found`);
    return { TargetGroups: shown.map(({ arn }) => showTargetGroup(state, arn)) };
  },
  DeleteTargetGroup(state, params) {
    const arn = text(params, 'TargetGroupArn');
    if (state.listeners.some((one) => JSON.stringify(one.action).includes(arn)))
      throw new CloudError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
    drop(state.targetGroups, (one) => one.arn === arn);
    return {};
  },
  CreateListener(state, params) {
    const balancer = text(params, 'LoadBalancerArn');
    const port = text(params, 'Port');
    if (!state.balancers.some(({ arn }) => arn === balancer)) throw new CloudError('LoadBalancerNotFound');
    const action = objects(params, 'DefaultActions');
    const earlier = state.listeners.find((one) => one.balancer === balancer && one.port === port);
    if (earlier !== undefined && JSON.stringify(earlier.action) !== JSON.stringify(action))
      throw new CloudError('DuplicateListener', `A listener already exists on port ${port}`);
    const listener: FakeListener = earlier ?? {
      arn: `${balancer.replace(':loadbalancer/', ':listener/')}/${nextId(state, 'li')}`,
      balancer,
      port,
      protocol: text(params, 'Protocol'),
      certificate: text(objects(params, 'Certificates')[0] ?? {}, 'CertificateArn'),
      action,
    };
    if (earlier === undefined) state.listeners.push(listener);
    return { Listeners: [showListener(listener)] };
  },
  DescribeListeners: (state, params) => ({
    Listeners: state.listeners
      .filter(({ balancer }) => balancer === text(params, 'LoadBalancerArn'))
      .map((one) => showListener(one)),
  }),
  DeleteListener(state, params) {
    drop(state.listeners, (one) => one.arn === text(params, 'ListenerArn'));
    return {};
  },
  RegisterTargets(state, params) {
    const group = findTargetGroup(state, text(params, 'TargetGroupArn'));
    for (const target of objects(params, 'Targets')) {
      const id = text(target, 'Id');
      const instance = state.instances.find((one) => one.id === id);
      if (instance === undefined || instanceState(state, instance) !== 'running')
        throw new CloudError('InvalidTarget', `The following targets are not in a running state: '${id}'`);
      if (!group.targets.has(id)) group.targets.set(id, state.now);
    }
    return {};
  },
  DeregisterTargets(state, params) {
    const group = findTargetGroup(state, text(params, 'TargetGroupArn'));
    for (const target of objects(params, 'Targets')) group.targets.delete(text(target, 'Id'));
    return {};
  },
  DescribeTargetHealth: (state, params) => ({
    TargetHealthDescriptions: [...findTargetGroup(state, text(params, 'TargetGroupArn')).targets].map(
      ([id, since]) => ({
        Target: { Id: id },
        TargetHealth: targetHealth(state, id, since),
      }),
    ),
  }),
  DescribeTags: (state, params) => ({
    TagDescriptions: texts(params, 'ResourceArns').map((arn) => ({
      ResourceArn: arn,
      Tags: Object.entries(state.tags.get(arn) ?? {}).map(([Key, Value]) => ({ Key, Value })),
    })),
  }),
};

function targetHealth(state: CloudState, id: string, since: number): Answer {
  const instance = state.instances.find((one) => one.id === id);
  if (instance === undefined || instanceState(state, instance) !== 'running')
    return { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the stopped state' };
  if (instance.impaired === true)
    return { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
  if (state.now < since + state.timing.target)
    return {
      State: 'initial',
      Reason: 'Elb.RegistrationInProgress',
      Description: 'Target registration is in progress',
    };
  return { State: 'healthy' };
}

function showBalancer(state: CloudState, arn: string): Answer {
  const one = state.balancers.find((balancer) => balancer.arn === arn)!;
  const active = state.now >= one.created + state.timing.balancer;
  return {
    LoadBalancerArn: one.arn,
    LoadBalancerName: one.name,
    DNSName: `${one.name}-1234567890.us-east-1.elb.amazonaws.com`,
    CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    State: { Code: active ? 'active' : 'provisioning' },
    Type: 'application',
    SecurityGroups: one.groups,
    AvailabilityZones: one.subnets.map((SubnetId) => ({ SubnetId })),
  };
}

function showTargetGroup(state: CloudState, arn: string): Answer {
  const { name, settings } = state.targetGroups.find((one) => one.arn === arn)!;
  const { HealthCheckPath, Port, Protocol, VpcId } = settings;
  return { TargetGroupArn: arn, TargetGroupName: name, HealthCheckPath, Port, Protocol, VpcId };
}

function showListener(one: FakeListener): Answer {
  const Certificates = one.certificate === '' ? undefined : [{ CertificateArn: one.certificate }];
  return {
    ListenerArn: one.arn,
    LoadBalancerArn: one.balancer,
    Port: one.port,
    Protocol: one.protocol,
    Certificates,
    DefaultActions: one.action,
  };
}

function findTargetGroup(state: CloudState, arn: string) {
  const found = state.targetGroups.find((one) => one.arn === arn);
  if (found === undefined) throw new CloudError('TargetGroupNotFound', 'One or more target groups not found');
  return found;
}

function readTags(tags: unknown): Tags {
  const list = objects({ tags }, 'tags');
  return Object.fromEntries(list.map((tag) => [text(tag, 'Key'), text(tag, 'Value')]));
}

function drop<T>(things: T[], isIt: (thing: T) => boolean): void {
  for (let index = things.length - 1; index >= 0; index--) if (isIt(things[index]!)) things.splice(index, 1);
}
