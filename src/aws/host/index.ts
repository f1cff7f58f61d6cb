/** What the command line needs of AWS for a host. Importing this loads nothing of the SDK. */
import type { Cloud, CloudReader } from '../../provision/host/cloud.js';
import { openAlarmReader, openAlarmWriter } from './alarms.js';
import { openBalancerReader, openBalancerWriter } from './balancers.js';
import { openNetworkReader, openNetworkWriter } from './network.js';
import { openServerReader, openServerWriter } from './servers.js';
import type { HostServices } from './services.js';
import type { Sleep } from './visible.js';
import { openVolumeReader, openVolumeWriter } from './volumes.js';

export { openHealthChecks, openHostedZone } from './route53.js';
export { openHostServices } from './services.js';

export interface HostCloudSettings {
  readonly services: HostServices;
  /** Name of the host, as it stands in the tags. */
  readonly host: string;
  readonly sleep: Sleep;
  readonly clock: () => Date;
}

export function openCloudReader(settings: HostCloudSettings): CloudReader {
  return {
    ...openServerReader(settings),
    ...openVolumeReader(settings),
    ...openNetworkReader(settings),
    ...openBalancerReader(settings),
    ...openAlarmReader(settings, settings.clock),
  };
}

export function openCloud(settings: HostCloudSettings): Cloud {
  return {
    ...openCloudReader(settings),
    ...openServerWriter(settings),
    ...openVolumeWriter(settings),
    ...openNetworkWriter(settings),
    ...openBalancerWriter(settings),
    ...openAlarmWriter(settings),
  };
}
