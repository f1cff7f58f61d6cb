import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws, openS3Reader, type Aws } from '../../src/aws/index.js';
import type { OriginName } from '../../src/build/build.js';
import { objectKey } from '../../src/build/keys.js';
import { startEdge, type Edge } from '../../src/local/edge.js';
import { fetchAddress } from '../../src/local/fetch.js';
import { createBucket, moto, rgw, useCredentials, type Server } from './server.js';

const sampleSite = new URL('../../sample-site', import.meta.url).pathname;
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;

interface Document {
  readonly release: string | null;
  readonly changes: {
    readonly created: number;
    readonly updated: number;
    readonly kept: number;
    readonly deleted: number;
  };
  readonly invalidations: Readonly<Record<OriginName, readonly string[]>>;
  readonly objects: readonly { readonly origin: OriginName; readonly key: string; readonly action: string }[];
}

/** The command line as users run it, against a real S3 server; a local edge reads the buckets in CloudFront's place. */
function describePublish(name: string, serverOf: () => Server | undefined, distributions: boolean): void {
  describe.skipIf(serverOf() === undefined)(`publishing to ${name}`, () => {
    const server = serverOf()!;
    let folder: string;
    let aws: Aws;
    let edge: Edge;
    const buckets = {} as Record<OriginName, string>;
    const ids = {} as Record<OriginName, string>;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'twinorigin-server-'));
      cpSync(sampleSite, join(folder, 'site'), { recursive: true });
      useCredentials(server);
      aws = openAws({ endpointUrl: server.url });
      for (const origin of ['images', 'resources', 'pages'] as const) {
        buckets[origin] = await createBucket(aws);
        if (distributions) ids[origin] = await createDistribution(aws, buckets[origin]);
      }
      const origin = (one: OriginName) => ({ store: openS3Reader({ bucket: buckets[one], aws }) });
      edge = await startEdge({
        origins: { images: origin('images'), resources: origin('resources'), pages: origin('pages') },
        port: 0,
        negotiate: false,
      });
      const settings = (one: OriginName) => ({
        bucket: buckets[one],
        url: edge.urls[one],
        ...(distributions && { distribution: ids[one] }),
      });
      writeFileSync(
        join(folder, 'twinorigin.config.json'),
        JSON.stringify({
          site: 'site',
          cacheDir: 'cache',
          origins: { images: settings('images'), resources: settings('resources'), pages: settings('pages') },
        }),
      );
    });
    afterAll(async () => {
      await edge.close();
      aws.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function run(...words: string[]): Promise<Document> {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [main, ...words, '--json', '--config', join(folder, 'twinorigin.config.json'), '--endpoint-url', server.url],
        { maxBuffer: 1 << 26 },
      );
      return JSON.parse(stdout) as Document;
    }

    async function invalidated(origin: OriginName): Promise<string[]> {
      const { client, sdk } = await aws.cloudfront();
      const listed = await client.send(new sdk.ListInvalidationsCommand({ DistributionId: ids[origin] }));
      const paths: string[] = [];
      for (const { Id } of listed.InvalidationList?.Items ?? []) {
        const one = await client.send(new sdk.GetInvalidationCommand({ DistributionId: ids[origin], Id }));
        paths.push(...(one.Invalidation?.InvalidationBatch?.Paths?.Items ?? []));
      }
      return paths.sort();
    }

    it('puts every object with its type, encoding and cache header', async () => {
      const document = await run('publish');
      expect(document.changes.created).toBeGreaterThan(200);
      const headersOf = async (origin: OriginName, key: string) =>
        (await openS3Reader({ bucket: buckets[origin], aws }).head(objectKey(key)))?.headers;
      const stable = distributions
        ? 'public, max-age=0, s-maxage=31536000, must-revalidate'
        : 'public, max-age=0, must-revalidate';
      expect(await headersOf('pages', 'index.html')).toEqual({
        contentType: 'text/html; charset=utf-8',
        contentEncoding: 'gzip',
        cacheControl: stable,
      });
      expect(await headersOf('pages', 'images/photos/dusk-960.jpg')).toEqual({
        contentType: 'image/jpeg',
        cacheControl: stable,
      });
      const css = document.objects.find(({ origin, key }) => origin === 'resources' && key.startsWith('css/site.'))!;
      expect(await headersOf('resources', css.key)).toEqual({
        contentType: 'text/css; charset=utf-8',
        contentEncoding: 'gzip',
        cacheControl: 'public, max-age=31536000, immutable',
      });
      for (const { origin, key } of document.objects)
        expect(await headersOf(origin, key), `${origin}/${key}`).toBeDefined();
    });

    it('writes and invalidates nothing the second time', async () => {
      expect((await run('publish')).changes).toMatchObject({ created: 0, updated: 0, deleted: 0 });
      if (distributions)
        for (const origin of ['images', 'resources', 'pages'] as const) expect(await invalidated(origin)).toEqual([]);
    });

    it('invalidates exactly the changed addresses of the pages, and nothing of the assets', async () => {
      appendFileSync(join(folder, 'site/about.html'), '<!-- changed -->');
      const planned = await run('plan');
      const document = await run('publish');
      expect(document.changes).toMatchObject({ created: 0, updated: 1, deleted: 0 });
      expect(planned.changes).toEqual(document.changes);
      if (distributions) {
        expect(await invalidated('images')).toEqual([]);
        expect(await invalidated('resources')).toEqual([]);
        expect(await invalidated('pages')).toEqual(['/about.html']);
        expect(document.invalidations.pages).toEqual(['/about.html']);
      }
      expect((await fetchAddress(`${edge.urls.pages}/about.html`, {})).status).toBe(200);
    });

    it.skipIf(!existsOnPath('aws'))('is read back by the AWS CLI with the same headers', async () => {
      const words = [
        '--endpoint-url',
        server.url,
        '--output',
        'json',
        's3api',
        'head-object',
        '--bucket',
        buckets.pages,
        '--key',
        'index.html',
      ];
      const { stdout } = await promisify(execFile)('aws', words);
      expect(JSON.parse(stdout)).toMatchObject({ ContentType: 'text/html; charset=utf-8', ContentEncoding: 'gzip' });
    });
  });
}

async function createDistribution(aws: Aws, bucket: string): Promise<string> {
  const { client, sdk } = await aws.cloudfront();
  const made = await client.send(
    new sdk.CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: bucket,
        Comment: '',
        Enabled: true,
        Origins: {
          Quantity: 1,
          Items: [{ Id: 's3', DomainName: `${bucket}.s3.amazonaws.com`, S3OriginConfig: { OriginAccessIdentity: '' } }],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 's3',
          ViewerProtocolPolicy: 'redirect-to-https',
          MinTTL: 0,
          ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } },
        },
      },
    }),
  );
  return made.Distribution!.Id!;
}

function existsOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

describePublish('moto, with CloudFront', moto, true);
describePublish('Ceph radosgw', rgw, false);
