import { openAws } from '../../src/aws/index.js';
import { openS3Store } from '../../src/aws/index.js';
import { describeObjectStore } from '../contract/objectStore.js';
import { startFakeS3 } from '../fakes/fakeS3.js';
import { withCredentials } from './credentials.js';

withCredentials();

describeObjectStore('an S3 bucket', async () => {
  const fake = await startFakeS3();
  const aws = openAws({ endpointUrl: fake.url });
  return {
    store: openS3Store({ bucket: 'bucket', aws }),
    async close() {
      aws.close();
      await fake.close();
    },
  };
});
