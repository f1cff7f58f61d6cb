/** A name server in this process that answers over TCP whatever a test tells it to. BIND is the real one. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { uint16 } from '../../src/dns/message.js';

export interface FakeNameServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Undefined: the connection is closed without an answer. */
  answer: (message: Buffer) => Buffer | undefined;
  close(): Promise<void>;
}

export async function startFakeNameServer(): Promise<FakeNameServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = fake.answer(received.subarray(2, 2 + received.readUInt16BE(0)));
      if (reply !== undefined) socket.write(Buffer.concat([uint16(reply.length), reply]));
      socket.end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const fake: FakeNameServer = {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    answer: () => undefined,
    close: () =>
      new Promise<void>((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
  return fake;
}

/** The head of a message as the answer to it: response bit and code set, no records but the question. */
export function bareReply(message: Buffer, rcode: number): Buffer {
  const question = message.subarray(12, message.indexOf(0, 12) + 5);
  const reply = Buffer.concat([message.subarray(0, 4), uint16(1, 0, 0, 0), question]);
  reply.writeUInt16BE(message.readUInt16BE(2) | 0x8000 | rcode, 2);
  return reply;
}
