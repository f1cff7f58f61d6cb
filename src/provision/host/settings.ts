/** What a configuration says about a host: the section `host`. */
import * as z from 'zod';
import { tsigAlgorithms } from './tsigAlgorithms.js';

/** In tags, names of security groups, alarms and parameters: what all of them take. */
const hostName = z.string().regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, 'up to 20 of a-z, 0-9 and -');
const dnsName = z
  .string()
  .regex(/^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?$/, 'a domain name')
  .transform((name) => name.replace(/\.$/, '').toLowerCase());
/** Safe in every shell and configuration file. */
export const absolutePath = z
  .string()
  .regex(/^(\/[A-Za-z0-9._-]+)+$/, 'an absolute path of letters, digits, ".", "_" and "-"');
const urlPath = z.string().regex(/^\/[\x21-\x7e]*$/, 'a path such as /health');

const instance = z.strictObject({
  image: z
    .string()
    .regex(/^(ami-[0-9a-f]{8,17}|\/aws\/service\/[\w./-]+)$/, 'an id (ami-…) or a public parameter (/aws/service/…)')
    .default('/aws/service/debian/release/12/latest/arm64')
    .describe('Machine image: an id, or the public SSM parameter that names the newest.'),
  type: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'a type such as t4g.small')
    .default('t4g.small'),
  market: z.enum(['on-demand', 'spot']).default('on-demand'),
  keyPair: z.string().optional().describe('Name of the EC2 key pair for SSH.'),
  profile: z.string().optional().describe('Name of the IAM instance profile.'),
  securityGroups: z.array(z.string()).min(1).optional().describe('Ids; without any, one is made.'),
  diskGiB: z.int().min(8).max(16384).default(8).describe("The instance's own disk, lost with it."),
  server: z.enum(['nginx', 'apache', 'caddy']).default('nginx').describe('Web server to install and start.'),
  setup: z.string().optional().describe('File with a shell script that runs after the volume is mounted.'),
});

const volume = z.strictObject({
  gib: z.int().min(1).max(16384).default(8),
  type: z.enum(['gp3', 'gp2', 'io2', 'st1', 'sc1']).default('gp3'),
  kmsKey: z.string().optional().describe('KMS key; without one, the one AWS keeps for EBS. Always encrypted.'),
  mount: absolutePath.default('/srv/site'),
  snapshot: z
    .string()
    .regex(/^snap-[0-9a-f]+$/)
    .optional()
    .describe('The first volume is made from this snapshot.'),
  keepSnapshots: z.int().min(1).max(1000).default(7).describe('Older ones that twinorigin made are let go.'),
  snapshotHours: z.int().min(1).optional().describe('host replace --watch makes one this often.'),
});

const route53 = z.strictObject({
  provider: z.literal('route53'),
  zone: dnsName.describe('Name of the hosted zone.'),
  name: dnsName,
  ttl: z.int().min(1).max(86400).default(60).describe('Seconds that resolvers may remember the address.'),
  servers: z.array(z.string()).min(1).optional().describe('Name servers to ask, instead of those of the zone.'),
  healthCheck: z.boolean().default(false).describe('Route 53 asks the host itself, from outside.'),
  failover: z
    .strictObject({ target: dnsName, zone: z.string().regex(/^Z[A-Z0-9]+$/) })
    .optional()
    .describe('Another name of AWS (a CloudFront distribution) that answers while the host does not.'),
});
const rfc2136 = z.strictObject({
  provider: z.literal('rfc2136'),
  zone: dnsName,
  name: dnsName,
  ttl: z.int().min(1).max(86400).default(60),
  server: z.string().min(1).describe('Primary name server, `host` or `host:port`.'),
  servers: z.array(z.string()).min(1).optional().describe('Name servers to ask; without any, the primary.'),
  keyFile: z.string().optional().describe('File with the TSIG key, as tsig-keygen writes it.'),
  key: z
    .strictObject({ name: dnsName, algorithm: z.enum(tsigAlgorithms).default('hmac-sha256'), secretEnv: z.string() })
    .optional()
    .describe('Instead of a file: the environment variable that holds the secret.'),
});

const balancer = z.strictObject({
  certificate: z.string().startsWith('arn:').optional().describe('ACM certificate for HTTPS; HTTP is then redirected.'),
});

const health = z.strictObject({
  path: urlPath.default('/.well-known/twinorigin-health'),
  port: z.int().min(1).max(65535).default(80),
  failures: z.int().min(1).default(3).describe('So many times in a row, then --watch replaces.'),
  seconds: z.int().min(1).default(15).describe('Between two questions of --watch.'),
});

const alarms = z.strictObject({
  cpu: z.int().min(1).max(100).default(90).describe('Percent over 15 minutes.'),
  disk: z
    .int()
    .min(1)
    .max(100)
    .default(90)
    .describe('Percent of the volume; needs instance.profile, by which the CloudWatch agent sends it.'),
  errors: z.int().min(1).default(10).describe('5xx answers behind the balancer in 5 minutes.'),
  topic: z.string().startsWith('arn:').optional().describe('SNS topic that is told.'),
  recover: z.boolean().default(true).describe('AWS moves the instance when its hardware fails.'),
});

export const hostSchema = z
  .strictObject({
    name: hostName.default('host'),
    instance: instance.prefault({}),
    count: z.int().min(1).max(20).default(1).describe('More than one needs the balancer.'),
    zones: z.array(z.string()).min(1).optional().describe('Availability zones, used in turn.'),
    volume: volume.prefault({}),
    address: z.enum(['elastic', 'dynamic']).default('elastic').describe('dynamic: DNS follows whatever it gets.'),
    ipv6: z
      .boolean()
      .default(false)
      .describe('The server gets an IPv6 address too, and the name an AAAA record; its subnet needs an IPv6 block.'),
    dns: z.discriminatedUnion('provider', [route53, rfc2136]).optional(),
    balancer: balancer.optional(),
    health: health.prefault({}),
    alarms: alarms.optional(),
    sshFrom: z.array(z.string()).default([]).describe('Networks (CIDR) that may reach port 22.'),
  })
  .refine((host) => host.count === 1 || host.balancer !== undefined, {
    path: ['count'],
    message: 'several instances need a balancer before them',
  })
  .refine((host) => !host.ipv6 || host.balancer === undefined, {
    path: ['ipv6'],
    message: 'is for a server without a balancer',
  })
  .refine((host) => host.dns === undefined || `.${host.dns.name}`.endsWith(`.${host.dns.zone}`), {
    path: ['dns', 'name'],
    message: 'lies outside the zone',
  });

export type HostSettings = z.output<typeof hostSchema>;
export type DnsSettings = NonNullable<HostSettings['dns']>;
