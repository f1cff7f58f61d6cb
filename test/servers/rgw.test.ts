import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openAws, openS3Store } from '../../src/aws/index.js';
import { objectKey } from '../../src/build/keys.js';
import { ConditionFailed } from '../../src/release/ports.js';
import { describeObjectStore } from '../contract/objectStore.js';
import { rgwDeviations } from './deviations.js';
import { openServerStore, rgw, useCredentials } from './server.js';

const headers = { contentType: 'text/plain', cacheControl: 'max-age=60' };
const key = objectKey('key');
const text = { bytes: Buffer.from('text') };

describeObjectStore('a bucket of Ceph', () => openServerStore(rgw()), rgwDeviations);

describe('Ceph', () => {
  it('is found to know conditional writes', async () => {
    const { aws, store } = await openServerStore(rgw());
    await store.put({ key, body: text, headers, condition: { absent: true } });
    expect(store.capabilities()).toEqual({ conditionalWrites: 'yes' });
    aws.close();
  });

  it('is not sent a large object whose condition fails: it would not look at the condition', async () => {
    const { aws, store } = await openServerStore(rgw());
    const { etag } = await store.put({ key, body: text, headers });
    const body = { bytes: randomBytes(17 * 1024 * 1024) };
    const creating = store.put({ key, body, headers, condition: { absent: true } });
    await expect(creating).rejects.toBeInstanceOf(ConditionFailed);
    await store.put({ key, body, headers, condition: { etag } });
    expect(await store.head(key)).toMatchObject({ size: body.bytes.length });
    aws.close();
  });

  it('refuses a wrong secret, an unknown key and a bucket that is missing, each with its own error', async () => {
    const server = rgw();
    useCredentials(server);
    const aws = openAws({ endpointUrl: server.url });
    const missing = openS3Store({ bucket: 'there-is-no-such-bucket', aws });
    await expect(missing.put({ key, body: text, headers })).rejects.toMatchObject({ code: 'bucket-missing' });
    await expect(missing.get(key)).rejects.toMatchObject({ code: 'bucket-missing' });
    aws.close();
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID']) {
      useCredentials(server);
      process.env[name] = 'wrong';
      const wrong = openAws({ endpointUrl: server.url });
      const store = openS3Store({ bucket: 'there-is-no-such-bucket', aws: wrong });
      await expect(store.put({ key, body: text, headers })).rejects.toMatchObject({ code: 'access-denied' });
      wrong.close();
    }
  });
});
