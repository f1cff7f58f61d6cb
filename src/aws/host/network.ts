/** The network a host is in, its address and who may reach it. */
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { PublishError } from '../../errors.js';
import type { Address, Cloud, CloudReader, Firewall } from '../../provision/host/cloud.js';
import type { HostTools } from './servers.js';
import { isAnswer, type HostServices } from './services.js';
import { hostTag, ofHost, readTags, writeTags } from './tags.js';
import { awaitVisible } from './visible.js';

export function openNetworkReader({
  host,
  services,
}: HostTools): Pick<CloudReader, 'network' | 'addresses' | 'firewall'> {
  return {
    network: () =>
      services.ec2('DescribeVpcs', 'the default VPC', async ({ client, sdk }) => {
        const { Vpcs = [] } = await client.send(
          new sdk.DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
        );
        const id = Vpcs[0]?.VpcId;
        if (id === undefined)
          throw new PublishError('host-failed', 'the account has no default VPC in this region', {
            hint: 'Make one: aws ec2 create-default-vpc.',
          });
        const { Subnets = [] } = await client.send(
          new sdk.DescribeSubnetsCommand({
            Filters: [
              { Name: 'vpc-id', Values: [id] },
              { Name: 'default-for-az', Values: ['true'] },
            ],
          }),
        );
        const subnets = Subnets.map(({ SubnetId = '', AvailabilityZone = '' }) => ({
          id: SubnetId,
          zone: AvailabilityZone,
        }));
        return { id, subnets: subnets.sort((a, b) => (a.zone < b.zone ? -1 : 1)) };
      }),
    addresses: () => listAddresses(services, host),
    firewall: () => findFirewall(services, host),
  };
}

type WriterPart = Pick<
  Cloud,
  | 'allocateAddress'
  | 'associate'
  | 'disassociate'
  | 'releaseAddress'
  | 'createFirewall'
  | 'allow'
  | 'forbid'
  | 'deleteFirewall'
>;

export function openNetworkWriter({ host, services, sleep }: HostTools): WriterPart {
  const Tags = writeTags({ Name: host, [hostTag]: host });
  return {
    async allocateAddress() {
      const id = await services.ec2('AllocateAddress', host, async ({ client, sdk }) => {
        const request = { Domain: 'vpc' as const, TagSpecifications: [{ ResourceType: 'elastic-ip' as const, Tags }] };
        return (await client.send(new sdk.AllocateAddressCommand(request))).AllocationId ?? '';
      });
      return awaitVisible(id, sleep, async () => (await listAddresses(services, host)).find((one) => one.id === id));
    },
    associate: (address, server) =>
      services.ec2('AssociateAddress', address, async ({ client, sdk }) => {
        const request = { AllocationId: address, InstanceId: server, AllowReassociation: true };
        await client.send(new sdk.AssociateAddressCommand(request));
      }),
    disassociate: (association) =>
      services.ec2('DisassociateAddress', association, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DisassociateAddressCommand({ AssociationId: association }));
        } catch (error) {
          if (!isAnswer(error, 'InvalidAssociationID.NotFound')) throw error;
        }
      }),
    releaseAddress: (address) =>
      services.ec2('ReleaseAddress', address, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.ReleaseAddressCommand({ AllocationId: address }));
        } catch (error) {
          if (!isAnswer(error, 'InvalidAllocationID.NotFound')) throw error;
        }
      }),
    async createFirewall(network) {
      await services.ec2('CreateSecurityGroup', firewallName(host), async ({ client, sdk }) => {
        try {
          await client.send(
            new sdk.CreateSecurityGroupCommand({
              GroupName: firewallName(host),
              Description: `Visitors of ${host}, made by twinorigin`,
              VpcId: network,
              TagSpecifications: [{ ResourceType: 'security-group', Tags }],
            }),
          );
        } catch (error) {
          // Ours, made by a run that broke off and not told of yet; or somebody else's.
          if (!isAnswer(error, 'InvalidGroup.Duplicate')) throw error;
          await refuseForeign(services, host);
        }
      });
      return awaitVisible(firewallName(host), sleep, async () => (await findFirewall(services, host)) ?? undefined);
    },
    allow: (firewall, rules) =>
      services.ec2('AuthorizeSecurityGroupIngress', firewall, async ({ client, sdk }) => {
        const request = { GroupId: firewall, IpPermissions: rules.map(writeRule) };
        await client.send(new sdk.AuthorizeSecurityGroupIngressCommand(request));
      }),
    forbid: (firewall, rules) =>
      services.ec2('RevokeSecurityGroupIngress', firewall, async ({ client, sdk }) => {
        const request = { GroupId: firewall, IpPermissions: rules.map(writeRule) };
        await client.send(new sdk.RevokeSecurityGroupIngressCommand(request));
      }),
    deleteFirewall: (firewall) =>
      services.ec2('DeleteSecurityGroup', firewall, async ({ client, sdk }) => {
        // The network card of a machine that is gone holds on for a while.
        for (let attempt = 1; ; attempt++) {
          try {
            await client.send(new sdk.DeleteSecurityGroupCommand({ GroupId: firewall }));
            return;
          } catch (error) {
            if (isAnswer(error, 'InvalidGroup.NotFound')) return;
            if (!isAnswer(error, 'DependencyViolation') || attempt === 60) throw error;
            await sleep(5_000);
          }
        }
      }),
  };
}

