/** Errors of the lean client, in the shape that the SDK's have. */
import type { Answer } from './transport.js';

/** What `aws/failure.ts` looks at. */
export interface LeanFailure extends Error {
  Code?: string;
  Region?: string;
  ServerTime?: string;
  /** Node's code. */
  code?: string;
  /** Another try may succeed, whatever the name says. */
  isPassing?: boolean;
  $metadata?: { readonly httpStatusCode?: number; readonly attempts: number; readonly requestId?: string | undefined };
  $response?: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
}

/** Names where the answer has no body that would tell: those to HEAD. */
const names: Readonly<Record<number, string>> = { 404: 'NotFound', 403: 'Forbidden', 412: 'PreconditionFailed' };

/** The error that an answer stands for. */
export function failureOf(answer: Answer, attempts: number): LeanFailure {
  const text = answer.body.toString();
  const headers = flatten(answer.headers);
  const code = textOf(text, 'Code') ?? names[answer.status] ?? `Http${answer.status}`;
  const failure: LeanFailure = new Error(textOf(text, 'Message') ?? code);
  failure.name = code;
  failure.Code = code;
  const region = textOf(text, 'Region');
  if (region !== undefined) failure.Region = region;
  const serverTime = textOf(text, 'ServerTime');
  if (serverTime !== undefined) failure.ServerTime = serverTime;
  failure.$metadata = { httpStatusCode: answer.status, attempts, requestId: headers['x-amz-request-id'] };
  failure.$response = { statusCode: answer.status, headers };
  return failure;
}

/** An answer that came and is not right: tried again. */
export function passingFailure(message: string): LeanFailure {
  return Object.assign(new Error(message), { isPassing: true });
}

function flatten(headers: Answer['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') flat[name] = value;
  return flat;
}

/** The text of the first element of that name; entities are resolved. */
export function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? undefined : decodeEntities(found);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** For the text of an element. */
export function encodeEntities(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}
