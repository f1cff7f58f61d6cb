/**
 * EC2 with the rules of its documentation (EC2 API Reference; EC2 User Guide, "Ensuring idempotency in Amazon EC2 API
 * requests", "Eventual consistency in the Amazon EC2 API", "Amazon EBS volume lifecycle", "Instance lifecycle").
 */
import {
  attachmentState,
  CloudError,
  instanceState,
  nextId,
  publicAddress,
  settle,
  volumeState,
  type CloudState,
  type FakeGroup,
  type FakeInstance,
  type FakeSnapshot,
  type FakeVolume,
  type Tags,
} from './state.js';
import { object, objects, text, texts, type Params } from './wire.js';

type Answer = Readonly<Record<string, unknown>>;

const stateCodes: Readonly<Record<string, number>> = {
  'pending': 0,
  'running': 16,
  'shutting-down': 32,
  'terminated': 48,
  'stopping': 64,
  'stopped': 80,
};
const vpc = 'vpc-00000000000000001';
/** A terminated instance is told of for about an hour. */
const hour = 3_600_000;

export function performEc2(state: CloudState, action: string, params: Params): Answer {
  settle(state);
  const perform = actions[action];
  if (perform === undefined) throw new CloudError('InvalidAction', `The action ${action} is not valid.`);
  return perform(state, params);
}

