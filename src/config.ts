/** The configuration: one zod schema, its defaults, and how flags, environment and file come together. */
import * as z from 'zod';
import { originNames, type OriginName } from './build/build.js';
import { webServerKinds, type WebServerKind } from './webserver/site.js';
import { absolutePath, hostSchema } from './provision/host/settings.js';

const cacheControl = z
  .string()
  .min(1)
  .regex(/^[\x20-\x7e]+$/, 'printable ASCII only');
/** Public addresses become part of HTML, CSS and JavaScript unescaped: only characters that need no escaping anywhere. */
const publicUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._/-]+)?\/?$/,
    'an http(s) address without query, such as https://images.example.com',
  )
  .transform((url) => url.replace(/\/$/, ''));

const bucketOrigin = z.strictObject({
  bucket: z.string().min(3).max(63).describe('Name of the S3 bucket.'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'folder names without leading or trailing slash')
    .optional()
    .describe('Keys start with this folder; set the same origin path on the distribution.'),
  url: publicUrl.describe('Public address that visitors use.'),
  distribution: z.string().min(1).optional().describe('Id of the CloudFront distribution, to be invalidated.'),
  region: z.string().optional(),
  keyValueStore: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:cloudfront::\d{12}:key-value-store\/[A-Za-z0-9-]+$/,
      'the ARN of a CloudFront KeyValueStore',
    )
    .optional()
    .describe('Of the pages: tells the edge functions which release is live, and its rules.'),
});
const directoryOrigin = z.strictObject({
  directory: z.string().min(1).describe('Folder that plays the bucket.'),
  url: publicUrl.optional().describe('Public address; without one, the local edge.'),
});
const origin = z.union([bucketOrigin, directoryOrigin]);

/** Neither an option of ssh nor anything a shell looks at. */
const sshName = z
  .string()
  .regex(
    /^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    'user@name, or a name of ssh_config',
  );
const command = z.string().regex(/^[^\n\r]+$/, 'one line');
const webServer = z.union([
  sshName.transform((ssh) => ({ ssh, folder: '/srv/site' })),
  z.strictObject({
    ssh: sshName.describe('user@name, an EC2 instance id with "ssm", or a name of ssh_config.'),
    port: z.int().min(1).max(65535).optional(),
    folder: absolutePath.default('/srv/site').describe('Holds "releases" and the link "current", which is served.'),
    identity: z
      .string()
      .min(1)
      .optional()
      .describe('File with the private key; without one, those of ssh and its agent.'),
    knownHosts: z.string().min(1).optional().describe('File with the keys of the server, as ssh-keyscan writes it.'),
    ssm: z
      .boolean()
      .default(false)
      .describe('Reach the server through AWS Systems Manager; "ssh" names the instance id.'),
    server: z
      .enum(webServerKinds)
      .optional()
      .describe('Its web server, which is told the rules of the site; without it, that of host.instance.'),
    test: command.optional().describe('Tells whether the web server takes its configuration: sudo -n nginx -t.'),
    reload: command.optional().describe('Has nginx read its configuration again: sudo -n nginx -s reload.'),
  }),
]);
/** The bucket or folder keeps every release; visitors get them from the server. */
const host = z
  .union([webServer.transform((one) => [one]), z.array(webServer).min(1)])
  .optional()
  .describe('Of the pages: the web servers that serve them, instead of a CDN. Releases are put there over SSH.');
const pagesOrigin = z.union([
  bucketOrigin.extend({ host }),
  directoryOrigin.extend({ host }).refine((one) => one.host === undefined || one.url !== undefined, {
    path: ['url'],
    message: 'the public address of the server is needed',
  }),
]);

