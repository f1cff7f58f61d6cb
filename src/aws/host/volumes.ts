/** EBS volumes and their snapshots. */
import type { Snapshot as AwsSnapshot, Volume as AwsVolume } from '@aws-sdk/client-ec2';
import { PublishError } from '../../errors.js';
import type { Cloud, CloudReader, Snapshot, Volume, VolumeRequest } from '../../provision/host/cloud.js';
import { AlreadyThere } from '../../provision/resource.js';
import type { HostTools } from './servers.js';
import { isAnswer, type HostServices } from './services.js';
import { generationTag, hostTag, numberOf, ofHost, purposeTag, readTags, slotTag, writeTags } from './tags.js';
import { awaitVisible } from './visible.js';

export function openVolumeReader({ host, services }: HostTools): Pick<CloudReader, 'volumes' | 'snapshots'> {
  return {
    volumes: () => listVolumes(services, host),
    snapshots: () => listSnapshots(services, host),
  };
}

type WriterPart = Pick<
  Cloud,
  'createVolume' | 'attach' | 'detach' | 'deleteVolume' | 'createSnapshot' | 'deleteSnapshot'
>;

/** Seconds, as it is looked for once a second. */
const looksForDeleted = 30;

/** A name by which the system knows the disk; on Nitro it is another, and found by the volume's id (see userData.ts). */
const device = '/dev/sdf';

export function openVolumeWriter({ host, services, sleep }: HostTools): WriterPart {
  /** Null when it cannot be seen for so long that it must have been deleted. */
  const look = (id: string): Promise<Volume | null> => {
    let looks = 0;
    return awaitVisible(id, sleep, async () => {
      const found = (await listVolumes(services, host)).find((one) => one.id === id);
      return found ?? (++looks >= looksForDeleted ? null : undefined);
    });
  };
  return {
    async createVolume(request) {
      // A token whose volume was deleted makes no other: the next one of its row is taken.
      for (let turn = 1; turn <= 10; turn++) {
        const token = turn === 1 ? request.token : `${request.token}-${turn}`;
        const id = await create(services, host, request, token);
        const volume = await look(id);
        if (volume !== null) return volume;
      }
      throw new PublishError('host-failed', 'ten volumes in a row were gone as soon as they were made');
    },
    attach: (volume, server) =>
      services.ec2('AttachVolume', volume, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.AttachVolumeCommand({ VolumeId: volume, InstanceId: server, Device: device }));
        } catch (error) {
          if (isAnswer(error, 'VolumeInUse')) throw new AlreadyThere(volume);
          throw error;
        }
      }),
    detach: (volume, server, force) =>
      services.ec2('DetachVolume', volume, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DetachVolumeCommand({ VolumeId: volume, InstanceId: server, Force: force }));
        } catch (error) {
          // Detached already, or by now on another server.
          if (!isAnswer(error, 'IncorrectState') && !isAnswer(error, 'InvalidAttachment.NotFound')) throw error;
        }
      }),
    deleteVolume: (volume) =>
      services.ec2('DeleteVolume', volume, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DeleteVolumeCommand({ VolumeId: volume }));
        } catch (error) {
          if (!isAnswer(error, 'InvalidVolume.NotFound')) throw error;
        }
      }),
    async createSnapshot(volume, purpose) {
      const id = await services.ec2('CreateSnapshot', volume.id, async ({ client, sdk }) => {
        const { SnapshotId } = await client.send(
          new sdk.CreateSnapshotCommand({
            VolumeId: volume.id,
            Description: `twinorigin ${host}-${volume.slot}: ${purpose}`,
            TagSpecifications: [
              {
                ResourceType: 'snapshot',
                Tags: writeTags({
                  Name: `${host}-${volume.slot}`,
                  [hostTag]: host,
                  [slotTag]: String(volume.slot),
                  [purposeTag]: purpose,
                }),
              },
            ],
          }),
        );
        return SnapshotId ?? '';
      });
      return awaitVisible(id, sleep, async () => (await listSnapshots(services, host)).find((one) => one.id === id));
    },
    deleteSnapshot: (snapshot) =>
      services.ec2('DeleteSnapshot', snapshot, async ({ client, sdk }) => {
        try {
          await client.send(new sdk.DeleteSnapshotCommand({ SnapshotId: snapshot }));
        } catch (error) {
          if (!isAnswer(error, 'InvalidSnapshot.NotFound')) throw error;
        }
      }),
  };
}

async function create(services: HostServices, host: string, request: VolumeRequest, token: string): Promise<string> {
  return services.ec2('CreateVolume', request.zone, async ({ client, sdk }) => {
    const { VolumeId } = await client.send(
      new sdk.CreateVolumeCommand({
        ClientToken: token,
        AvailabilityZone: request.zone,
        Size: request.gib,
        VolumeType: request.type as NonNullable<AwsVolume['VolumeType']>,
        Encrypted: true,
        ...(request.kmsKey !== undefined && { KmsKeyId: request.kmsKey }),
        ...(request.snapshot !== undefined && { SnapshotId: request.snapshot }),
        TagSpecifications: [
          {
            ResourceType: 'volume',
            Tags: writeTags({
              Name: `${host}-${request.slot}`,
              [hostTag]: host,
              [slotTag]: String(request.slot),
              [generationTag]: String(request.generation),
            }),
          },
        ],
      }),
    );
    return VolumeId ?? '';
  });
}

async function listVolumes(services: HostServices, host: string): Promise<readonly Volume[]> {
  return services.ec2('DescribeVolumes', host, async ({ client, sdk }) => {
    const volumes: Volume[] = [];
    for await (const { Volumes = [] } of sdk.paginateDescribeVolumes({ client }, ofHost(host)))
      volumes.push(...Volumes.map(readVolume));
    return volumes
      .filter(({ state }) => state !== 'deleting' && state !== 'deleted')
      .sort((a, b) => a.slot - b.slot || a.generation - b.generation || (a.id < b.id ? -1 : 1));
  });
}

function readVolume(volume: AwsVolume): Volume {
  const tags = readTags(volume.Tags);
  const attachment = volume.Attachments?.find(({ State }) => State !== 'detached');
  return {
    id: volume.VolumeId ?? '',
    state: volume.State ?? '',
    zone: volume.AvailabilityZone ?? '',
    gib: volume.Size ?? 0,
    type: volume.VolumeType ?? '',
    slot: numberOf(tags, slotTag),
    generation: numberOf(tags, generationTag),
    ...(attachment !== undefined && {
      attachment: { server: attachment.InstanceId ?? '', state: attachment.State ?? '' },
    }),
  };
}

async function listSnapshots(services: HostServices, host: string): Promise<readonly Snapshot[]> {
  return services.ec2('DescribeSnapshots', host, async ({ client, sdk }) => {
    const snapshots: Snapshot[] = [];
    const request = { ...ofHost(host), OwnerIds: ['self'] };
    for await (const { Snapshots = [] } of sdk.paginateDescribeSnapshots({ client }, request))
      snapshots.push(...Snapshots.map(readSnapshot));
    return snapshots.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  });
}

function readSnapshot(snapshot: AwsSnapshot): Snapshot {
  const tags = readTags(snapshot.Tags);
  return {
    id: snapshot.SnapshotId ?? '',
    volume: snapshot.VolumeId ?? '',
    completed: snapshot.State === 'completed',
    startedAt: (snapshot.StartTime ?? new Date(0)).toISOString(),
    slot: numberOf(tags, slotTag),
    purpose: tags[purposeTag] ?? '',
  };
}
