/** An application load balancer before several servers. */
import { PublishError } from '../../errors.js';
import type { Balancer, Cloud, CloudReader, TargetGroup } from '../../provision/host/cloud.js';
import { AlreadyThere } from '../../provision/resource.js';
import type { HostTools } from './servers.js';
import { isAnswer, type HostServices } from './services.js';
import { hostTag, readTags, writeTags } from './tags.js';

type ReaderPart = Pick<CloudReader, 'balancer' | 'targetGroup' | 'listeners'>;

export function openBalancerReader({ host, services }: HostTools): ReaderPart {
  return {
    balancer: () => findBalancer(services, host),
    targetGroup: () => findTargetGroup(services, host),
    listeners: (balancer) =>
      services.elb('DescribeListeners', balancer, async ({ client, sdk }) => {
        const { Listeners = [] } = await client.send(new sdk.DescribeListenersCommand({ LoadBalancerArn: balancer }));
        return Listeners.map(({ ListenerArn = '', Port = 0, Certificates }) => ({
          id: ListenerArn,
          port: Port,
          ...(Certificates?.[0]?.CertificateArn !== undefined && { certificate: Certificates[0].CertificateArn }),
        }));
      }),
  };
}

type WriterPart = Pick<
  Cloud,
  | 'createBalancer'
  | 'deleteBalancer'
  | 'createTargetGroup'
  | 'deleteTargetGroup'
  | 'createListener'
  | 'deleteListener'
  | 'register'
  | 'deregister'
>;

export function openBalancerWriter({ host, services, sleep }: HostTools): WriterPart {
  const Tags = writeTags({ [hostTag]: host });
  const Name = nameOf(host);
  return {
    createBalancer: (subnets, firewalls) =>
      services.elb('CreateLoadBalancer', Name, async ({ client, sdk }) => {
        const { LoadBalancers = [] } = await client.send(
          new sdk.CreateLoadBalancerCommand({
            Name,
            Type: 'application',
            Subnets: [...subnets],
            SecurityGroups: [...firewalls],
            Tags,
          }),
        );
        return readBalancer(LoadBalancers[0]);
      }),
    deleteBalancer: (balancer) =>
      services.elb('DeleteLoadBalancer', balancer, async ({ client, sdk }) => {
        await client.send(new sdk.DeleteLoadBalancerCommand({ LoadBalancerArn: balancer }));
      }),
    createTargetGroup: (network, port, healthPath) =>
      services.elb('CreateTargetGroup', Name, async ({ client, sdk }) => {
        const { TargetGroups = [] } = await client.send(
          new sdk.CreateTargetGroupCommand({
            Name,
            Protocol: 'HTTP',
            Port: port,
            VpcId: network,
            TargetType: 'instance',
            HealthCheckPath: healthPath,
            HealthCheckIntervalSeconds: 10,
            HealthyThresholdCount: 2,
            UnhealthyThresholdCount: 2,
            Tags,
          }),
        );
        return { id: TargetGroups[0]?.TargetGroupArn ?? '', healthPath, targets: [] };
      }),
    deleteTargetGroup: (group) =>
      services.elb('DeleteTargetGroup', group, async ({ client, sdk }) => {
        // A listener that was just deleted holds on to it for a moment.
        for (let attempt = 1; ; attempt++) {
          try {
            await client.send(new sdk.DeleteTargetGroupCommand({ TargetGroupArn: group }));
            return;
          } catch (error) {
            if (!isAnswer(error, 'ResourceInUse') || attempt === 30) throw error;
            await sleep(2_000);
          }
        }
      }),
    createListener: (balancer, { port, certificate, to }) =>
      services.elb('CreateListener', balancer, async ({ client, sdk }) => {
        const action =
          to === 'https'
            ? {
                Type: 'redirect' as const,
                RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' as const },
              }
            : { Type: 'forward' as const, TargetGroupArn: to.group };
        try {
          const { Listeners = [] } = await client.send(
            new sdk.CreateListenerCommand({
              LoadBalancerArn: balancer,
              Port: port,
              Protocol: certificate === undefined ? 'HTTP' : 'HTTPS',
              ...(certificate !== undefined && { Certificates: [{ CertificateArn: certificate }] }),
              DefaultActions: [action],
              Tags,
            }),
          );
          return { id: Listeners[0]?.ListenerArn ?? '', port, ...(certificate !== undefined && { certificate }) };
        } catch (error) {
          if (isAnswer(error, 'DuplicateListener')) throw new AlreadyThere(`the listener on port ${port}`);
          throw error;
        }
      }),
    deleteListener: (listener) =>
      services.elb('DeleteListener', listener, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DeleteListenerCommand({ ListenerArn: listener }));
        } catch (error) {
          if (!isAnswer(error, 'ListenerNotFound')) throw error;
        }
      }),
    register: (group, server) =>
      services.elb('RegisterTargets', server, async ({ client, sdk }) => {
        await client.send(new sdk.RegisterTargetsCommand({ TargetGroupArn: group, Targets: [{ Id: server }] }));
      }),
    deregister: (group, server) =>
      services.elb('DeregisterTargets', server, async ({ client, sdk }) => {
        await client.send(new sdk.DeregisterTargetsCommand({ TargetGroupArn: group, Targets: [{ Id: server }] }));
      }),
  };
}

