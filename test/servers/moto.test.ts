import { describe, expect, it } from 'vitest';
import { openAws, openCloudFrontCdn } from '../../src/aws/index.js';
import { describeObjectStore } from '../contract/objectStore.js';
import { motoDeviations } from './deviations.js';
import { moto, openServerStore, useCredentials } from './server.js';

const server = moto();

if (server === undefined) describe.skip('moto', () => undefined);
else {
  describeObjectStore('a bucket of moto', () => openServerStore(server), motoDeviations);

  describe('a distribution of moto', () => {
    it('is invalidated, and missing when it is missing', async () => {
      useCredentials(server);
      const aws = openAws({ endpointUrl: server.url });
      const { client, sdk } = await aws.cloudfront();
      const origin = { Id: 'o', DomainName: 'b.s3.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' } };
      const { Distribution } = await client.send(
        new sdk.CreateDistributionCommand({
          DistributionConfig: {
            CallerReference: String(Date.now()),
            Comment: '',
            Enabled: true,
            Origins: { Quantity: 1, Items: [origin] },
            DefaultCacheBehavior: { TargetOriginId: 'o', ViewerProtocolPolicy: 'redirect-to-https' },
          },
        }),
      );
      const cdn = openCloudFrontCdn({ distribution: Distribution!.Id!, aws });
      const { id } = await cdn.invalidate(['/a.html', '/dir/*'], 'release-1');
      expect(await cdn.invalidation(id)).toEqual({ id, completed: true });
      const missing = openCloudFrontCdn({ distribution: 'E0MISSING', aws });
      await expect(missing.invalidate(['/a'], 'release-1')).rejects.toMatchObject({ code: 'distribution-missing' });
      aws.close();
    });
  });
}
