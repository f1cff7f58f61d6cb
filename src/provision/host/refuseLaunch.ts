/** What would make the launch of a server fail, found out before anything is made. */
import { PublishError } from '../../errors.js';
import type { ProvisionPlan } from '../plan.js';
import type { HostParts } from './parts.js';

/**
 * EC2 says so too, but only when the volume and the firewall have been made.
 * @throws PublishError `config-invalid` when the key pair or the image cannot be found.
 */
export async function refuseLaunch({ host, world }: HostParts, { changes }: ProvisionPlan): Promise<void> {
  if (!changes.some(({ kind, action }) => kind === 'server' && action === 'create')) return;
  const { keyPair, image } = host.instance;
  await world.cloud.image(image);
  if (keyPair === undefined || (await world.cloud.hasKeyPair(keyPair))) return;
  throw new PublishError('config-invalid', `host.instance.keyPair: there is no key pair ${keyPair} in this region`, {
    hint: `Nothing was made. Bring your public key there: aws ec2 import-key-pair --key-name ${keyPair} --public-key-material fileb://~/.ssh/id_ed25519.pub`,
  });
}
