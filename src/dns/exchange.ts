/** One message to a name server and its answer: over TCP with a length before it, over UDP with patience. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { uint16 } from './message.js';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds for a whole exchange over TCP, and for one try over UDP. */
const tcpTimeout = 10_000;
const udpTimeout = 2_000;
const udpTries = 3;

/** `ns1.example.com`, `192.0.2.1:5353` or `[2001:db8::1]:53`. @throws RangeError */
export function parseServer(text: string): ServerAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? (isIPv6(text) ? text : undefined);
  if (host === undefined || Number(port ?? 53) > 65535) throw new RangeError(`${text} is no address of a name server`);
  return { host, port: Number(port ?? 53) };
}

export function showServer({ host, port }: ServerAddress): string {
  const shown = isIPv6(host) ? `[${host}]` : host;
  return port === 53 ? host : `${shown}:${port}`;
}

export function exchangeTcp(server: ServerAddress, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(server.port, server.host, () =>
      socket.write(Buffer.concat([uint16(message.length), message])),
    );
    socket.setTimeout(tcpTimeout, () => socket.destroy(noAnswer('TCP')));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      resolve(received.subarray(2, 2 + received.readUInt16BE(0)));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed without an answer')));
  });
}

/** `isAnswer` tells the answer from strays; what is lost is sent again. */
export async function exchangeUdp(
  server: ServerAddress,
  message: Buffer,
  isAnswer: (reply: Buffer) => boolean,
): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryUdp(server, message, isAnswer);
    } catch (error) {
      if (attempt === udpTries) throw error;
    }
  }
}

function tryUdp(server: ServerAddress, message: Buffer, isAnswer: (reply: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
    const timer = setTimeout(() => end(() => reject(noAnswer('UDP'))), udpTimeout);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.removeAllListeners('message');
      socket.close();
      settle();
    };
    socket.once('error', (error) => end(() => reject(error)));
    socket.on('message', (reply) => {
      if (isAnswer(reply)) end(() => resolve(reply));
    });
    // Connected: answers from other addresses do not arrive, and a closed port is an error at once.
    socket.connect(server.port, server.host, () => socket.send(message));
  });
}

function noAnswer(protocol: string): Error {
  return new Error(`no answer over ${protocol}`);
}
