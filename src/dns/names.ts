/** Domain names, as text and on the wire (RFC 1035, section 3.1 and 4.1.4). */

/** Octets of a label, and of a whole name with its length bytes (RFC 1035, section 2.3.4). */
const longestLabel = 63;
const longestName = 255;

/** Without the final dot, in lower case: names are compared without case (RFC 4343). */
export function normalizeName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

/** True for the zone itself and for every name below it. */
export function isWithin(name: string, zone: string): boolean {
  const [inner, outer] = [normalizeName(name), normalizeName(zone)];
  return outer === '' || inner === outer || inner.endsWith(`.${outer}`);
}

/**
 * The name in its uncompressed wire form. ASCII only: international names are given in their xn-- form.
 * @throws RangeError for what is no domain name.
 */
export function encodeName(name: string): Buffer {
  const plain = name.replace(/\.$/, '');
  const labels = plain === '' ? [] : plain.split('.');
  for (const label of labels)
    if (label === '' || label.length > longestLabel || !/^[\x21-\x7e]+$/.test(label))
      throw new RangeError(`${name} is no domain name`);
  const wire = Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
    Buffer.from([0]),
  ]);
  if (wire.length > longestName) throw new RangeError(`${name} is longer than a domain name may be`);
  return wire;
}

/**
 * Reads a name, following compression pointers; those lead only backwards, so that no message can make this run long.
 * @throws RangeError when the message is cut or forged.
 */
export function decodeName(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  let limit = start;
  let length = 1;
  for (;;) {
    const size = message.readUInt8(at);
    if (size === 0) break;
    if (size >= 0xc0) {
      end ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      if (at >= limit) throw new RangeError('a compression pointer leads forwards');
      limit = at;
      continue;
    }
    length += size + 1;
    if (size > longestLabel || length > longestName || at + 1 + size > message.length)
      throw new RangeError('a name in the message is cut or too long');
    labels.push(message.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { name: labels.join('.'), end: end ?? at + 1 };
}
