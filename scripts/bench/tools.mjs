/** The tools that are compared, each with the best flags it has for this, and how to find out whether it is here. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const syncClient = fileURLToPath(new URL('syncClient.mjs', import.meta.url));

/** Those of AWS's documentation. The sink looks at no signature; everybody has to make one. */
export const credentials = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * @typedef {{ name: string, tool: string, note?: string, safe: boolean, slow?: boolean,
 *   prepare?(place: Place): void, command(place: Place): string[], env?(place: Place): Record<string, string> }} Contestant
 * @typedef {{ site: string, url: string, work: string }} Place `work`: an empty folder that lives from the cold run to the last one
 */

const twin = (
  name,
  more = {},
  note = 'originals and variants off, no proof through a CDN: the same objects as the others',
) => ({
  name,
  tool: 'twinorigin',
  safe: true,
  note,
  prepare({ work }) {
    const origin = (bucket) => ({ bucket, url: `http://${bucket}.bench.example` });
    const config = {
      origins: { images: origin('bench-images'), resources: origin('bench-resources'), pages: origin('bench-pages') },
      encodings: 'none',
      originals: 'none',
      integrity: false,
      cacheDir: join(work, 'cache'),
      verify: { sample: 0 },
      guard: { deletes: '100%' },
      ...more,
    };
    writeFileSync(join(work, 'twinorigin.config.json'), JSON.stringify(config));
  },
  command: ({ site, work }) => [
    process.execPath,
    main,
    'publish',
    site,
    '--config',
    join(work, 'twinorigin.config.json'),
    '--quiet',
  ],
  env: ({ url }) => ({ ...credentials, AWS_ENDPOINT_URL: url }),
});

/** @type {readonly Contestant[]} */
export const contestants = [
  twin('twinorigin'),
  {
    name: 's5cmd',
    tool: 's5cmd',
    safe: true,
    note: 'as it comes: 256 workers',
    command: ({ site, url }) => [
      's5cmd',
      '--endpoint-url',
      url,
      '--log',
      'error',
      'sync',
      `${site}/`,
      's3://bench-s5cmd/',
    ],
    env: () => credentials,
  },
  {
    name: 's5cmd 64',
    tool: 's5cmd',
    safe: true,
    note: '64 workers',
    command: ({ site, url }) => [
      's5cmd',
      '--numworkers',
      '64',
      '--endpoint-url',
      url,
      '--log',
      'error',
      'sync',
      `${site}/`,
      's3://bench-s5cmd/',
    ],
    env: () => credentials,
  },
  {
    name: 's3deploy 256',
    tool: 's3deploy',
    safe: true,
    command: ({ site, url }) => [
      's3deploy',
      '-quiet',
      '-workers',
      '256',
      '-source',
      `${site}/`,
      '-bucket',
      'bench-s3deploy',
      '-region',
      'us-east-1',
      '-endpoint-url',
      url,
    ],
    env: () => credentials,
  },
  rclone('rclone checksum 256', ['--checksum'], true),
  rclone('rclone size-only 256', ['--size-only'], false),
  {
    name: 'hugo deploy 64',
    tool: 'hugo',
    safe: true,
    prepare({ site, work, url }) {
      mkdirSync(join(work, 'layouts'), { recursive: true });
      writeFileSync(
        join(work, 'hugo.toml'),
        `publishDir = "${site}"\nbaseURL = "http://bench.example/"\n[deployment]\n[[deployment.targets]]\nname = "bench"\nURL = "s3://bench-hugo?region=us-east-1&endpoint=${encodeURIComponent(url)}&s3ForcePathStyle=true"\n`,
      );
    },
    // What is deployed is `publishDir`; the tool's own build is not part of it.
    command: ({ work }) => [
      'hugo',
      'deploy',
      '--source',
      work,
      '--config',
      join(work, 'hugo.toml'),
      '--workers',
      '64',
      '--maxDeletes',
      '-1',
      '--quiet',
    ],
    env: () => credentials,
  },
  {
    name: 'aws s3 sync 64',
    tool: 'aws',
    safe: true,
    slow: true,
    prepare({ work }) {
      writeFileSync(
        join(work, 'aws.config'),
        '[default]\nregion = us-east-1\nrequest_checksum_calculation = when_required\ns3 =\n  max_concurrent_requests = 64\n  max_queue_size = 10000\n  addressing_style = path\n',
      );
    },
    command: ({ site, url }) => [
      'aws',
      '--endpoint-url',
      url,
      's3',
      'sync',
      site,
      's3://bench-aws/',
      '--only-show-errors',
    ],
    env: ({ work }) => ({ ...credentials, AWS_CONFIG_FILE: join(work, 'aws.config') }),
  },
  {
    name: 's3-sync-client 64',
    tool: 's3-sync-client',
    safe: true,
    slow: true,
    command: ({ site, url }) => [process.execPath, syncClient, site, url],
    env: () => credentials,
  },
];

function rclone(name, flags, safe) {
  return {
    name,
    tool: 'rclone',
    safe,
    note: safe ? 'compares MD5' : 'compares sizes only: a changed file of the same length is missed',
    prepare({ work }) {
      writeFileSync(join(work, 'rclone.conf'), '');
    },
    command: ({ site, url, work }) => [
      'rclone',
      '--config',
      join(work, 'rclone.conf'),
      'sync',
      site,
      `:s3,provider=Other,env_auth=true,region=us-east-1,force_path_style=true,endpoint="${url}":bench-rclone`,
      '--transfers',
      '256',
      '--checkers',
      '256',
      '--fast-list',
      '--s3-no-check-bucket',
      '--s3-no-head',
      ...flags,
    ],
    env: () => credentials,
  };
}

const versions = { s5cmd: ['version'], s3deploy: ['-V'], rclone: ['version'], hugo: ['version'], aws: ['--version'] };

/** @returns {Map<string, string | null>} version of every tool; null where it is not on this machine */
export function findTools() {
  const found = new Map();
  for (const { tool } of contestants) {
    if (found.has(tool)) continue;
    found.set(tool, versionOf(tool));
  }
  return found;
}

function versionOf(tool) {
  if (tool === 'twinorigin') return `on Node ${process.version}`;
  if (tool === 's3-sync-client') {
    try {
      return import.meta.resolve('s3-sync-client') === '' ? null : 'from npm';
    } catch {
      return null;
    }
  }
  try {
    return execFileSync(tool, versions[tool] ?? [], { stdio: ['ignore', 'pipe', 'pipe'] })
      .toString()
      .split('\n')[0]
      .trim();
  } catch {
    return null;
  }
}
