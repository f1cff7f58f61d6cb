/** What a new server does when it boots: waits for its volume, mounts it, and starts a web server on it. */
import { writeMeasuring } from './bootAgent.js';
import { writeInstallation, writeServing } from './bootServers.js';
import { writeHostKeys, writeMounting } from './bootVolume.js';
import type { HostSettings } from './settings.js';

/** The script, for Debian, Ubuntu and Amazon Linux. What goes wrong is in the console output of the server. */
export function writeUserData(host: HostSettings, volumeId: string, setup: string): string {
  return [
    '#!/bin/bash\nset -eu\n',
    writeMounting(host, volumeId),
    writeHostKeys(host),
    writeFolders(host),
    writeInstallation(host.instance.server),
    writeServing(host),
    writeMeasuring(host),
    setup,
  ].join('\n');
}

/**
 * Releases are put by the first user of the image (`admin`, `ubuntu`, `ec2-user`: its id is 1000), who can replace
 * `current` but nothing of root's: the sticky bit keeps names to whom they belong.
 */
function writeFolders({ volume: { mount } }: HostSettings): string {
  return `mkdir -p ${mount}/releases/empty ${mount}/redirects ${mount}/health
echo ok >${mount}/health/ok.txt
[ -L ${mount}/current ] || ln -s releases/empty ${mount}/current
chown root:1000 ${mount}
chmod 1775 ${mount}
chown 1000:1000 ${mount}/releases ${mount}/redirects
chown -h 1000:1000 ${mount}/current
`;
}
