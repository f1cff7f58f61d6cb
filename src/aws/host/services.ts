/** The services that a host is made of: clients, made and loaded at first use, and one way to call them. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as Route53 from '@aws-sdk/client-route-53';
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Aws, AwsClientConfig } from '../clients.js';
import { toPublishError } from '../errors.js';
import { errorName } from '../failure.js';

interface Access<Client, Sdk> {
  readonly client: Client;
  readonly sdk: Sdk;
}

export interface HostServices {
  /** Runs requests; whatever they end with becomes an error for people. `action`: the permission it needs. */
  ec2<T>(action: string, resource: string, run: (access: Access<Ec2.EC2Client, typeof Ec2>) => Promise<T>): Promise<T>;
  elb<T>(
    action: string,
    resource: string,
    run: (access: Access<Elb.ElasticLoadBalancingV2Client, typeof Elb>) => Promise<T>,
  ): Promise<T>;
  route53<T>(
    action: string,
    resource: string,
    run: (access: Access<Route53.Route53Client, typeof Route53>) => Promise<T>,
  ): Promise<T>;
  cloudwatch<T>(
    action: string,
    resource: string,
    run: (access: Access<CloudWatch.CloudWatchClient, typeof CloudWatch>) => Promise<T>,
  ): Promise<T>;
  ssm<T>(action: string, resource: string, run: (access: Access<Ssm.SSMClient, typeof Ssm>) => Promise<T>): Promise<T>;
}

export function openHostServices(aws: Aws): HostServices {
  const ec2 = once(async () => {
    const sdk = await import('@aws-sdk/client-ec2');
    return { client: new sdk.EC2Client(await aws.settle((config) => new sdk.EC2Client(config))), sdk };
  });
  const elb = once(async () => {
    const sdk = await import('@aws-sdk/client-elastic-load-balancing-v2');
    const open = (config: AwsClientConfig) => new sdk.ElasticLoadBalancingV2Client(config);
    return { client: open(await aws.settle(open)), sdk };
  });
  const route53 = once(async () => {
    const sdk = await import('@aws-sdk/client-route-53');
    const open = (config: AwsClientConfig) => new sdk.Route53Client(config);
    return { client: open(await aws.settle(open)), sdk };
  });
  const cloudwatch = once(async () => {
    const sdk = await import('@aws-sdk/client-cloudwatch');
    const open = (config: AwsClientConfig) => new sdk.CloudWatchClient(config);
    return { client: open(await aws.settle(open)), sdk };
  });
  const ssm = once(async () => {
    const sdk = await import('@aws-sdk/client-ssm');
    const open = (config: AwsClientConfig) => new sdk.SSMClient(config);
    return { client: open(await aws.settle(open)), sdk };
  });
  const caller =
    <A>(service: string, open: () => Promise<A>) =>
    async <T>(action: string, resource: string, run: (access: A) => Promise<T>): Promise<T> => {
      try {
        return await run(await open());
      } catch (error) {
        throw toPublishError(error, { action: `${service}:${action}`, resource, profile: aws.profile });
      }
    };
  return {
    ec2: caller('ec2', ec2),
    elb: caller('elasticloadbalancing', elb),
    route53: caller('route53', route53),
    cloudwatch: caller('cloudwatch', cloudwatch),
    ssm: caller('ssm', ssm),
  };
}

/** True for an error that one of the services answered with this code, before or after it became one for people. */
export function isAnswer(error: unknown, ...codes: readonly string[]): boolean {
  if (codes.includes(errorName(error))) return true;
  return error instanceof Error && error.cause !== undefined && codes.includes(errorName(error.cause));
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