const rule = z.strictObject({
  match: z.union([z.string(), z.array(z.string()).min(1)]).describe('Glob over paths inside the site.'),
  origin: z.enum(originNames).optional(),
  fingerprint: z.boolean().optional(),
  cacheControl: cacheControl.optional(),
});

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  site: z.string().min(1).optional().describe('Folder with the built site.'),
  origins: z.strictObject({ images: origin, resources: origin, pages: pagesOrigin }).optional(),
  rules: z.array(rule).default([]).describe('In order; the last one that matches and says something wins.'),
  encodings: z.enum(['negotiate', 'gzip', 'none']).optional(),
  compression: z.enum(['best', 'fast']).default('best'),
  pages: z
    .strictObject({
      mode: z
        .enum(['in-place', 'atomic'])
        .default('in-place')
        .describe('atomic: every release in a folder of its own, switched to by one write.'),
      urls: z
        .enum(['none', 'auto', 'drop', 'force'])
        .default('none')
        .describe('Clean addresses: about.html is /about (auto, drop) or /about/ (force).'),
      pin: z.boolean().default(false).describe('atomic: keep a visit on one release, by a session cookie.'),
    })
    .prefault({}),
  originals: z
    .enum(['copy', 'none'])
    .default('copy')
    .describe('Keep assets at their own path on the pages origin too.'),
  integrity: z.boolean().default(true).describe('Write integrity attributes for moved scripts and stylesheets.'),
  ignore: z.array(z.string()).default([]).describe('Globs of files that are not part of the site.'),
  conditionalComments: z
    .enum(['keep', 'rewrite'])
    .default('keep')
    .describe('What to do with references inside <!--[if IE]>, which no browser since 2012 loads.'),
  lazyAttributes: z.array(z.string()).optional().describe('Attributes of lazy loaders that hold image addresses.'),
  guard: z
    .strictObject({
      deletes: z
        .union([z.int().min(0), z.string().regex(/^\d{1,3}%$/)])
        .default('25%')
        .describe('Refuse a publish that removes more pages than this (a number, or a share of the live pages).'),
      index: z.boolean().default(true).describe('Refuse a site without index.html.'),
    })
    .prefault({}),
  invalidation: z
    .strictObject({
      paths: z.int().min(1).max(3000).default(100).describe('More paths than this are folded into wildcards.'),
      wait: z.boolean().default(false),
      tags: z
        .boolean()
        .default(false)
        .describe('Put cache tags on pages, and invalidate by them. Only after cdn up with cdn.cacheTags.'),
    })
    .prefault({}),
  verify: z
    .strictObject({
      sample: z
        .int()
        .min(0)
        .default(50)
        .describe('Assets fetched through the CDN before pages go live; 0 skips the proof.'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      releases: z.int().min(1).default(10).describe('The newest releases that are always kept.'),
      days: z.number().min(0).default(30).describe('Nothing is let go before it was out of use for this long.'),
      prune: z.boolean().default(true).describe('Let go of what is due at the end of a publish.'),
    })
    .prefault({}),
  cdn: z
    .strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9-]{1,47}$/, 'letters, digits and hyphens, at most 48')
        .optional()
        .describe('Part of the name of everything that cdn makes; by default made of the host name of the pages.'),
      certificate: z
        .string()
        .regex(/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/, 'the ARN of a certificate in us-east-1')
        .optional()
        .describe('An ACM certificate of your own; without it one that covers the host names is found or requested.'),
      minimumTls: z.enum(['TLSv1.2_2021', 'TLSv1.2_2025', 'TLSv1.3_2025']).default('TLSv1.2_2021'),
      priceClass: z.enum(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']).optional(),
      notFound: z
        .union([z.literal(false), z.string().regex(/^\/[^?#*%]+$/, 'a path such as /404.html')])
        .default('/404.html')
        .describe('Page that is shown, with the status 404, where there is none; false for the plain error.'),
      hsts: z
        .union([
          z.literal(false),
          z.strictObject({
            days: z.number().min(0).default(365),
            includeSubdomains: z.boolean().default(false),
            preload: z.boolean().default(false),
          }),
        ])
        .prefault({})
        .describe('Strict-Transport-Security of the pages.'),
      frames: z.enum(['none', 'same', 'any']).default('same').describe('Which sites may show the pages in a frame.'),
      cacheTags: z
        .union([z.literal(false), z.string().regex(/^[\w-]+$/)])
        .default(false)
        .describe('Name of the response header that holds cache tags, for invalidating by tag.'),
      tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}).describe('Tags of what cdn makes.'),
    })
    .prefault({}),
  host: hostSchema.optional().describe('A server of your own: twinorigin host sets it up and brings it back.'),
  concurrency: z.int().min(1).max(1024).default(256),
  cacheDir: z.string().optional(),
  port: z.int().min(1).max(65535).default(4870).describe('Port of the local edge.'),
});

