/** `cdn up` on fakes: what the command line does, without a process of its own. */
import { openAws, openCdnAccount, openCdnAccountReader } from '../../../src/aws/index.js';
import { configSchema, type Config } from '../../../src/config.js';
import { listEdgeFunctions } from '../../../src/cli/edgeFunctions.js';
import { applyProvision, type ProvisionOutcome } from '../../../src/provision/apply.js';
import { desireCdn } from '../../../src/provision/cdn/desire.js';
import { readCdnSettings, type CdnSettings } from '../../../src/provision/cdn/settings.js';
import { planProvision, type ProvisionPlan } from '../../../src/provision/plan.js';
import { startFakeAccount, type FakeAccount } from '../../fakes/account/server.js';
import { startFakeS3, type FakeS3 } from '../../fakes/fakeS3.js';
import { makeWorld } from '../memoryAccount.js';

export interface Fakes {
  readonly account: FakeAccount;
  readonly s3: FakeS3;
  close(): Promise<void>;
}

export async function startFakes(buckets: readonly string[] = []): Promise<Fakes> {
  const [account, s3] = await Promise.all([startFakeAccount(), startFakeS3({ buckets })]);
  return { account, s3, close: async () => void (await Promise.all([account.close(), s3.close()])) };
}

export const shop = {
  images: { bucket: 'acme-images', url: 'https://images.acme.com' },
  resources: { bucket: 'acme-resources', url: 'https://static.acme.com' },
  pages: { bucket: 'acme-www', url: 'https://www.acme.com' },
};

/** Settings as `cdn` reads them from a configuration. */
export function settingsOf(given: Record<string, unknown> = {}, pagesByServer = false): CdnSettings {
  const parsed = configSchema.parse({ origins: shop, encodings: 'negotiate', ...given });
  const config = { ...parsed, site: '/site', cacheDir: '/cache', base: '/' } as unknown as Config;
  return readCdnSettings(config, { pagesByServer, functions: listEdgeFunctions(config) });
}

/** AWS by the fakes; one attempt, so that a broken connection is a crash. */
function openFakes({ account, s3 }: Fakes, attempts: number) {
  process.env.AWS_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  process.env.AWS_ENDPOINT_URL = account.url;
  process.env.AWS_ENDPOINT_URL_S3 = s3.url;
  return openAws({ region: 'us-east-1', attempts });
}

export async function plan(fakes: Fakes, settings: CdnSettings): Promise<ProvisionPlan> {
  const aws = openFakes(fakes, 1);
  try {
    return await planProvision(desireCdn(settings, openCdnAccountReader(aws)).resources);
  } finally {
    aws.close();
  }
}

export async function up(fakes: Fakes, settings: CdnSettings, attempts = 1): Promise<ProvisionOutcome> {
  const aws = openFakes(fakes, attempts);
  try {
    const { resources } = desireCdn(settings, openCdnAccount(aws));
    return await applyProvision(await planProvision(resources), resources, makeWorld());
  } finally {
    aws.close();
  }
}
