/** Visitors of a web server who look closely: every answer must be a whole page of one version. */
import { Agent, get } from 'node:http';

export interface Visit {
  readonly answers: number;
  /** What was wrong, one line each. */
  readonly faults: readonly string[];
  /** Versions in the order in which they were first seen. */
  readonly versions: readonly string[];
}

export interface Visitors {
  /** Waits until somebody has seen this version. */
  until(version: string): Promise<void>;
  leave(): Promise<Visit>;
}

/**
 * Pages begin with `<!--VERSION-->` and end with it.
 * @param prove says what is wrong with a page; '' for nothing.
 */
export function sendVisitors(
  url: string,
  paths: readonly string[],
  prove: (body: string, version: string) => string,
  count = 6,
): Visitors {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const faults: string[] = [];
  const versions: string[] = [];
  let answers = 0;
  let isOver = false;
  const ask = (path: string): Promise<void> =>
    new Promise((done) => {
      const fault = (text: string): void => {
        faults.push(`${path}: ${text}`);
        done();
      };
      get(`${url}${path}`, { agent, timeout: 30_000 }, (response) => {
        const parts: Buffer[] = [];
        response.on('error', (error) => fault(error.message));
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const body = Buffer.concat(parts).toString();
          const version = /^<!--(\S+)-->/.exec(body)?.[1] ?? '';
          const length = Number(response.headers['content-length'] ?? Buffer.byteLength(body));
          if (response.statusCode !== 200) return fault(`HTTP ${response.statusCode}`);
          if (version === '' || !body.endsWith(`<!--${version}-->`) || length !== Buffer.byteLength(body))
            return fault(`a torn page: ${body.slice(0, 40)}…${body.slice(-40)}`);
          const wrong = prove(body, version);
          if (wrong !== '') return fault(wrong);
          if (!versions.includes(version)) versions.push(version);
          answers++;
          done();
        });
      }).on('error', (error) => fault(error.message));
    });
  const visitors = Array.from({ length: count }, async (_, first) => {
    for (let at = first; !isOver; at += count) {
      await ask(paths[at % paths.length] ?? '/');
      // Visitors think: what is published needs the processor too.
      await new Promise((thought) => setTimeout(thought, 10));
    }
  });
  return {
    async until(version) {
      while (!versions.includes(version)) {
        if (faults.length > 0) throw new Error(faults[0]);
        await new Promise((tick) => setTimeout(tick, 20));
      }
    },
    async leave() {
      isOver = true;
      await Promise.all(visitors);
      agent.destroy();
      return { answers, faults, versions };
    },
  };
}
