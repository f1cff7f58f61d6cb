/** The shared key for updates, as `tsig-keygen` writes it for BIND, Knot and PowerDNS import it, and others hand it out. */
import { readFile } from 'node:fs/promises';
import { PublishError } from '../errors.js';
import { tsigAlgorithms, type TsigAlgorithm } from '../provision/host/tsigAlgorithms.js';
import { normalizeName } from './names.js';
import type { TsigKey } from './tsig.js';

/**
 * Reads `key "name" { algorithm hmac-sha256; secret "…"; };`.
 * @throws PublishError `config-invalid`; the secret is never part of the message.
 */
export async function readKeyFile(file: string): Promise<TsigKey> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new PublishError('config-invalid', 'the key file for DNS updates cannot be read', { file, cause });
  }
  const plain = text.replace(/\/\*[\s\S]*?\*\/|(?:\/\/|#).*$/gm, '');
  const name = /\bkey\s+"?([^"\s{]+)"?\s*\{/.exec(plain)?.[1];
  const algorithm = /\balgorithm\s+"?([\w-]+)"?\s*;/i.exec(plain)?.[1];
  const secret = /\bsecret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(plain)?.[1];
  if (name === undefined || algorithm === undefined || secret === undefined)
    throw new PublishError('config-invalid', 'the key file lacks a name, an algorithm or a secret', {
      file,
      hint: 'It looks like: key "name" { algorithm hmac-sha256; secret "base64"; }; (tsig-keygen makes one).',
    });
  return makeKey(name, algorithm, secret);
}

/** @throws PublishError `config-invalid` for an algorithm that is not safe or not known. */
export function makeKey(name: string, algorithm: string, secret: string): TsigKey {
  const known = tsigAlgorithms.find((one) => one === algorithm.toLowerCase());
  if (known === undefined)
    throw new PublishError('config-invalid', `the key ${name} is for ${algorithm}`, {
      hint: `Known are ${tsigAlgorithms.join(', ')}; MD5 and SHA-1 are not safe (RFC 8945, section 6).`,
    });
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length === 0) throw new PublishError('config-invalid', `the key ${name} has no secret in base64`);
  return { name: normalizeName(name), algorithm: known satisfies TsigAlgorithm, secret: bytes };
}
