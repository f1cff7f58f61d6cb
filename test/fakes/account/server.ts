/**
 * An AWS account in this process: CloudFront with its key-value stores, ACM, Route 53, STS, with the rules AWS documents.
 * Every request is read by the SDK's own model (model.ts, codec.ts); buckets are the matter of fakeS3.ts.
 */
import * as acm from '@aws-sdk/client-acm';
import * as cloudFront from '@aws-sdk/client-cloudfront';
import * as keyValues from '@aws-sdk/client-cloudfront-keyvaluestore';
import * as route53 from '@aws-sdk/client-route-53';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../s3/body.js';
import { openCertificates, type FakeCertificate } from './certificates.js';
import { openCloudFront, type FakeCloudFrontState } from './cloudFront.js';
import { readBindings, readJson, readXmlInput, ServiceError, writeXmlOutput, type Enumerations } from './codec.js';
import { openKeyValues } from './keyValues.js';
import { listOperations, matchOperation, type Operation } from './model.js';
import { openZones, type FakeZone } from './zones.js';

export type Output = Record<string, unknown>;
/** The input is what the caller gave to the SDK, as far as it went over the wire. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Handler = (input: any) => Output;
export type Handlers = Readonly<Record<string, Handler>>;

export interface FakeAccount {
  readonly url: string;
  readonly cloudFront: FakeCloudFrontState;
  readonly certificates: Map<string, FakeCertificate>;
  readonly zones: Map<string, FakeZone>;
  /** `cloudfront:CreateFunction`… in order. */
  readonly log: string[];
  /** Before an operation is done: throw a ServiceError to answer it; `reset` breaks the connection off. */
  before: (operation: string) => 'reset' | undefined;
  /** After it was done: `reset` loses the answer. */
  after: (operation: string) => 'reset' | undefined;
  close(): Promise<void>;
}

interface Service {
  readonly operations: readonly Operation[];
  readonly handlers: Handlers;
  readonly enums: Enumerations;
}

export async function startFakeAccount(): Promise<FakeAccount> {
  const zones = openZones();
  const certificates = openCertificates(zones.isThere);
  const front = openCloudFront(certificates.byArn);
  const services: Readonly<Record<string, Service>> = {
    'cloudfront': describe(cloudFront, front.handlers),
    'cloudfront-keyvaluestore': describe(keyValues, openKeyValues(front.state)),
    'acm': describe(acm, certificates.handlers),
    'route53': describe(route53, zones.handlers),
  };
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const fake: FakeAccount = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cloudFront: front.state,
    certificates: certificates.byArn,
    zones: zones.byId,
    log: [],
    before: () => undefined,
    after: () => undefined,
    close: () =>
      new Promise<void>((closed, failed) => {
        server.close((error) => (error === undefined ? closed() : failed(error)));
        server.closeAllConnections();
      }),
  };
  return fake;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const scope = /Credential=[^/]+\/\d{8}\/(?:[^/]+\/)?([^/]+)\/aws4_request/.exec(
      request.headers.authorization ?? '',
    );
    const name = scope?.[1] ?? '';
    const answer = (status: number, text: string | Buffer, type: string, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': 'fake', ...headers });
      response.end(text);
    };
    if (name === 'sts') return answer(200, identity, 'text/xml');
    const service = services[name];
    if (service === undefined)
      return answer(403, '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>', 'text/xml');
    const isJson = name === 'acm' || name === 'cloudfront-keyvaluestore';
    try {
      const url = new URL(request.url ?? '/', 'http://fake');
      const target =
        String(request.headers['x-amz-target'] ?? '')
          .split('.')
          .at(-1) ?? '';
      const match =
        name === 'acm'
          ? { operation: service.operations.find((one) => one.name === target), labels: {} }
          : matchOperation(service.operations, request.method ?? '', url);
      const operation = match?.operation;
      if (match === null || operation === undefined)
        throw new ServiceError(404, 'UnknownOperation', `${request.method} ${url.pathname}`);
      const called = `${name}:${operation.name}`;
      fake.log.push(called);
      const handler = service.handlers[operation.name];
      if (handler === undefined) throw new ServiceError(501, 'NotImplemented', called);
      if (fake.before(called) === 'reset') return void request.socket.resetAndDestroy();
      const read = { url, headers: request.headers, labels: match.labels, body };
      const parsed = isJson ? (JSON.parse(body.toString() || '{}') as Output) : {};
      const input =
        name === 'acm'
          ? readJson(parsed, operation.input, operation.name, service.enums)
          : isJson
            ? { ...readBindings(operation, read).input, ...parsed }
            : readXmlInput(operation, read, service.enums);
      const output = handler(input);
      if (fake.after(called) === 'reset') return void request.socket.resetAndDestroy();
      if (isJson) {
        const { ETag, ...rest } = output;
        const headers: Record<string, string> = typeof ETag === 'string' ? { etag: ETag } : {};
        answer(operation.status, JSON.stringify(name === 'acm' ? output : rest), 'application/x-amz-json-1.1', headers);
        return;
      }
      const { body: text, headers } = writeXmlOutput(operation, output);
      answer(
        operation.status,
        typeof text === 'string' && text !== '' ? `<?xml version="1.0"?>\n${text}` : text,
        'text/xml',
        headers,
      );
    } catch (error) {
      const { status, code, message } =
        error instanceof ServiceError
          ? error
          : new ServiceError(500, 'InternalError', String(error instanceof Error ? error.stack : error));
      if (isJson) answer(status, JSON.stringify({ __type: code, message }), 'application/x-amz-json-1.1');
      else {
        const safe = message.replace(/&/g, '&amp;').replace(/</g, '&lt;');
        answer(
          status,
          `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${safe}</Message></Error><RequestId>fake</RequestId></ErrorResponse>`,
          'text/xml',
        );
      }
    }
  }
}

/** The account number of documentation. */
export const accountId = '111122223333';

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${accountId}:user/tester</Arn><UserId>U</UserId><Account>${accountId}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>fake</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;

function describe(sdk: object, handlers: Handlers): Service {
  return { operations: listOperations(sdk), handlers, enums: sdk as Enumerations };
}
