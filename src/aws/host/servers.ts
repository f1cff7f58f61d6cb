/** EC2 instances as the servers of a host. */
import type { Instance, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { PublishError } from '../../errors.js';
import type { Cloud, CloudReader, Server, ServerRequest } from '../../provision/host/cloud.js';
import { isAnswer, type HostServices } from './services.js';
import { generationTag, hostTag, imageTag, numberOf, ofHost, readTags, recipeTag, slotTag, writeTags } from './tags.js';
import { awaitVisible, type Sleep } from './visible.js';

export interface HostTools {
  readonly host: string;
  readonly services: HostServices;
  readonly sleep: Sleep;
}

type ReaderPart = Pick<CloudReader, 'servers' | 'isImpaired' | 'image' | 'hasKeyPair' | 'zonesOf'>;

export function openServerReader({ host, services }: HostTools): ReaderPart {
  return {
    servers: () => listServers(services, host),
    isImpaired: (id) =>
      services.ec2('DescribeInstanceStatus', id, async ({ client, sdk }) => {
        const { InstanceStatuses = [] } = await client.send(
          new sdk.DescribeInstanceStatusCommand({ InstanceIds: [id] }),
        );
        const [status] = InstanceStatuses;
        return status?.SystemStatus?.Status === 'impaired' || status?.InstanceStatus?.Status === 'impaired';
      }),
    async image(name) {
      if (name.startsWith('ami-')) return name;
      const id = await services
        .ssm('GetParameter', name, async ({ client, sdk }) => {
          const { Parameter } = await client.send(new sdk.GetParameterCommand({ Name: name }));
          return Parameter?.Value;
        })
        .catch((error: unknown) => {
          if (!isAnswer(error, 'ParameterNotFound')) throw error;
          throw new PublishError(
            'config-invalid',
            `host.instance.image: there is no parameter ${name} in this region`,
            {
              hint: 'Name one that there is (aws ssm get-parameters-by-path --path /aws/service/debian), or the id of an image.',
            },
          );
        });
      if (id?.startsWith('ami-') !== true)
        throw new PublishError('config-invalid', `the parameter ${name} does not hold the id of an image`);
      return id;
    },
    hasKeyPair: (name) =>
      services.ec2('DescribeKeyPairs', name, async ({ client, sdk }) => {
        const { KeyPairs = [] } = await client.send(
          new sdk.DescribeKeyPairsCommand({ Filters: [{ Name: 'key-name', Values: [name] }] }),
        );
        return KeyPairs.length > 0;
      }),
    zonesOf: (type) =>
      services.ec2('DescribeInstanceTypeOfferings', type, async ({ client, sdk }) => {
        const { InstanceTypeOfferings = [] } = await client.send(
          new sdk.DescribeInstanceTypeOfferingsCommand({
            LocationType: 'availability-zone',
            Filters: [{ Name: 'instance-type', Values: [type] }],
          }),
        );
        return InstanceTypeOfferings.flatMap(({ Location }) => Location ?? []).sort();
      }),
  };
}

type WriterPart = Pick<Cloud, 'launch' | 'stop' | 'terminate'>;

export function openServerWriter(tools: HostTools): WriterPart {
  const { services } = tools;
  return {
    launch: (request) => launch(request, tools),
    stop: (id, force) =>
      services.ec2('StopInstances', id, async ({ client, sdk }) => {
        await client.send(new sdk.StopInstancesCommand({ InstanceIds: [id], Force: force }));
      }),
    terminate: (id) =>
      services.ec2('TerminateInstances', id, async ({ client, sdk }) => {
        await client.send(new sdk.TerminateInstancesCommand({ InstanceIds: [id] }));
      }),
  };
}

/** A token whose server is gone makes no other: the next one of its row is taken. */
const tokensTried = 10;

async function launch(request: ServerRequest, { host, services, sleep }: HostTools): Promise<Server> {
  const { image } = request;
  const rootDevice = await services.ec2('DescribeImages', image, async ({ client, sdk }) => {
    const { Images = [] } = await client.send(new sdk.DescribeImagesCommand({ ImageIds: [image] }));
    return Images[0]?.RootDeviceName ?? '/dev/xvda';
  });
  for (let turn = 1; turn <= tokensTried; turn++) {
    const token = turn === 1 ? request.token : `${request.token}-${turn}`;
    const id = await services.ec2('RunInstances', request.type, async ({ client, sdk }) => {
      try {
        const input = describeRequest(request, host, rootDevice, token);
        const { Instances = [] } = await client.send(new sdk.RunInstancesCommand(input));
        return Instances[0]?.InstanceId;
      } catch (error) {
        if (isAnswer(error, 'IdempotentInstanceTerminated')) return undefined;
        // An earlier run asked with the same token for something else: what it made is what there is.
        if (isAnswer(error, 'IdempotentParameterMismatch')) return findByToken(services, host, token);
        throw error;
      }
    });
    if (id === undefined) continue;
    const server = await awaitVisible(id, sleep, async () =>
      (await listServers(services, host)).find((one) => one.id === id),
    );
    if (server.state !== 'terminated' && server.state !== 'shutting-down') return server;
  }
  throw new PublishError('host-failed', `${tokensTried} servers in a row were gone as soon as they were made`, {
    hint: 'Look at the instances in the EC2 console: their state transition reason says why.',
  });
}

function describeRequest(
  request: ServerRequest,
  host: string,
  device: string,
  token: string,
): RunInstancesCommandInput {
  const tags = writeTags({
    Name: `${host}-${request.slot}`,
    [hostTag]: host,
    [slotTag]: String(request.slot),
    [generationTag]: String(request.generation),
    [recipeTag]: request.recipe,
    [imageTag]: request.imageName,
  });
  return {
    ClientToken: token,
    MinCount: 1,
    MaxCount: 1,
    ImageId: request.image,
    InstanceType: request.type as NonNullable<RunInstancesCommandInput['InstanceType']>,
    SubnetId: request.subnet,
    ...(request.ipv6 && { Ipv6AddressCount: 1 }),
    SecurityGroupIds: [...request.firewalls],
    UserData: Buffer.from(request.userData).toString('base64'),
    // IMDSv2 alone: a request that a page can make the server send gets no credentials.
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [
      {
        DeviceName: device,
        Ebs: { VolumeSize: request.diskGiB, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ],
    ...(request.spot && {
      InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { SpotInstanceType: 'one-time' } },
    }),
    ...(request.keyPair !== undefined && { KeyName: request.keyPair }),
    ...(request.profile !== undefined && { IamInstanceProfile: { Name: request.profile } }),
    TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
  };
}

async function findByToken(services: HostServices, host: string, token: string): Promise<string | undefined> {
  return services.ec2('DescribeInstances', host, async ({ client, sdk }) => {
    const { Reservations = [] } = await client.send(
      new sdk.DescribeInstancesCommand({ Filters: [{ Name: 'client-token', Values: [token] }] }),
    );
    return Reservations[0]?.Instances?.[0]?.InstanceId;
  });
}

async function listServers(services: HostServices, host: string): Promise<readonly Server[]> {
  return services.ec2('DescribeInstances', host, async ({ client, sdk }) => {
    const servers: Server[] = [];
    for await (const { Reservations = [] } of sdk.paginateDescribeInstances({ client }, ofHost(host)))
      for (const { Instances = [] } of Reservations) servers.push(...Instances.map(readServer));
    return servers.sort((a, b) => a.slot - b.slot || a.generation - b.generation || (a.id < b.id ? -1 : 1));
  });
}

function readServer(instance: Instance): Server {
  const tags = readTags(instance.Tags);
  const ipv6 = instance.Ipv6Address ?? instance.NetworkInterfaces?.[0]?.Ipv6Addresses?.[0]?.Ipv6Address;
  return {
    id: instance.InstanceId ?? '',
    state: instance.State?.Name ?? 'pending',
    zone: instance.Placement?.AvailabilityZone ?? '',
    type: instance.InstanceType ?? '',
    image: instance.ImageId ?? '',
    spot: instance.InstanceLifecycle === 'spot',
    slot: numberOf(tags, slotTag),
    generation: numberOf(tags, generationTag),
    ...(instance.PublicIpAddress !== undefined && { address: instance.PublicIpAddress }),
    // The URL parser writes it in its shortest form, as name servers do.
    ...(ipv6 !== undefined && { ipv6: new URL(`http://[${ipv6}]`).hostname.slice(1, -1) }),
    launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
    recipe: tags[recipeTag] ?? '',
    imageName: tags[imageTag] ?? '',
  };
}
