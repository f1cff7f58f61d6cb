/** What an error of the SDK or of Node says, read in one place. */
import { maskSecrets } from './mask.js';

/** An error of the SDK or of Node, reduced to what the table looks at. Texts are masked. */
export interface Failure {
  /** The service's error code, or the name of the error. */
  readonly name: string;
  readonly status: number | undefined;
  /** ENOTFOUND, CERT_HAS_EXPIRED… */
  readonly errno: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;
  readonly attempts: number | undefined;
  /** The region that the bucket is in, when the service says so. */
  readonly region: string | undefined;
  /** Milliseconds since 1970 by the server's clock. */
  readonly serverTime: number | undefined;
}

/** The service's error code, or the name of the error; '' for what is no error. */
export function errorName(error: unknown): string {
  return describe(error).name;
}

/** How often a failed request was sent; 1 means that nothing of it can have been done unseen. */
export function attemptsOf(error: unknown): number {
  return describe(error).attempts ?? 1;
}

export function statusOf(error: unknown): number | undefined {
  return describe(error).status;
}

export function errnoOf(error: unknown): string {
  return describe(error).errno;
}

/** Reads an error of any origin. */
export function describe(error: unknown): Failure {
  const source = fieldsOf(error);
  const metadata = fieldsOf(source.$metadata);
  const response = fieldsOf(source.$response);
  const headers = Object.fromEntries(
    Object.entries(fieldsOf(response.headers)).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
    ),
  );
  const cause = fieldsOf(source.cause);
  return {
    name: text(source.Code) ?? text(source.name) ?? '',
    status: number(metadata.httpStatusCode) ?? number(response.statusCode),
    errno: text(source.code) ?? text(cause.code) ?? '',
    message: maskSecrets(messageOf(error)),
    headers,
    requestId: text(metadata.requestId),
    attempts: number(metadata.attempts),
    region: headers['x-amz-bucket-region'] ?? text(source.Region),
    serverTime: time(source.ServerTime) ?? time(headers.date),
  };
}

/** Node reports a name with several addresses as one error without a text of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function time(value: unknown): number | undefined {
  const parsed = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
