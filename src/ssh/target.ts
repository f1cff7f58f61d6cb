/** A server that is reached over SSH, and what the programs `ssh` and `rsync` are told of it. */
import { PublishError } from '../errors.js';

export interface SshTarget {
  /** `user@name`, or a name of the user's own ssh_config; checked by the configuration. */
  readonly ssh: string;
  readonly port?: number | undefined;
  /** Absolute, of letters that no shell looks at. */
  readonly folder: string;
  /** Absolute file of the private key. */
  readonly identity?: string | undefined;
  /** Absolute file. */
  readonly knownHosts?: string | undefined;
  /** Through AWS Systems Manager; `ssh` names the instance. */
  readonly ssm?: boolean | undefined;
}

/** AWS Systems Manager User Guide, "Allow and control permissions for SSH connections through Session Manager". */
const throughSsm =
  'ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p';

/** Nobody is there to answer a question, and a server with another key than the known one is not our server. */
export function sshOptions({ port, identity, knownHosts, ssm }: SshTarget): readonly string[] {
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
export function sshCommand(target: SshTarget): string {
  return ['ssh', ...sshOptions(target)].map((word) => `'${word}'`).join(' ');
}

/** ssh_config(5): arguments with spaces stand in double quotes, a percent sign is written twice. */
function quoteFile(file: string): string {
  if (/["'\n]/.test(file))
    throw new PublishError('config-invalid', 'ssh cannot be told of a file with a quote in its name', { file });
  return `"${file.replaceAll('%', '%%')}"`;
}
