/** Asks one name server what it says itself. Not a resolver: caches on the way would tell what used to be true. */
import { randomInt } from 'node:crypto';
import { PublishError } from '../errors.js';
import { decodeContent } from './content.js';
import { exchangeTcp, exchangeUdp, showServer, type ServerAddress } from './exchange.js';
import { decodeMessage, encodeQuery, types, type TypeName } from './message.js';
import { normalizeName } from './names.js';
import { explainRefusal, rcodes } from './rcodes.js';

export interface Answer {
  /** The server speaks for the zone; otherwise it repeats what it heard. */
  readonly authoritative: boolean;
  /** Seconds, as the server gives it; 0 without records. */
  readonly ttl: number;
  /** In no order. Empty when there is no such name or no record of the type. */
  readonly values: readonly string[];
}

/** @throws PublishError `dns-failed` when the server does not answer or refuses. */
export async function askServer(server: ServerAddress, name: string, type: TypeName): Promise<Answer> {
  const reply = await exchangeQuery(server, name, type);
  const message = decodeMessage(reply);
  const { rcode, authoritative } = message;
  if (rcode !== rcodes.NOERROR && rcode !== rcodes.NXDOMAIN) {
    const { reason, ...known } = explainRefusal(rcode);
    throw new PublishError('dns-failed', `${showServer(server)} does not tell about ${name}: ${reason}`, known);
  }
  const records = message.answer.filter(
    (record) => record.type === types[type] && normalizeName(record.name) === normalizeName(name),
  );
  const values = records.flatMap((record) => decodeContent(reply, record) ?? []);
  return { authoritative, ttl: records[0]?.ttl ?? 0, values };
}

async function exchangeQuery(server: ServerAddress, name: string, type: TypeName): Promise<Buffer> {
  const id = randomInt(0x10000);
  const query = encodeQuery(id, name, types[type]);
  try {
    const reply = await exchangeUdp(server, query, (bytes) => isAnswerTo(bytes, id, name));
    return decodeMessage(reply).truncated ? await exchangeTcp(server, query) : reply;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PublishError('dns-failed', `${showServer(server)} does not answer for ${name}: ${reason}`, {
      hint: 'Check the address of the name server, and that UDP and TCP port 53 to it are open from here.',
      cause: error,
      transient: true,
    });
  }
}

function isAnswerTo(bytes: Buffer, id: number, name: string): boolean {
  try {
    const message = decodeMessage(bytes);
    const [question] = message.question;
    const isSame = question === undefined || normalizeName(question.name) === normalizeName(name);
    return message.response && message.id === id && isSame;
  } catch {
    return false; // Not a DNS message: a stray.
  }
}
