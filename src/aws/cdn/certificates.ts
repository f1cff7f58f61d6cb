/** A certificate that covers all host names: one that is there already, else a new one, proven through DNS. */
import type { CertificateDetail, CertificateSummary } from '@aws-sdk/client-acm';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { PublishError } from '../../errors.js';
import type { LiveNamed, Shelf, ShelfReader } from '../../provision/cdn/ports.js';
import type { CertificateWish } from '../../provision/cdn/wishes.js';
import type { Difference, Readiness } from '../../provision/resource.js';
import type { Services } from './services.js';
import { openZones, type Zone } from './zones.js';

/** A record that proves that a host name is ours. */
interface Proof {
  readonly name: string;
  readonly value: string;
  /** Null: somebody has to add it where the zone is. */
  readonly zone: Zone | null;
  readonly isThere: boolean;
}

interface LiveCertificate extends LiveNamed {
  readonly proofs: readonly Proof[];
}

/** CloudFront takes RSA up to 4096 and P-256 (Developer Guide, "Requirements for using SSL/TLS certificates"). */
const usableKeys = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_prime256v1'] as const;

export function readCertificates(services: Services): ShelfReader<CertificateWish, LiveCertificate> {
  const { acm, send } = services;
  const zones = openZones(services);

  async function findArn({ hosts }: CertificateWish): Promise<string | undefined> {
    const found: CertificateSummary[] = [];
    for (let NextToken: string | undefined; ;) {
      const page = await acm('ListCertificates', hosts[0] ?? '', ({ client, sdk }) =>
        client.send(
          new sdk.ListCertificatesCommand({
            NextToken,
            CertificateStatuses: ['ISSUED', 'PENDING_VALIDATION'],
            Includes: { keyTypes: [...usableKeys] },
          }),
          send,
        ),
      );
      found.push(...(page.CertificateSummaryList ?? []));
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
    }
    const covering = found.filter((summary) => hosts.every((host) => coversHost(summary, host)));
    return (covering.find(({ Status }) => Status === 'ISSUED') ?? covering[0])?.CertificateArn;
  }

  async function load(arn: string): Promise<LiveCertificate> {
    const { Certificate = {} } = await acm('DescribeCertificate', arn, ({ client, sdk }) =>
      client.send(new sdk.DescribeCertificateCommand({ CertificateArn: arn }), send),
    );
    if (Certificate.Status === 'ISSUED') return { id: arn, arn, proofs: [] };
    if (Certificate.Status !== 'PENDING_VALIDATION')
      throw new PublishError(
        'aws-failed',
        `the certificate ${arn} cannot be used: its state is ${Certificate.Status}`,
        {
          hint: 'Name another one in "cdn.certificate", or leave it out to have one requested.',
        },
      );
    const proofs = await listProofs(Certificate);
    return { id: arn, arn, proofs, readiness: readinessOf(proofs) };
  }

  async function listProofs({ DomainValidationOptions = [] }: CertificateDetail): Promise<readonly Proof[]> {
    const proofs = new Map<string, Proof>();
    for (const { ResourceRecord } of DomainValidationOptions) {
      const name = ResourceRecord?.Name?.replace(/\.$/, '');
      if (name === undefined || proofs.has(name)) continue;
      const zone = await zones.zoneOf(name);
      const isThere = zone !== null && (await zones.records(zone, name)).length > 0;
      proofs.set(name, { name, value: ResourceRecord?.Value ?? '', zone, isThere });
    }
    return [...proofs.values()];
  }

  return {
    async find(wish) {
      const arn = wish.arn ?? (await findArn(wish));
      return arn === undefined ? null : load(arn);
    },
    compare: ({ proofs }) =>
      proofs
        .filter(({ zone, isThere }) => zone !== null && !isThere)
        .map(({ name, value }): Difference => ({ setting: `record ${name}`, to: value, owner: 'ours' })),
  };
}

export function openCertificates(services: Services): Shelf<CertificateWish, LiveCertificate> {
  const { acm, send } = services;
  const zones = openZones(services);
  const reader = readCertificates(services);

  async function prove(live: LiveCertificate): Promise<LiveCertificate> {
    const missing = live.proofs.filter(({ zone, isThere }) => zone !== null && !isThere);
    for (const { zone, name, value } of missing) {
      const set: ResourceRecordSet = { Name: name, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: value }] };
      if (zone !== null) await zones.create(zone, [set]);
    }
    if (missing.length === 0) return live;
    const proofs = live.proofs.map((proof) => ({ ...proof, isThere: proof.isThere || proof.zone !== null }));
    return { ...live, proofs, readiness: readinessOf(proofs) };
  }

  return {
    ...reader,
    async create(wish) {
      const [DomainName = '', ...others] = wish.hosts;
      const { CertificateArn = '' } = await acm('RequestCertificate', DomainName, ({ client, sdk }) =>
        client.send(
          new sdk.RequestCertificateCommand({
            DomainName,
            ...(others.length === 0 ? {} : { SubjectAlternativeNames: others }),
            ValidationMethod: 'DNS',
            IdempotencyToken: wish.token,
            Tags: Object.entries(wish.tags).map(([Key, Value]) => ({ Key, Value })),
          }),
          send,
        ),
      );
      const live = await reader.find({ ...wish, arn: CertificateArn });
      return live === null ? { id: CertificateArn, arn: CertificateArn, proofs: [] } : prove(live);
    },
    update: prove,
  };
}

function readinessOf(proofs: readonly Proof[]): Readiness {
  const todo = proofs.filter(({ zone }) => zone === null).map(({ name, value }) => `DNS record ${name} CNAME ${value}`);
  // A moment after the request ACM does not yet say which records it wants.
  if (todo.length === 0) return { ready: false, reason: 'is being proven through DNS' };
  return { ready: false, reason: 'waits for DNS records', todo };
}

function coversHost({ DomainName, SubjectAlternativeNameSummaries = [] }: CertificateSummary, host: string): boolean {
  const wildcard = `*.${host.split('.').slice(1).join('.')}`;
  return [DomainName, ...SubjectAlternativeNameSummaries].some((name) => name === host || name === wildcard);
}
