/** What a name server answers, in words (RFC 1035, section 4.1.1; RFC 2136, section 2.2; RFC 8945, section 3). */
import { tsigErrors } from './tsig.js';

export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
} as const;

const words: Readonly<Record<number, readonly [name: string, meaning: string, hint: string]>> = {
  [rcodes.FORMERR]: [
    'FORMERR',
    'the server did not understand the message',
    'The server may not know dynamic updates.',
  ],
  [rcodes.SERVFAIL]: [
    'SERVFAIL',
    'the server failed',
    'Look at its log: often it may not write the zone file or its journal.',
  ],
  [rcodes.NXDOMAIN]: ['NXDOMAIN', 'there is no such name', 'Check the name and the zone.'],
  [rcodes.NOTIMP]: ['NOTIMP', 'the server does not do this', 'The server does not take dynamic updates (RFC 2136).'],
  [rcodes.REFUSED]: [
    'REFUSED',
    'the key may not do this',
    'Allow the key to update these names in the zone (BIND: update-policy or allow-update), or use the key that may.',
  ],
  [rcodes.YXDOMAIN]: [
    'YXDOMAIN',
    'a name exists that should not',
    'Somebody else changed the zone: look at the plan again.',
  ],
  [rcodes.YXRRSET]: [
    'YXRRSET',
    'a record exists that should not',
    'Somebody else made it; remove it by hand, or choose another name.',
  ],
  [rcodes.NXRRSET]: ['NXRRSET', 'a record is not as expected', 'Somebody else changed it: look at the plan again.'],
  [rcodes.NOTAUTH]: [
    'NOTAUTH',
    'the server does not answer for the zone',
    'Send updates to the primary server of the zone, the first name in its SOA record.',
  ],
  [rcodes.NOTZONE]: ['NOTZONE', 'the name lies outside the zone', 'Check the name and the zone in the configuration.'],
};

/** To a question: no key was shown, so none can be to blame. */
const questionWords: typeof words = {
  [rcodes.REFUSED]: [
    'REFUSED',
    'the server does not serve this zone, or does not tell it to this machine',
    'Check the zone and the address of its primary name server in the configuration (the first name in the SOA record).',
  ],
};

const tsigWords: Readonly<Record<number, readonly [name: string, meaning: string, hint: string]>> = {
  [tsigErrors.BADSIG]: [
    'BADSIG',
    'the secret of the key is wrong',
    'Compare it with the one on the server; a character may be missing.',
  ],
  [tsigErrors.BADKEY]: [
    'BADKEY',
    'the server does not know the key',
    'Check its name and algorithm: both must be as on the server.',
  ],
  [tsigErrors.BADTIME]: [
    'BADTIME',
    'the clocks differ by more than five minutes',
    'Set the clock of this machine or of the server (NTP).',
  ],
};

/** What a question got for an answer, and what to do. */
export function explainRefusal(rcode: number): { readonly reason: string; readonly hint?: string } {
  const [name, meaning, hint] = questionWords[rcode] ?? words[rcode] ?? [`response code ${rcode}`, 'unknown'];
  return { reason: `${name} (${meaning})`, ...(hint !== undefined && { hint }) };
}

/** `REFUSED (the key may not do this)` */
export function describeRcode(rcode: number): string {
  const [name, meaning] = words[rcode] ?? [`response code ${rcode}`, 'unknown'];
  return `${name} (${meaning})`;
}

export function hintForRcode(rcode: number): string | undefined {
  return words[rcode]?.[2];
}

export function describeTsigError(error: number): string {
  const [name, meaning] = tsigWords[error] ?? [`TSIG error ${error}`, 'unknown'];
  return `${name} (${meaning})`;
}

export function hintForTsigError(error: number): string | undefined {
  return tsigWords[error]?.[2];
}
