/** Everything AWS, another S3 or the network may answer, turned into a `PublishError` by one table. */
import { PublishError, type ErrorCode } from '../errors.js';
import { ConditionFailed } from '../release/ports.js';
import { describe, type Failure } from './failure.js';

/** What was asked for when it went wrong. */
interface AwsRequest {
  /** The permission it needs: `s3:PutObject`. */
  readonly action: string;
  /** `s3://bucket/key` or a distribution id. */
  readonly resource: string;
  /** Host of a custom endpoint. */
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
}

interface Rule {
  readonly when: (failure: Failure) => boolean;
  readonly code: ErrorCode;
  readonly message: (failure: Failure, request: AwsRequest) => string;
  readonly hint?: (failure: Failure, request: AwsRequest) => string | undefined;
  /** See `ErrorDetails.transient`. */
  readonly transient?: true;
}

const named =
  (...names: readonly string[]) =>
  (failure: Failure): boolean =>
    names.includes(failure.name);

const errnoIn =
  (...codes: readonly string[]) =>
  (failure: Failure): boolean =>
    codes.includes(failure.errno);

/** First match wins. Codes: Amazon S3 API Reference, "Error responses"; CloudFront API Reference, "Common errors". */
const rules: readonly Rule[] = [
  {
    when: named('AbortError'),
    code: 'interrupted',
    message: (_, request) => `${request.action} on ${request.resource} was interrupted`,
  },
  {
    when: (failure) =>
      named('ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired')(failure) ||
      (isCredentialsError(failure) && /expired/i.test(failure.message)),
    code: 'expired-credentials',
    message: (failure) => failure.message,
  },
  {
    when: isCredentialsError,
    code: 'no-credentials',
    message: (failure, { profile }) => failure.message + (profile === undefined ? '' : ` (profile ${profile})`),
  },
  {
    when: named('InvalidAccessKeyId', 'InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidToken'),
    code: 'access-denied',
    message: (failure, request) => `${where(request)} does not know the access key: ${failure.message}`,
    hint: () => 'Check AWS_PROFILE or AWS_ACCESS_KEY_ID: the key may be deleted, or belong to another service.',
  },
  {
    when: named('SignatureDoesNotMatch', 'InvalidSignatureException'),
    code: 'access-denied',
    message: (_, request) => `${where(request)} says that the secret access key is wrong`,
    hint: () => 'Check AWS_SECRET_ACCESS_KEY or the profile: a character may be missing.',
  },
  {
    when: named('RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'),
    code: 'clock-skew',
    message: (failure, request) => `${where(request)} ${tellSkew(failure)}`,
  },
  {
    when: (failure) =>
      named('PermanentRedirect', 'TemporaryRedirect', 'IllegalLocationConstraintException')(failure) ||
      failure.status === 301 ||
      failure.status === 307 ||
      (failure.status === 400 && failure.region !== undefined),
    code: 'wrong-region',
    message: (failure, request) =>
      failure.region === undefined
        ? `${request.resource} is in another region`
        : `${request.resource} is in the region ${failure.region}`,
    hint: (failure) =>
      failure.region === undefined
        ? undefined
        : `Set the region with --region ${failure.region} or AWS_REGION=${failure.region}.`,
  },
  {
    when: named('NoSuchBucket'),
    code: 'bucket-missing',
    message: (_, request) => `There is no bucket for ${request.resource}${at(request)}`,
  },
  {
    when: named('InvalidBucketName', 'InvalidBucketNameException'),
    code: 'bucket-missing',
    message: (_, request) => `${request.resource} is no possible name of a bucket`,
  },
  {
    when: named('NoSuchDistribution'),
    code: 'distribution-missing',
    message: (_, request) => `There is no distribution ${request.resource} in this account`,
  },
  {
    when: (failure) =>
      named('AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'AccountProblem', 'Forbidden')(failure) ||
      failure.status === 401 ||
      failure.status === 403,
    code: 'access-denied',
    message: (failure, request) =>
      `${request.action} on ${request.resource} is not allowed${at(request)}${ownWords(failure)}`,
    hint: (_, request) =>
      /s3:(Get|Head)/.test(request.action)
        ? `Allow ${request.action} there, and s3:ListBucket on the bucket: without it a missing object is answered with "denied" too.`
        : `Allow ${request.action} on it in the policy of the user or role.`,
  },
  {
    when: errnoIn('ENOTFOUND', 'EAI_AGAIN'),
    code: 'unreachable',
    message: (failure, request) => `The name of ${where(request)} cannot be resolved: ${failure.message}`,
  },
  {
    when: (failure) =>
      /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO|HOSTNAME_MISMATCH)/.test(failure.errno),
    code: 'unreachable',
    message: (failure, request) => `${where(request)} cannot prove who it is: ${failure.message} (${failure.errno})`,
    hint: () =>
      'Behind a proxy with its own certificate set NODE_EXTRA_CA_CERTS. For a server without TLS use http://.',
  },
  {
    when: (failure) =>
      failure.name === 'TimeoutError' ||
      errnoIn(
        'ECONNREFUSED',
        'ECONNRESET',
        'EPIPE',
        'ETIMEDOUT',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'ECONNABORTED',
      )(failure),
    code: 'unreachable',
    transient: true,
    message: (failure, request) =>
      `${where(request)} does not answer: ${failure.message}${tries(failure)}, at ${request.action} on ${request.resource}`,
  },
  {
    when: errnoIn('ERR_INVALID_URL'),
    code: 'usage',
    message: (_, request) => `${where(request)} is no address`,
    hint: () => 'An endpoint is written like https://s3.example.com.',
  },
  {
    when: (failure) => /Deserialization error|is not expected|XML parse/i.test(failure.message),
    code: 'unreachable',
    message: (_, request) => `${where(request)} answers with something that is not the S3 or CloudFront protocol`,
    hint: () => 'Check --endpoint-url: it may be the address of a web page or of another service.',
  },
  {
    when: (failure) =>
      named(
        'SlowDown',
        'Throttling',
        'ThrottlingException',
        'TooManyRequestsException',
        'RequestLimitExceeded',
      )(failure) ||
      failure.status === 429 ||
      failure.status === 503,
    code: 'store-failed',
    transient: true,
    message: (failure, request) => `${where(request)} keeps asking for fewer requests${tries(failure)}`,
    hint: () => 'Run the same command again, perhaps with a lower --concurrency: finished work is kept.',
  },
  {
    when: (failure) => /larger than the maximum allowable size for a copy source/i.test(failure.message),
    code: 'store-failed',
    message: (_, request) => `${request.resource} is larger than 5 GB: S3 cannot copy it in one request`,
    hint: () => 'Objects of this size cannot be published; serve the file from elsewhere.',
  },
];

