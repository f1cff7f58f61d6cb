import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readKeyFile } from '../../src/dns/index.js';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(text: string): string {
  const file = join(folder, 'key');
  writeFileSync(file, text);
  return file;
}

describe('a key file', () => {
  it('is read as tsig-keygen writes it', async () => {
    const file = write('# for updates\nkey "Host-Key." {\n\talgorithm hmac-sha512;\n\tsecret "c2VjcmV0";\n};\n');
    expect(await readKeyFile(file)).toEqual({
      name: 'host-key',
      algorithm: 'hmac-sha512',
      secret: Buffer.from('secret'),
    });
  });

  it('for an algorithm that is not safe is refused', async () => {
    const file = write('key k { algorithm hmac-md5; secret "c2VjcmV0"; };');
    await expect(readKeyFile(file)).rejects.toMatchObject({ code: 'config-invalid', hint: /MD5/ });
  });

  it('without a secret is refused, and says what it should look like', async () => {
    const file = write('key k { algorithm hmac-sha256; };');
    await expect(readKeyFile(file)).rejects.toMatchObject({ code: 'config-invalid', file, hint: /secret "base64"/ });
  });

  it('that is not there is named', async () => {
    const file = join(folder, 'nothing');
    await expect(readKeyFile(file)).rejects.toMatchObject({ code: 'config-invalid', file });
  });

  it('never shows its secret in an error', async () => {
    const file = write('key k { algorithm hmac-sha1; secret "dG9wc2VjcmV0"; };');
    const error: unknown = await readKeyFile(file).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String(error)).not.toContain('dG9wc2VjcmV0');
  });
});
