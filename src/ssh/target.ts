/** A server that is reached over SSH, and what the programs `ssh` and `rsync` are told of it. */
import type { WebServer } from '../config.js';
import { PublishError } from '../errors.js';

/** AWS Systems Manager User Guide, "Allow and control permissions for SSH connections through Session Manager". */
const throughSsm =
  'ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p';

/** Nobody is there to answer a question, and a server with another key than the known one is not our server. */
export function sshOptions({ port, identity, knownHosts, ssm }: WebServer): readonly string[] {
  return [
    ...['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ConnectTimeout=15'],
    ...['ServerAliveInterval=15', 'ServerAliveCountMax=4'],
    ...(identity === undefined ? [] : [`IdentityFile=${quoteFile(identity)}`, 'IdentitiesOnly=yes']),
    ...(knownHosts === undefined ? [] : [`UserKnownHostsFile=${quoteFile(knownHosts)}`]),
    ...(port === undefined ? [] : [`Port=${port}`]),
    ...(ssm === true ? [throughSsm] : []),
  ].flatMap((option) => ['-o', option]);
}

/** For `rsync -e`, which cuts at spaces but for those in quotes. */
export function sshCommand(target: WebServer): string {
  return ['ssh', ...sshOptions(target)].map((word) => `'${word}'`).join(' ');
}

/** ssh_config(5): arguments with spaces stand in double quotes, a percent sign is written twice. */
function quoteFile(file: string): string {
  if (/["'\n]/.test(file))
    throw new PublishError('config-invalid', 'ssh cannot be told of a file with a quote in its name', { file });
  return `"${file.replaceAll('%', '%%')}"`;
}