/**
 * Turns whatever a request ended with into an error for people.
 * The SDK's own error is never attached: it holds the request with its signature. A bug stays the error it is.
 */
export function toPublishError(error: unknown, request: AwsRequest): Error {
  if (error instanceof PublishError || error instanceof ConditionFailed) return error;
  const failure = describe(error);
  const rule = rules.find(({ when }) => when(failure));
  const bug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  if (rule === undefined && bug && failure.status === undefined) return error;
  const hint = rule?.hint?.(failure, request);
  const service = request.action.startsWith('cloudfront:') ? 'cdn-failed' : 'store-failed';
  const code = rule?.code === 'store-failed' ? service : (rule?.code ?? service);
  const message = rule?.message(failure, request) ?? `${request.action} on ${request.resource}: ${tell(failure)}`;
  const transient = rule === undefined ? (failure.status ?? 0) >= 500 : rule.transient === true;
  return new PublishError(code, message, { cause: bareCause(failure), transient, ...(hint !== undefined && { hint }) });
}

function isCredentialsError(failure: Failure): boolean {
  return /^(Credentials|Token)ProviderError$/.test(failure.name) || failure.message === 'Credential is missing';
}

function tell(failure: Failure): string {
  const status = failure.status === undefined ? '' : ` (HTTP ${failure.status})`;
  const id = failure.requestId === undefined ? '' : `, request ${failure.requestId}`;
  return `${failure.name}: ${failure.message}${status}${tries(failure)}${id}`;
}

function tellSkew(failure: Failure): string {
  if (failure.serverTime === undefined) return 'says that the time of the request is wrong';
  const minutes = (Date.now() - failure.serverTime) / 60_000;
  const direction = minutes > 0 ? 'ahead of' : 'behind';
  return `has ${new Date(failure.serverTime).toISOString()}: this machine is ${Math.abs(minutes).toFixed(1)} minutes ${direction} it`;
}

function where(request: AwsRequest): string {
  return request.endpoint ?? 'AWS';
}

function at(request: AwsRequest): string {
  return request.endpoint === undefined ? '' : ` at ${request.endpoint}`;
}

function tries(failure: Failure): string {
  return (failure.attempts ?? 1) > 1 ? ` after ${failure.attempts} attempts` : '';
}

/** AWS names the user, the action and the policy that is missing; other stores just repeat the code. */
function ownWords(failure: Failure): string {
  return /not authorized|denied by|explicit deny/i.test(failure.message) ? `: ${failure.message}` : '';
}

function bareCause(failure: Failure): Error {
  const cause = new Error(tell(failure));
  cause.name = failure.name === '' ? 'Error' : failure.name;
  return cause;
}
