/** The services that the CDN wing speaks to, and how their errors reach it. */
import type * as Acm from '@aws-sdk/client-acm';
import type * as Route53 from '@aws-sdk/client-route-53';
import { PublishError } from '../../errors.js';
import { AlreadyThere, ChangedMeanwhile } from '../../provision/resource.js';
import type { Aws, CloudFrontAccess, S3Access } from '../clients.js';
import { toPublishError } from '../errors.js';
import { errorName, statusOf } from '../failure.js';

interface AcmAccess {
  readonly client: Acm.ACMClient;
  readonly sdk: typeof Acm;
}
interface Route53Access {
  readonly client: Route53.Route53Client;
  readonly sdk: typeof Route53;
}

/** `what` is the permission and the thing: `cloudfront:CreateFunction`, `acme-pages`. */
export interface Services {
  readonly cloudfront: <T>(action: string, thing: string, work: (access: CloudFrontAccess) => Promise<T>) => Promise<T>;
  readonly s3: <T>(
    action: string,
    bucket: string,
    region: string | undefined,
    work: (access: S3Access) => Promise<T>,
  ) => Promise<T>;
  /** CloudFront reads certificates in us-east-1 alone. */
  readonly acm: <T>(action: string, thing: string, work: (access: AcmAccess) => Promise<T>) => Promise<T>;
  readonly route53: <T>(action: string, thing: string, work: (access: Route53Access) => Promise<T>) => Promise<T>;
  /** The last argument of every `send`. */
  readonly send: { readonly abortSignal?: AbortSignal };
}

export function openServices(aws: Aws): Services {
  let acm: Promise<AcmAccess> | undefined;
  let route53: Promise<Route53Access> | undefined;
  const openAcm = async (): Promise<AcmAccess> => {
    const sdk = await import('@aws-sdk/client-acm');
    const config = await aws.settle((settings) => new sdk.ACMClient(settings));
    return { sdk, client: new sdk.ACMClient({ ...config, region: 'us-east-1' }) };
  };
  const openRoute53 = async (): Promise<Route53Access> => {
    const sdk = await import('@aws-sdk/client-route-53');
    const config = await aws.settle((settings) => new sdk.Route53Client(settings));
    return { sdk, client: new sdk.Route53Client(config) };
  };

  async function run<A, T>(action: string, thing: string, open: () => Promise<A>, work: (access: A) => Promise<T>) {
    try {
      return await work(await open());
    } catch (error) {
      throw translate(error, action, thing);
    }
  }

  function translate(error: unknown, action: string, resource: string): Error {
    if (error instanceof AlreadyThere || error instanceof ChangedMeanwhile) return error;
    const name = errorName(error);
    if (name === 'PreconditionFailed' || name === 'InvalidIfMatchVersion') return new ChangedMeanwhile(resource);
    if (name === 'CNAMEAlreadyExists')
      return new PublishError('aws-failed', `${resource}: one of its host names belongs to another distribution`, {
        hint: 'Take the alternate domain name away from the other distribution, or name that one in the configuration.',
      });
    if (/AlreadyExists$|^BucketAlreadyOwnedByYou$|^EntityAlreadyExists/.test(name) && name !== 'BucketAlreadyExists')
      return new AlreadyThere(resource);
    const known = toPublishError(error, { action, resource, profile: aws.profile });
    if (!(known instanceof PublishError) || (known.code !== 'store-failed' && known.code !== 'cdn-failed'))
      return known;
    const { message, cause, transient, hint } = known;
    return new PublishError('aws-failed', message, { cause, transient, ...(transient && { hint }) });
  }

  return {
    send: aws.signal === undefined ? {} : { abortSignal: aws.signal },
    cloudfront: (action, thing, work) => run(`cloudfront:${action}`, thing, () => aws.cloudfront(), work),
    s3: (action, bucket, region, work) => run(`s3:${action}`, bucket, () => aws.s3(region), work),
    acm: (action, thing, work) => run(`acm:${action}`, thing, () => (acm ??= openAcm()), work),
    route53: (action, thing, work) => run(`route53:${action}`, thing, () => (route53 ??= openRoute53()), work),
  };
}

/** What a request finds; null when the service says that there is no such thing. */
export async function orNull<T>(request: Promise<T>, ...names: readonly string[]): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    const name = errorName(error);
    if (names.length === 0 ? statusOf(error) === 404 : names.includes(name)) return null;
    throw error;
  }
}