const actions: Readonly<Record<string, (state: CloudState, params: Params) => Answer>> = {
  DescribeVpcs: () => ({ vpcSet: [{ vpcId: vpc, isDefault: true, state: 'available' }] }),
  DescribeSubnets: (state) => ({
    subnetSet: state.zones.map((zone) => ({
      subnetId: subnetOf(zone),
      vpcId: vpc,
      availabilityZone: zone,
      defaultForAz: true,
      state: 'available',
    })),
  }),
  DescribeKeyPairs: (state, params) => ({
    keySet: state.keyPairs
      .filter((name) => objects(params, 'Filter').every((one) => texts(one, 'Value').includes(name)))
      .map((name) => ({ keyName: name })),
  }),
  DescribeInstanceTypeOfferings: (state) => ({
    instanceTypeOfferingSet: state.zones.slice(0, 2).map((zone) => ({ instanceType: 't4g.small', location: zone })),
  }),
  DescribeImages: (_, params) => ({
    imagesSet: texts(params, 'ImageId').map((id) => {
      if (!/^ami-[0-9a-f]+$/.test(id)) throw new CloudError('InvalidAMIID.Malformed', `Invalid id: "${id}"`);
      if (id.endsWith('f')) throw new CloudError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
      return { imageId: id, rootDeviceName: '/dev/xvda', architecture: 'arm64', imageState: 'available' };
    }),
  }),

  RunInstances(state, params) {
    const token = text(params, 'ClientToken');
    const subnet = text(params, 'SubnetId');
    const parameters = JSON.stringify({ ...params, ClientToken: '' });
    const keyName = text(params, 'KeyName');
    if (keyName !== '' && !state.keyPairs.includes(keyName))
      throw new CloudError('InvalidKeyPair.NotFound', `The key pair '${keyName}' does not exist`);
    const earlier = token === '' ? undefined : state.instances.find((instance) => instance.token === token);
    if (earlier !== undefined) {
      if (earlier.parameters !== parameters)
        throw new CloudError('IdempotentParameterMismatch', 'Arguments on this idempotent request are inconsistent.');
      if (earlier.terminated !== undefined)
        throw new CloudError('IdempotentInstanceTerminated', `The instance ${earlier.id} is terminated.`);
      return { instancesSet: [showInstance(state, earlier)] };
    }
    const zone = state.zones.find((one) => subnetOf(one) === subnet) ?? state.zones[0]!;
    const groups = texts(params, 'SecurityGroupId');
    for (const id of groups)
      if (!state.groups.some((group) => group.id === id)) throw new CloudError('InvalidGroup.NotFound', id);
    const number = state.instances.length + 10;
    const instance: FakeInstance = {
      id: nextId(state, 'i'),
      shown: state.now + state.timing.lag,
      token,
      parameters,
      zone,
      subnet,
      type: text(params, 'InstanceType'),
      image: text(params, 'ImageId'),
      groups,
      userData: Buffer.from(text(params, 'UserData'), 'base64').toString(),
      request: params,
      privateAddress: `10.0.0.${number}`,
      ownAddress: state.address ?? `198.51.100.${number}`,
      launched: state.now,
      tags: tagsFor(params, 'instance'),
      spot: text(object(params, 'InstanceMarketOptions'), 'MarketType') === 'spot',
    };
    state.instances.push(instance);
    return { instancesSet: [showInstance(state, instance)] };
  },
  DescribeInstances(state, params) {
    const ids = texts(params, 'InstanceId');
    for (const id of ids) {
      const found = state.instances.find((instance) => instance.id === id);
      if (found === undefined || state.now < found.shown)
        throw new CloudError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    }
    const shown = state.instances
      .filter((one) => state.now >= one.shown && (ids.length === 0 || ids.includes(one.id)))
      .filter((one) => one.terminated === undefined || state.now < one.terminated + hour)
      .filter((one) => matches(params, one.tags, { 'client-token': one.token }));
    return { reservationSet: shown.map((one) => ({ instancesSet: [showInstance(state, one)] })) };
  },
  DescribeInstanceStatus(state, params) {
    const ids = texts(params, 'InstanceId');
    const shown = state.instances.filter((one) => ids.includes(one.id) && instanceState(state, one) === 'running');
    return {
      instanceStatusSet: shown.map((one) => ({
        instanceId: one.id,
        systemStatus: { status: one.impaired === true ? 'impaired' : 'ok' },
        instanceStatus: { status: one.impaired === true ? 'impaired' : 'ok' },
      })),
    };
  },
  StopInstances(state, params) {
    return {
      instancesSet: texts(params, 'InstanceId').map((id) => {
        const instance = findInstance(state, id);
        if (instance.spot)
          throw new CloudError('UnsupportedOperation', `You can't stop the Spot Instance '${id}' (one-time request).`);
        if (instance.terminated !== undefined)
          throw new CloudError('IncorrectInstanceState', `This instance '${id}' is not in a state to be stopped.`);
        // A system that does not answer stays "stopping" until it is forced.
        if (instance.impaired !== true || text(params, 'Force') === 'true') instance.stopped ??= state.now;
        else instance.stopped ??= state.now + hour;
        return { instanceId: id };
      }),
    };
  },
  TerminateInstances(state, params) {
    return {
      instancesSet: texts(params, 'InstanceId').map((id) => {
        const instance = findInstance(state, id);
        instance.terminated ??= state.now;
        for (const address of state.addresses)
          if (address.association?.instance === id) address.association = undefined;
        return { instanceId: id };
      }),
    };
  },

  CreateVolume(state, params) {
    const token = text(params, 'ClientToken');
    const parameters = JSON.stringify({ ...params, ClientToken: '' });
    const earlier = token === '' ? undefined : state.volumes.find((volume) => volume.token === token);
    if (earlier !== undefined) {
      if (earlier.parameters !== parameters)
        throw new CloudError('IdempotentParameterMismatch', 'Arguments on this idempotent request are inconsistent.');
      return showVolume(state, earlier);
    }
    const zone = text(params, 'AvailabilityZone');
    if (!state.zones.includes(zone)) throw new CloudError('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
    const snapshot = text(params, 'SnapshotId');
    const source = state.snapshots.find(({ id }) => id === snapshot);
    if (snapshot !== '' && source === undefined) throw new CloudError('InvalidSnapshot.NotFound', snapshot);
    if (source !== undefined && state.now < source.started + state.timing.snapshot)
      throw new CloudError('IncorrectState', `Snapshot is in invalid state - pending`);
    const volume: FakeVolume = {
      id: nextId(state, 'vol'),
      shown: state.now + state.timing.lag,
      token,
      parameters,
      zone,
      size: Number(text(params, 'Size')) || (source?.size ?? 0),
      kind: text(params, 'VolumeType'),
      encrypted: text(params, 'Encrypted') === 'true',
      snapshot,
      created: state.now,
      tags: tagsFor(params, 'volume'),
    };
    state.volumes.push(volume);
    return showVolume(state, volume);
  },
  DescribeVolumes(state, params) {
    const ids = texts(params, 'VolumeId');
    for (const id of ids) {
      const found = state.volumes.find((volume) => volume.id === id && volume.deleted !== true);
      if (found === undefined || state.now < found.shown)
        throw new CloudError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
    }
    const shown = state.volumes
      .filter((one) => one.deleted !== true && state.now >= one.shown && (ids.length === 0 || ids.includes(one.id)))
      .filter((one) => matches(params, one.tags));
    return { volumeSet: shown.map((one) => showVolume(state, one)) };
  },
  AttachVolume(state, params) {
    const volume = findVolume(state, text(params, 'VolumeId'));
    const instance = findInstance(state, text(params, 'InstanceId'));
    const current = instanceState(state, instance);
    if (volume.attachment !== undefined)
      throw new CloudError('VolumeInUse', `${volume.id} is already attached to an instance`);
    if (volumeState(state, volume) !== 'available')
      throw new CloudError('IncorrectState', `Volume ${volume.id} is not 'available'.`);
    if (volume.zone !== instance.zone)
      throw new CloudError(
        'InvalidVolume.ZoneMismatch',
        `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
      );
    if (current !== 'running' && current !== 'stopped')
      throw new CloudError('IncorrectState', `Instance '${instance.id}' is not 'running'.`);
    const writers = state.violations;
    if (state.volumes.some((one) => one === volume && one.attachment !== undefined)) writers.push('two attachments');
    volume.attachment = { instance: instance.id, device: text(params, 'Device'), since: state.now };
    return { volumeId: volume.id, instanceId: instance.id, status: 'attaching' };
  },
  DetachVolume(state, params) {
    const volume = findVolume(state, text(params, 'VolumeId'));
    const { attachment } = volume;
    if (attachment === undefined)
      throw new CloudError('IncorrectState', `Volume '${volume.id}' is in the 'available' state.`);
    const force = text(params, 'Force') === 'true';
    const instance = findInstance(state, attachment.instance);
    // Taking the disk from a system that runs and is well leaves it with a torn file system.
    if (force && instance.impaired !== true && instanceState(state, instance) === 'running')
      state.violations.push(`${volume.id} was forced off ${instance.id}, which was well`);
    const since = attachment.detach?.since ?? state.now;
    attachment.detach = { since: force && attachment.detach?.force !== true ? state.now : since, force };
    return { volumeId: volume.id, instanceId: attachment.instance, status: 'detaching' };
  },
  DeleteVolume(state, params) {
    const volume = findVolume(state, text(params, 'VolumeId'));
    if (volume.attachment !== undefined)
      throw new CloudError('VolumeInUse', `Volume ${volume.id} is currently attached to ${volume.attachment.instance}`);
    volume.deleted = true;
    return { return: true };
  },

  CreateSnapshot(state, params) {
    const volume = findVolume(state, text(params, 'VolumeId'));
    const snapshot: FakeSnapshot = {
      id: nextId(state, 'snap'),
      shown: state.now + state.timing.lag,
      volume: volume.id,
      size: volume.size,
      started: state.now,
      tags: tagsFor(params, 'snapshot'),
    };
    state.snapshots.push(snapshot);
    return showSnapshot(state, snapshot);
  },
  DescribeSnapshots: (state, params) => ({
    snapshotSet: state.snapshots
      .filter((one) => state.now >= one.shown && matches(params, one.tags))
      .map((one) => showSnapshot(state, one)),
  }),
  DeleteSnapshot(state, params) {
    removeOne(state.snapshots, text(params, 'SnapshotId'), 'InvalidSnapshot.NotFound');
    return { return: true };
  },

  AllocateAddress(state, params) {
    const address = {
      id: nextId(state, 'eipalloc'),
      shown: state.now + state.timing.lag,
      address: state.address ?? `203.0.113.${state.addresses.length + 1}`,
      tags: tagsFor(params, 'elastic-ip'),
    };
    state.addresses.push(address);
    return { publicIp: address.address, allocationId: address.id, domain: 'vpc' };
  },
  DescribeAddresses: (state, params) => ({
    addressesSet: state.addresses
      .filter((one) => state.now >= one.shown && matches(params, one.tags))
      .map((one) => ({
        publicIp: one.address,
        allocationId: one.id,
        domain: 'vpc',
        associationId: one.association?.id,
        instanceId: one.association?.instance,
        tagSet: showTags(one.tags),
      })),
  }),
  AssociateAddress(state, params) {
    const address = state.addresses.find(({ id }) => id === text(params, 'AllocationId'));
    if (address === undefined) throw new CloudError('InvalidAllocationID.NotFound');
    const instance = findInstance(state, text(params, 'InstanceId'));
    const current = instanceState(state, instance);
    if (current !== 'running' && current !== 'stopped')
      throw new CloudError(
        'InvalidInstanceID',
        `The pending instance '${instance.id}' is not in a valid state for this operation.`,
      );
    const other = address.association?.instance;
    if (other !== undefined && other !== instance.id && text(params, 'AllowReassociation') !== 'true')
      throw new CloudError('Resource.AlreadyAssociated', `resource ${address.id} is already associated`);
    address.association = { id: nextId(state, 'eipassoc'), instance: instance.id };
    return { associationId: address.association.id, return: true };
  },
  DisassociateAddress(state, params) {
    const address = state.addresses.find(({ association }) => association?.id === text(params, 'AssociationId'));
    if (address === undefined) throw new CloudError('InvalidAssociationID.NotFound');
    address.association = undefined;
    return { return: true };
  },
  ReleaseAddress(state, params) {
    const id = text(params, 'AllocationId');
    if (state.addresses.find((one) => one.id === id)?.association !== undefined)
      throw new CloudError('InvalidIPAddress.InUse', `Address ${id} is in use.`);
    removeOne(state.addresses, id, 'InvalidAllocationID.NotFound');
    return { return: true };
  },

  CreateSecurityGroup(state, params) {
    const name = text(params, 'GroupName');
    if (state.groups.some((group) => group.name === name))
      throw new CloudError('InvalidGroup.Duplicate', `The security group '${name}' already exists`);
    const group: FakeGroup = {
      id: nextId(state, 'sg'),
      shown: state.now + state.timing.lag,
      name,
      description: text(params, 'GroupDescription'),
      vpc: text(params, 'VpcId'),
      rules: new Set(),
      tags: tagsFor(params, 'security-group'),
    };
    state.groups.push(group);
    return { groupId: group.id, return: true };
  },
  DescribeSecurityGroups: (state, params) => ({
    securityGroupInfo: state.groups
      .filter((one) => state.now >= one.shown && matches(params, one.tags, { 'group-name': one.name }))
      .map((one) => ({
        groupId: one.id,
        groupName: one.name,
        groupDescription: one.description,
        vpcId: one.vpc,
        ipPermissions: [...one.rules].map(showRule),
        tagSet: showTags(one.tags),
      })),
  }),
  AuthorizeSecurityGroupIngress(state, params) {
    const group = findGroup(state, text(params, 'GroupId'));
    for (const rule of readRules(params)) {
      if (group.rules.has(rule)) throw new CloudError('InvalidPermission.Duplicate', `the rule "${rule}" exists`);
      group.rules.add(rule);
    }
    return { return: true };
  },
  RevokeSecurityGroupIngress(state, params) {
    const group = findGroup(state, text(params, 'GroupId'));
    for (const rule of readRules(params))
      if (!group.rules.delete(rule)) throw new CloudError('InvalidPermission.NotFound', rule);
    return { return: true };
  },
  DeleteSecurityGroup(state, params) {
    const group = findGroup(state, text(params, 'GroupId'));
    const user = state.instances.find(
      (one) => one.groups.includes(group.id) && instanceState(state, one) !== 'terminated',
    );
    const isUsed = user !== undefined || state.balancers.some(({ groups }) => groups.includes(group.id));
    if (isUsed) throw new CloudError('DependencyViolation', `resource ${group.id} has a dependent object`);
    removeOne(state.groups, group.id, 'InvalidGroup.NotFound');
    return { return: true };
  },
  CreateTags(state, params) {
    const things = [...state.instances, ...state.volumes, ...state.snapshots, ...state.addresses, ...state.groups];
    for (const id of texts(params, 'ResourceId')) {
      const thing = things.find((one) => one.id === id);
      if (thing === undefined) throw new CloudError('InvalidID', `The ID '${id}' is not valid`);
      thing.tags = { ...thing.tags, ...readTagList(objects(params, 'Tag')) };
    }
    return { return: true };
  },
};

export function subnetOf(zone: string): string {
  return `subnet-${zone.replaceAll('-', '')}`;
}

function showInstance(state: CloudState, one: FakeInstance): Answer {
  const name = instanceState(state, one);
  return {
    instanceId: one.id,
    imageId: one.image,
    instanceState: { code: stateCodes[name], name },
    instanceType: one.type,
    launchTime: new Date(one.launched).toISOString(),
    placement: { availabilityZone: one.zone },
    privateIpAddress: one.privateAddress,
    ipAddress: publicAddress(state, one),
    // As long as it can be written: who compares it has to know better.
    ipv6Address:
      text(one.request, 'Ipv6AddressCount') === '1'
        ? `2001:0db8:0:0:0:0:0:${one.privateAddress.split('.').at(-1)!}`
        : undefined,
    subnetId: one.subnet,
    clientToken: one.token,
    instanceLifecycle: one.spot ? 'spot' : undefined,
    groupSet: one.groups.map((groupId) => ({ groupId })),
    metadataOptions: { httpTokens: text(object(one.request, 'MetadataOptions'), 'HttpTokens') },
    tagSet: showTags(one.tags),
  };
}

function showVolume(state: CloudState, one: FakeVolume): Answer {
  const { attachment } = one;
  return {
    volumeId: one.id,
    availabilityZone: one.zone,
    size: one.size,
    volumeType: one.kind,
    encrypted: one.encrypted,
    snapshotId: one.snapshot,
    status: volumeState(state, one),
    createTime: new Date(one.created).toISOString(),
    attachmentSet:
      attachment === undefined
        ? []
        : [
            {
              volumeId: one.id,
              instanceId: attachment.instance,
              device: attachment.device,
              status: attachmentState(state, attachment),
            },
          ],
    tagSet: showTags(one.tags),
  };
}

function showSnapshot(state: CloudState, one: FakeSnapshot): Answer {
  return {
    snapshotId: one.id,
    volumeId: one.volume,
    volumeSize: one.size,
    status: state.now >= one.started + state.timing.snapshot ? 'completed' : 'pending',
    startTime: new Date(one.started).toISOString(),
    tagSet: showTags(one.tags),
  };
}

function showTags(tags: Tags): Answer[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function showRule(rule: string): Answer {
  const [ipProtocol, fromPort, toPort, source = ''] = rule.split(' ');
  const six = source.includes(':');
  return {
    ipProtocol,
    fromPort,
    toPort,
    ipRanges: six ? [] : [{ cidrIp: source }],
    ipv6Ranges: six ? [{ cidrIpv6: source }] : [],
  };
}

function readRules(params: Params): string[] {
  return objects(params, 'IpPermissions').flatMap((permission) => {
    const head = ['IpProtocol', 'FromPort', 'ToPort'].map((name) => text(permission, name)).join(' ');
    const four = objects(permission, 'IpRanges').map((range) => text(range, 'CidrIp'));
    const six = objects(permission, 'Ipv6Ranges').map((range) => text(range, 'CidrIpv6'));
    return [...four, ...six].map((source) => `${head} ${source}`);
  });
}

function tagsFor(params: Params, kind: string): Tags {
  const specification = objects(params, 'TagSpecification').find((one) => text(one, 'ResourceType') === kind);
  return specification === undefined ? {} : readTagList(objects(specification, 'Tag'));
}

function readTagList(tags: readonly Params[]): Tags {
  return Object.fromEntries(tags.map((tag) => [text(tag, 'Key'), text(tag, 'Value')]));
}

/** Filters by tag and by what else is given; another filter is a mistake of the test. */
function matches(params: Params, tags: Tags, fields: Readonly<Record<string, string>> = {}): boolean {
  return objects(params, 'Filter').every((filter) => {
    const name = text(filter, 'Name');
    const value = name.startsWith('tag:') ? tags[name.slice(4)] : fields[name];
    if (!name.startsWith('tag:') && !(name in fields))
      throw new CloudError('InvalidParameterValue', `The filter '${name}' is invalid`);
    return value !== undefined && texts(filter, 'Value').includes(value);
  });
}

function findInstance(state: CloudState, id: string): FakeInstance {
  const found = state.instances.find((one) => one.id === id);
  if (found === undefined) throw new CloudError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return found;
}

function findVolume(state: CloudState, id: string): FakeVolume {
  const found = state.volumes.find((one) => one.id === id && one.deleted !== true);
  if (found === undefined) throw new CloudError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
  return found;
}

function findGroup(state: CloudState, id: string): FakeGroup {
  const found = state.groups.find((one) => one.id === id);
  if (found === undefined) throw new CloudError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return found;
}

function removeOne(things: { readonly id: string }[], id: string, missing: string): void {
  const index = things.findIndex((one) => one.id === id);
  if (index < 0) throw new CloudError(missing, `${id} does not exist.`);
  things.splice(index, 1);
}