function firewallName(host: string): string {
  return `twinorigin-${host}`;
}

async function listAddresses(services: HostServices, host: string): Promise<readonly Address[]> {
  return services.ec2('DescribeAddresses', host, async ({ client, sdk }) => {
    const { Addresses = [] } = await client.send(new sdk.DescribeAddressesCommand(ofHost(host)));
    const addresses = Addresses.map(({ AllocationId = '', PublicIp = '', AssociationId, InstanceId }) => ({
      id: AllocationId,
      address: PublicIp,
      // Without an instance it belongs to a network card that is being taken away.
      ...(AssociationId !== undefined &&
        AssociationId !== '' && {
          association: { id: AssociationId, server: InstanceId ?? '' },
        }),
    }));
    return addresses.sort((a, b) => (a.id < b.id ? -1 : 1));
  });
}

async function refuseForeign(services: HostServices, host: string): Promise<void> {
  await services.ec2('DescribeSecurityGroups', firewallName(host), async ({ client, sdk }) => {
    const named = { Name: 'group-name', Values: [firewallName(host)] };
    const { SecurityGroups = [] } = await client.send(new sdk.DescribeSecurityGroupsCommand({ Filters: [named] }));
    const foreign = SecurityGroups.find(({ Tags }) => readTags(Tags)[hostTag] !== host);
    if (foreign === undefined) return;
    throw new PublishError(
      'guard-refused',
      `the security group ${firewallName(host)} (${foreign.GroupId ?? ''}) was not made by twinorigin`,
      { hint: 'Give the host another name ("host.name"), or remove the group by hand.' },
    );
  });
}

async function findFirewall(services: HostServices, host: string): Promise<Firewall | null> {
  return services.ec2('DescribeSecurityGroups', host, async ({ client, sdk }) => {
    const { Filters } = ofHost(host);
    const named = { Name: 'group-name', Values: [firewallName(host)] };
    const { SecurityGroups = [] } = await client.send(
      new sdk.DescribeSecurityGroupsCommand({ Filters: [...Filters, named] }),
    );
    const [group] = SecurityGroups;
    return group === undefined ? null : { id: group.GroupId ?? '', rules: readRules(group) };
  });
}

function readRules({ IpPermissions = [] }: SecurityGroup): readonly string[] {
  return IpPermissions.flatMap((permission) => {
    const { IpProtocol = '', FromPort, IpRanges = [], Ipv6Ranges = [] } = permission;
    const sources = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
    return sources.map((source) => `${IpProtocol} ${FromPort ?? 0} ${source ?? ''}`);
  }).sort();
}

function writeRule(rule: string): IpPermission {
  const [protocol = '', port = '', source = ''] = rule.split(' ');
  const ranges = source.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: source }] } : { IpRanges: [{ CidrIp: source }] };
  return { IpProtocol: protocol, FromPort: Number(port), ToPort: Number(port), ...ranges };
}
