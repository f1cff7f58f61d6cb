/** The part of GitHub's REST API that comments need, in this process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeGitHub {
  readonly url: string;
  readonly comments: { id: number; body: string }[];
  /** `METHOD path`, in order. */
  readonly log: string[];
  /** Status of every write; 201 and 200 are GitHub's own. */
  refuse: number | undefined;
  close(): Promise<void>;
}

const token = 'ghs_0123456789abcdefghij';
export const goodToken = token;

export async function startFakeGitHub(): Promise<FakeGitHub> {
  let next = 1;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://api');
    fake.log.push(`${request.method ?? ''} ${url.pathname}`);
    const answer = (status: number, content: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { message: 'Bad credentials' });
      if (request.method === 'GET' && /^\/repos\/acme\/site\/issues\/\d+\/comments$/.test(url.pathname)) {
        const size = Number(url.searchParams.get('per_page') ?? 30);
        const start = (Number(url.searchParams.get('page') ?? 1) - 1) * size;
        return answer(200, fake.comments.slice(start, start + size));
      }
      if (fake.refuse !== undefined) return answer(fake.refuse, { message: 'Resource not accessible by integration' });
      const { body } = JSON.parse(text) as { body: string };
      const own = /^\/repos\/acme\/site\/issues\/comments\/(\d+)$/.exec(url.pathname);
      if (request.method === 'PATCH' && own !== null) {
        const comment = fake.comments.find(({ id }) => id === Number(own[1]));
        if (comment === undefined) return answer(404, { message: 'Not Found' });
        comment.body = body;
        return answer(200, comment);
      }
      if (request.method !== 'POST') return answer(404, { message: 'Not Found' });
      const comment = { id: next++, body };
      fake.comments.push(comment);
      return answer(201, comment);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const fake: FakeGitHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments: [],
    log: [],
    refuse: undefined,
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  };
  return fake;
}
