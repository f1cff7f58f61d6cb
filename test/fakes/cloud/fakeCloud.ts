/** EC2, Elastic Load Balancing, Route 53, CloudWatch and the Parameter Store behind one address, for the real SDK. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../s3/body.js';
import { tag } from '../s3/reply.js';
import { performEc2 } from './ec2.js';
import { performElb } from './elb.js';
import { performJson } from './json.js';
import { routeRoute53 } from './route53.js';
import { CloudError, makeState, settle, type CloudState } from './state.js';
import { parseQuery, text, toXml, type Params } from './wire.js';

export interface FakeCloud {
  readonly url: string;
  readonly state: CloudState;
  /** Operations by name, in order. */
  readonly log: string[];
  /** Lets time pass. */
  pass(milliseconds: number): void;
  /** Before an operation is done: throw a CloudError to answer it; `reset` breaks the connection off. */
  before: (operation: string, params: Params) => 'reset' | undefined;
  /** After it was done: `reset` loses the answer. */
  after: (operation: string, params: Params) => 'reset' | undefined;
  /** Everything as it is now; can be gone back to any number of times. */
  save(): CloudState;
  restore(saved: CloudState): void;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export async function startFakeCloud(): Promise<FakeCloud> {
  const state = makeState();
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const fake: FakeCloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    log: [],
    pass(milliseconds) {
      state.now += milliseconds;
      settle(state);
    },
    before: () => undefined,
    after: () => undefined,
    save: () => structuredClone(state),
    restore: (saved) => void Object.assign(state, structuredClone(saved)),
    close: () =>
      new Promise<void>((closed, failed) => {
        server.close((error) => (error === undefined ? closed() : failed(error)));
        server.closeAllConnections();
      }),
  };
  return fake;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request)).toString();
    const call = readCall(request, body);
    fake.log.push(call.operation);
    let reply: Reply;
    try {
      if (fake.before(call.operation, call.params) === 'reset') return void request.socket.resetAndDestroy();
      reply = { status: 200, type: call.type, body: call.perform() };
      if (fake.after(call.operation, call.params) === 'reset') return void request.socket.resetAndDestroy();
    } catch (error) {
      const failure = error instanceof CloudError ? error : new CloudError('InternalError', String(error), 500);
      reply = { status: failure.status, type: call.type, body: call.fail(failure) };
    }
    response.writeHead(reply.status, { 'content-type': reply.type, 'x-amzn-requestid': 'fake' });
    response.end(reply.body);
  }

  function readCall(request: IncomingMessage, body: string): Call {
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return jsonCall(state, target.split('.').at(-1) ?? '', body);
    const url = new URL(request.url ?? '/', 'http://fake');
    const route = routeRoute53(request.method ?? 'GET', url);
    if (route !== undefined)
      return {
        operation: route.operation,
        params: {},
        type: 'text/xml',
        perform: () => route.perform(state, body),
        fail: ({ code, message }) =>
          code === 'InvalidChangeBatch'
            ? `<InvalidChangeBatch><Messages>${tag('Message', message)}</Messages></InvalidChangeBatch>`
            : `<ErrorResponse><Error>${tag('Type', 'Sender')}${tag('Code', code)}${tag('Message', message)}</Error><RequestId>fake</RequestId></ErrorResponse>`,
      };
    return queryCall(state, parseQuery(body));
  }
}

interface Call {
  readonly operation: string;
  readonly params: Params;
  readonly type: string;
  readonly perform: () => string;
  readonly fail: (error: CloudError) => string;
}

function jsonCall(state: CloudState, operation: string, body: string): Call {
  const params = JSON.parse(body === '' ? '{}' : body) as Params;
  return {
    operation,
    params,
    type: 'application/x-amz-json-1.1',
    perform: () => JSON.stringify(performJson(state, operation, params)),
    fail: ({ code, message }) => JSON.stringify({ __type: code, message }),
  };
}

function queryCall(state: CloudState, all: Params): Call {
  const params: Params = Object.fromEntries(
    Object.entries(all).filter(([name]) => name !== 'Action' && name !== 'Version'),
  );
  const version = text(all, 'Version');
  const operation = text(all, 'Action');
  const error = ({ code, message }: CloudError) => tag('Code', code) + tag('Message', message);
  if (version === '2016-11-15')
    return {
      operation,
      params,
      type: 'text/xml',
      perform: () =>
        `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>fake</requestId>${toXml(performEc2(state, operation, params))}</${operation}Response>`,
      fail: (failure) =>
        `<Response><Errors><Error>${error(failure)}</Error></Errors><RequestID>fake</RequestID></Response>`,
    };
  return {
    operation,
    params,
    type: 'text/xml',
    perform: () =>
      `<${operation}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${operation}Result>${toXml(performElb(state, operation, params), 'member')}</${operation}Result></${operation}Response>`,
    fail: (failure) => `<ErrorResponse><Error><Type>Sender</Type>${error(failure)}</Error></ErrorResponse>`,
  };
}
