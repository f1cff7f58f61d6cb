import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsOf, shop } from '../provision/cdn/cdnRun.js';
import { templateOf } from '../provision/cdn/templateOf.js';

const run = promisify(execFile);
/** A command of the Python package cfn-lint; it is left out where Python does not have it. */
const hasLinter = await run('cfn-lint', ['--version']).then(
  () => true,
  () => false,
);

const unnamed = { bucket: 'acme-site', url: 'https://new.cloudfront.net' };
const variants = {
  'names and cache tags': settingsOf({ cdn: { cacheTags: 'x-amz-meta-cache-tag', tags: { team: 'web' } } }),
  'addresses of CloudFront': settingsOf({
    origins: {
      images: { ...unnamed, prefix: 'images' },
      resources: { ...unnamed, prefix: 'resources' },
      pages: unnamed,
    },
    encodings: 'none',
  }),
  "pages on a server of one's own": settingsOf({}, true),
  'as little as possible': settingsOf({
    encodings: 'gzip',
    cdn: { notFound: false, hsts: false, frames: 'any', priceClass: 'PriceClass_100', minimumTls: 'TLSv1.3_2025' },
  }),
  'a certificate and a region of ones own': settingsOf({
    origins: { ...shop, pages: { ...shop.pages, region: 'eu-west-1' } },
    cdn: { certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666' },
  }),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinorigin-cfn-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What the linter has to say; '' when it is content. */
async function lint(templates: readonly unknown[]): Promise<string> {
  const files = templates.map((template, index) => join(folder, `${index}.json`));
  files.forEach((file, index) => {
    writeFileSync(file, JSON.stringify(templates[index]));
  });
  try {
    return (await run('cfn-lint', files)).stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe.skipIf(!hasLinter)('the CloudFormation template (needs the command cfn-lint)', () => {
  it(`passes cfn-lint: ${Object.keys(variants).join(', ')}`, async () => {
    expect(await lint(await Promise.all(Object.values(variants).map(templateOf)))).toBe('');
  });

  it('is really looked at: a setting that is not there, and a reference to nothing, are found', async () => {
    const text = JSON.stringify(await templateOf(variants['names and cache tags']));
    const said = await lint([
      JSON.parse(text.replace('"IPV6Enabled"', '"IsIPV6Enabled"')),
      JSON.parse(text.replace('["CachePolicy","Id"]', '["CachingPolicy","Id"]')),
    ]);
    expect(said).toContain("'IsIPV6Enabled' was unexpected");
    expect(said).toContain('CachingPolicy');
  });
});
