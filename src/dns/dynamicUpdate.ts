/** A zone that is changed by dynamic updates (RFC 2136), signed with a shared key (RFC 8945). */
import { randomInt } from 'node:crypto';
import { PublishError } from '../errors.js';
import {
  DnsConflict,
  recordTypes,
  markNameOf,
  type DnsChange,
  type DnsProvider,
  type RecordSet,
  type RecordType,
} from '../provision/host/dns.js';
import { encodeContent, normalizeValue } from './content.js';
import { exchangeTcp, showServer, type ServerAddress } from './exchange.js';
import { classes, decodeMessage, encodeUpdate, opcodes, types, type WireRecord } from './message.js';
import { normalizeName } from './names.js';
import { askServer } from './query.js';
import { describeRcode, describeTsigError, hintForRcode, hintForTsigError, rcodes } from './rcodes.js';
import { signMessage, verifyReply, type TsigKey } from './tsig.js';

export interface DynamicZone {
  readonly zone: string;
  /** The primary server, which takes updates. */
  readonly server: ServerAddress;
  readonly key: TsigKey;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Opens a zone. An update states as prerequisites (RFC 2136, section 2.4) what the change expects, so that two who
 * change the same name at once cannot both succeed.
 */
export function openDynamicZone({ zone, server, key, now = Date.now }: DynamicZone): DnsProvider {
  return {
    name: `zone ${zone} at ${showServer(server)}`,
    servers: () => Promise.resolve([showServer(server)]),
    isSettled: () => Promise.resolve(true), // The primary answers when it has done it.
    async find(name) {
      const sets = await Promise.all(recordTypes.map((type) => findSet(server, name, type)));
      return sets.flatMap((set) => set ?? []);
    },
    async change(change) {
      const { prerequisites, changes } = describeUpdate(change);
      return update(prerequisites, changes);
    },
    async rehearse(name) {
      // Removing a record that is not there is no error and no change (RFC 2136, section 3.4.2.4), but has to be allowed.
      const absent = [
        ...recordsOf({ name, type: 'A', ttl: 0, values: ['255.255.255.255'] }),
        ...recordsOf({ name: markNameOf(name), type: 'TXT', ttl: 0, values: ['twinorigin rehearsal'] }),
      ];
      await update(
        [],
        absent.map((record) => ({ ...record, class: classes.NONE })),
      );
    },
  };

  async function update(prerequisites: readonly WireRecord[], changes: readonly WireRecord[]): Promise<string> {
    const message = encodeUpdate(randomInt(0x10000), zone, prerequisites, changes);
    const { wire, mac } = signMessage(message, key, Math.floor(now() / 1000));
    const reply = await send(wire);
    const { id, rcode, opcode, response } = decodeMessage(reply);
    if (id !== message.readUInt16BE(0) || !response || opcode !== opcodes.update)
      throw failed('the reply belongs to another message');
    const verdict = verifyReply(reply, mac, key, Math.floor(now() / 1000));
    if (verdict.signed === 'refused') {
      const skew = verdict.serverTime === undefined ? '' : `; its clock says ${showTime(verdict.serverTime)}`;
      throw failed(`${describeTsigError(verdict.error)}${skew}`, hintForTsigError(verdict.error));
    }
    // Servers answer some refusals before they look at the signature; an unsigned "done" proves nothing.
    if (verdict.signed === 'wrong' || (verdict.signed === 'not' && rcode === rcodes.NOERROR))
      throw failed('the reply is not signed with the key', 'Somebody between here and the server may have written it.');
    if (isConflict(rcode)) throw new DnsConflict(`${showServer(server)}: ${describeRcode(rcode)}`);
    if (rcode !== rcodes.NOERROR) throw failed(describeRcode(rcode), hintForRcode(rcode));
    return String(id);
  }

  async function send(wire: Buffer): Promise<Buffer> {
    try {
      return await exchangeTcp(server, wire);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PublishError('dns-failed', `${showServer(server)} does not take the update of ${zone}: ${reason}`, {
        hint: 'Check the address of the primary name server, and that TCP port 53 to it is open from here.',
        cause: error,
        transient: true,
      });
    }
  }

  function failed(reason: string, hint?: string): PublishError {
    const message = `${showServer(server)} refuses the update of ${zone} with the key ${key.name}: ${reason}`;
    return new PublishError('dns-failed', message, hint === undefined ? {} : { hint });
  }
}

async function findSet(server: ServerAddress, name: string, type: RecordType): Promise<RecordSet | undefined> {
  const { ttl, values } = await askServer(server, name, type);
  if (values.length === 0) return undefined;
  return { name: normalizeName(name), type, ttl, values: [...values].sort() };
}

function isConflict(rcode: number): boolean {
  return rcode === rcodes.NXRRSET || rcode === rcodes.YXRRSET;
}

function describeUpdate({ remove, add }: DnsChange): {
  readonly prerequisites: readonly WireRecord[];
  readonly changes: readonly WireRecord[];
} {
  const removed = new Set(remove.map(placeOf));
  const fresh = add.filter((set) => !removed.has(placeOf(set)));
  const empty = Buffer.alloc(0);
  const bare = ({ name, type }: RecordSet) => ({ name, type: types[type], ttl: 0, content: empty });
  return {
    prerequisites: [
      // "RRset exists (value dependent)": all of its values and no others; "RRset does not exist".
      ...remove.flatMap((set) => recordsOf(set).map((record) => ({ ...record, ttl: 0 }))),
      ...fresh.map((set) => ({ ...bare(set), class: classes.NONE })),
    ],
    changes: [...remove.map((set) => ({ ...bare(set), class: classes.ANY })), ...add.flatMap(recordsOf)],
  };
}

function placeOf({ name, type }: RecordSet): string {
  return `${name} ${type}`;
}

function recordsOf(set: RecordSet): readonly WireRecord[] {
  if (set.alias !== undefined || set.failover !== undefined)
    throw new PublishError('config-invalid', 'aliases, failover and health checks are a matter of Route 53 alone');
  return set.values.map((value) => ({
    name: set.name,
    type: types[set.type],
    class: classes.IN,
    ttl: set.ttl,
    content: encodeContent(set.type, normalizeValue(set.type, value)),
  }));
}

function showTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