/** At most 32 characters (API Reference, CreateLoadBalancer). */
function nameOf(host: string): string {
  return `twinorigin-${host}`;
}

async function findBalancer(services: HostServices, host: string): Promise<Balancer | null> {
  const Name = nameOf(host);
  const found = await services.elb('DescribeLoadBalancers', Name, async ({ client, sdk }) => {
    try {
      return (await client.send(new sdk.DescribeLoadBalancersCommand({ Names: [Name] }))).LoadBalancers?.[0];
    } catch (error) {
      if (isAnswer(error, 'LoadBalancerNotFound', 'LoadBalancerNotFoundException')) return undefined;
      throw error;
    }
  });
  if (found === undefined) return null;
  await refuseForeign(services, host, found.LoadBalancerArn ?? '');
  return readBalancer(found);
}

async function findTargetGroup(services: HostServices, host: string): Promise<TargetGroup | null> {
  const Name = nameOf(host);
  const found = await services.elb('DescribeTargetGroups', Name, async ({ client, sdk }) => {
    try {
      return (await client.send(new sdk.DescribeTargetGroupsCommand({ Names: [Name] }))).TargetGroups?.[0];
    } catch (error) {
      if (isAnswer(error, 'TargetGroupNotFound', 'TargetGroupNotFoundException')) return undefined;
      throw error;
    }
  });
  if (found === undefined) return null;
  const id = found.TargetGroupArn ?? '';
  await refuseForeign(services, host, id);
  const targets = await services.elb('DescribeTargetHealth', id, async ({ client, sdk }) => {
    const { TargetHealthDescriptions = [] } = await client.send(
      new sdk.DescribeTargetHealthCommand({ TargetGroupArn: id }),
    );
    return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
      server: Target?.Id ?? '',
      state: TargetHealth?.State ?? 'unknown',
      ...(TargetHealth?.Description !== undefined && { reason: TargetHealth.Description }),
    }));
  });
  return { id, healthPath: found.HealthCheckPath ?? '', targets };
}

async function refuseForeign(services: HostServices, host: string, arn: string): Promise<void> {
  const tags = await services.elb('DescribeTags', arn, async ({ client, sdk }) => {
    const { TagDescriptions = [] } = await client.send(new sdk.DescribeTagsCommand({ ResourceArns: [arn] }));
    return readTags(TagDescriptions[0]?.Tags);
  });
  if (tags[hostTag] === host) return;
  throw new PublishError('guard-refused', `${arn} has the name that this host needs, and twinorigin did not make it`, {
    hint: 'Give the host another name ("host.name"), or remove it by hand.',
  });
}

function readBalancer(
  found:
    | {
        readonly LoadBalancerArn?: string | undefined;
        readonly State?: { readonly Code?: string | undefined } | undefined;
        readonly DNSName?: string | undefined;
        readonly CanonicalHostedZoneId?: string | undefined;
      }
    | undefined,
): Balancer {
  return {
    id: found?.LoadBalancerArn ?? '',
    active: found?.State?.Code === 'active',
    dnsName: (found?.DNSName ?? '').toLowerCase(),
    dnsZone: found?.CanonicalHostedZoneId ?? '',
  };
}
