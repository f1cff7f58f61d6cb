/** `migrate`: the one-off bulk job, from a folder, a bucket or a live site. */
import { resolve } from 'node:path';
import { PublishError } from '../../errors.js';
import type { Invocation } from '../action.js';

export async function run(invocation: Invocation): Promise<number> {
  const { source = '' } = invocation.options;
  if (source.startsWith('s3://')) {
    const { migrateBucket } = await import('../migrateBucket.js');
    return migrateBucket(source, invocation);
  }
  const config = await invocation.loadConfig({ needsSite: false });
  const { migrateFolder, migrateLiveSite } = await import('../migrateSite.js');
  if (/^https?:\/\//.test(source)) return migrateLiveSite(source, config, invocation);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source))
    throw new PublishError('usage', `a migration from ${source} is not possible`, {
      hint: 'Name a folder, s3://bucket/prefix, or the http(s) address of a site.',
    });
  return migrateFolder(resolve(invocation.cwd, source), config, invocation);
}