/** What a configuration file may say. */
export type ConfigInput = z.input<typeof configSchema>;
export type Rule = z.output<typeof rule>;

export interface BucketOrigin {
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly url: string;
  readonly distribution?: string | undefined;
  readonly region?: string | undefined;
  readonly keyValueStore?: string | undefined;
  readonly host?: readonly WebServer[] | undefined;
}
export interface DirectoryOrigin {
  /** Absolute. */
  readonly directory: string;
  readonly url: string;
  /** Served by the local edge, which can be invalidated. */
  readonly edge: boolean;
  readonly host?: readonly WebServer[] | undefined;
}
/** A server that serves the pages itself. */
export interface WebServer {
  /** `user@name`, or a name of the user's own ssh_config. */
  readonly ssh: string;
  readonly port?: number | undefined;
  /** Absolute, of letters that no shell looks at. */
  readonly folder: string;
  /** Absolute file of the private key. */
  readonly identity?: string | undefined;
  /** Absolute file. */
  readonly knownHosts?: string | undefined;
  /** Through AWS Systems Manager; `ssh` names the instance. */
  readonly ssm?: boolean | undefined;
  /** Which is told the rules of the site. */
  readonly server?: WebServerKind | undefined;
  /** Commands on the server, instead of the usual ones. */
  readonly test?: string | undefined;
  readonly reload?: string | undefined;
}
export type OriginConfig = BucketOrigin | DirectoryOrigin;

/** The configuration with every default filled in and every path absolute. */
export interface Config extends Omit<
  z.output<typeof configSchema>,
  '$schema' | 'site' | 'origins' | 'encodings' | 'cacheDir'
> {
  /** Absolute path of the site folder. */
  readonly site: string;
  readonly origins: Readonly<Record<OriginName, OriginConfig>>;
  readonly encodings: 'negotiate' | 'gzip' | 'none';
  /** Of the pages, where their server wants them otherwise. */
  readonly pagesEncodings?: 'negotiate' | 'none' | undefined;
  /** Absolute. */
  readonly cacheDir: string;
  /** Folder the configuration is relative to: where its file is, else the working directory. */
  readonly base: string;
}

/** Helps editors complete and check a configuration; returns it unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** Whether functions of ours stand before the pages: then the edge knows releases and rules. */
export function hasEdgeFunctions({ origins: { pages } }: Pick<Config, 'origins'>): boolean {
  if (pages.host !== undefined) return false;
  return 'bucket' in pages ? pages.keyValueStore !== undefined : pages.edge;
}

/** Whether the pages are served by servers of one's own, which are told over SSH. */
export function areOnServers({ origins: { pages } }: Pick<Config, 'origins'>): boolean {
  return pages.host !== undefined;
}

/** The servers of the pages that are told the site's rules; undefined where some are not. */
export function ruledServers({ origins: { pages } }: Pick<Config, 'origins'>): readonly WebServerKind[] | undefined {
  const kinds = (pages.host ?? []).map(({ server }) => server);
  const known = kinds.filter((kind) => kind !== undefined);
  return kinds.length > 0 && known.length === kinds.length ? [...new Set(known)].sort() : undefined;
}

/** The header in which S3 gives the tags that a publish puts on pages. */
export const cacheTagHeader = 'x-amz-meta-cache-tag';

/** Path inside the site of the page that is shown where there is none; null for the plain error. */
export function missingPageOf({ cdn: { notFound } }: Pick<Config, 'cdn'>): string | null {
  return notFound === false ? null : notFound.slice(1);
}
