/** Configurations that nobody would write: each is taken, or is one clear error; and nothing is made on the way. */
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/cli/loadConfig.js';
import { configSchema } from '../../src/config.js';
import { PublishError } from '../../src/errors.js';

const name = 'twinorigin.config.json';
let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'config-fuzz-')));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const valid = {
  site: 'dist',
  port: 4870,
  concurrency: 8,
  compression: 'best',
  ignore: ['drafts/**'],
  rules: [{ match: 'a/**', fingerprint: false }],
  guard: { deletes: '10%', index: true },
  retention: { releases: 3, days: 2 },
  origins: {
    images: { bucket: 'acme-images', url: 'https://images.acme.com' },
    resources: { bucket: 'acme-resources', url: 'https://static.acme.com/' },
    pages: { bucket: 'acme-www', url: 'https://www.acme.com', distribution: 'E123' },
  },
};

/** @returns the error, or undefined when the configuration was taken. */
async function tryText(content: string | Uint8Array, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, name), content);
  try {
    const { config } = await loadConfig({ flags: [], needsSite: false, cwd: folder, env: { HOME: folder, ...env } });
    expect(typeof config.cacheDir).toBe('string');
    return undefined;
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    expect(['config-invalid', 'config-unreadable']).toContain(error.code);
    expect(error.exitCode).toBe(2);
    expect(error.message).not.toBe('');
    expect(error.message).not.toMatch(/\[object |undefined|NaN|ZodError/);
    return error;
  } finally {
    expect(readdirSync(folder)).toEqual([name]);
  }
}

type Path = readonly (string | number)[];

/** Every place in a value: of objects, lists and what is in them. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function withChange(value: unknown, [first, ...rest]: Path, change: unknown): unknown {
  if (first === undefined) return change;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[first] = withChange(copy[first], rest, change);
  return copy;
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', ' ', -1, 0, 1e308, 0.5, 'a\0b', '../..', '__proto__', [], {}, '\u202e', 'x'.repeat(5000)),
);

describe('a configuration', () => {
  it('is taken as it is here', async () => {
    expect(await tryText(JSON.stringify(valid))).toBeUndefined();
  });

  it('with anything in any place is taken or refused with the place', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...placesIn(valid)), anything, async (place, change) => {
        const error = await tryText(JSON.stringify(withChange(valid, place, change)));
        if (error === undefined) return;
        refused++;
        expect(error.file).toBe(name);
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  it('with a key that is no setting, in any object, is refused by its name', async () => {
    const objects = placesIn(valid).filter((path) => {
      const found = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], valid);
      return typeof found === 'object' && !Array.isArray(found);
    });
    const key = fc.stringMatching(/^[a-z_]{1,12}$/).map((word) => `x${word}`);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...objects), key, anything, async (place, word, value) => {
        const error = await tryText(JSON.stringify(withChange(valid, [...place, word], value)));
        expect(`${error?.message} ${error?.items?.join()}`).toContain(word);
      }),
      { numRuns: 200 },
    );
  });

  it('that is cut, or has bytes changed, is taken or refused', async () => {
    const text = JSON.stringify(valid, null, 1);
    const bytes = Buffer.from(text);
    for (let end = 0; end < text.length; end += 7) expect(await tryText(text.slice(0, end))).toBeDefined();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), async (at, change) => {
        const changed = Buffer.from(bytes);
        changed.set(change.subarray(0, bytes.length - at), at);
        await tryText(changed);
      }),
      { numRuns: 300 },
    );
  });

  it('that comes from the environment is taken or refused by the name of its variable', async () => {
    const names = Object.keys(configSchema.shape).filter((key) => /^[a-z]+$/.test(key));
    const variable = fc.constantFrom(...names).map((key) => `TWINORIGIN_${key.toUpperCase()}`);
    const text = fc.oneof(fc.string(), fc.json({ maxDepth: 2 }), fc.constantFrom('', '{', '[]', '-1', 'true', '1e999'));
    await fc.assert(
      fc.asyncProperty(variable, text, async (key, value) => {
        const error = await tryText('{}', { [key]: value.replaceAll('\0', '') });
        if (error !== undefined) expect(`${error.message} ${error.items?.join()}`).toContain(key);
      }),
      { numRuns: 300 },
    );
  });
});
