/** ACM: certificates are issued once every proof can be found in DNS (User Guide, "DNS validation"). */
import { createHash } from 'node:crypto';
import { ServiceError } from './codec.js';
import type { Handlers } from './server.js';

export interface FakeCertificate {
  readonly arn: string;
  readonly hosts: readonly string[];
  readonly token: string | undefined;
  status: 'PENDING_VALIDATION' | 'ISSUED' | 'FAILED';
  /** How often it was described: the first answer does not name the records yet. */
  looks: number;
}

export interface FakeCertificates {
  readonly byArn: Map<string, FakeCertificate>;
  readonly handlers: Handlers;
}

export function openCertificates(isThere: (name: string) => boolean): FakeCertificates {
  const byArn = new Map<string, FakeCertificate>();
  const proofOf = (host: string) => {
    const digest = createHash('md5').update(host).digest('hex');
    return {
      Name: `_${digest.slice(0, 12)}.${host.replace('*.', '')}.`,
      Type: 'CNAME',
      Value: `_${digest.slice(12, 24)}.acm-validations.aws.`,
    };
  };
  const look = (certificate: FakeCertificate) => {
    const isProven = certificate.hosts.every((host) => isThere(proofOf(host).Name));
    if (certificate.status === 'PENDING_VALIDATION' && isProven) certificate.status = 'ISSUED';
    return certificate;
  };
  const handlers: Handlers = {
    ListCertificates: ({ CertificateStatuses }: { CertificateStatuses?: string[] }) => ({
      CertificateSummaryList: [...byArn.values()]
        .map(look)
        .filter(({ status }) => CertificateStatuses?.includes(status) ?? true)
        .map(({ arn, hosts, status }) => ({
          CertificateArn: arn,
          DomainName: hosts[0],
          SubjectAlternativeNameSummaries: hosts,
          Status: status,
        })),
    }),
    DescribeCertificate({ CertificateArn }: { CertificateArn: string }) {
      const certificate = byArn.get(CertificateArn);
      if (certificate === undefined)
        throw new ServiceError(400, 'ResourceNotFoundException', `Could not find certificate ${CertificateArn}.`);
      look(certificate).looks++;
      const options = certificate.hosts.map((host) => ({
        DomainName: host,
        ValidationMethod: 'DNS',
        ...(certificate.looks > 1 ? { ResourceRecord: proofOf(host) } : {}),
      }));
      return {
        Certificate: {
          CertificateArn,
          DomainName: certificate.hosts[0],
          Status: certificate.status,
          DomainValidationOptions: options,
        },
      };
    },
    RequestCertificate({
      DomainName,
      SubjectAlternativeNames = [],
      IdempotencyToken,
    }: {
      DomainName: string;
      SubjectAlternativeNames?: string[];
      IdempotencyToken?: string;
    }) {
      const hosts = [...new Set([DomainName, ...SubjectAlternativeNames])];
      const same = [...byArn.values()].find(
        ({ token, hosts: own }) => token !== undefined && token === IdempotencyToken && String(own) === String(hosts),
      );
      if (same !== undefined) return { CertificateArn: same.arn };
      if (IdempotencyToken !== undefined && !/^\w{1,32}$/.test(IdempotencyToken))
        throw new ServiceError(400, 'ValidationException', 'idempotencyToken');
      const arn = `arn:aws:acm:us-east-1:111122223333:certificate/c${byArn.size + 1}`;
      byArn.set(arn, { arn, hosts, token: IdempotencyToken, status: 'PENDING_VALIDATION', looks: 0 });
      return { CertificateArn: arn };
    },
  };
  return { byArn, handlers };
}
