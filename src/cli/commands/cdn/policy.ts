/** `cdn policy`: the permissions for publishing, for provisioning, or a role for GitHub workflows. Asks AWS nothing. */
import { PublishError, exitCodes } from '../../../errors.js';
import { anyAccount, makeGithubTrust, makeProvisionPolicy, makePublishPolicy } from '../../../provision/cdn/iam.js';
import type { CdnSettings } from '../../../provision/cdn/settings.js';
import type { Invocation } from '../../action.js';
import { loadCdnConfig } from '../../cdn.js';

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const { settings } = await loadCdnConfig(invocation);
  const document = chooseDocument(settings, options);
  terminal.write(`${JSON.stringify(document, null, 2)}\n`);
  if (options.account === undefined) terminal.note('Name your account with --account to have it in every ARN.');
  return exitCodes.done;
}

function chooseDocument(
  settings: CdnSettings,
  { for: purpose = 'publish', github, subject, account }: Invocation['options'],
) {
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new PublishError('usage', `--account ${account} is no account number`, { hint: 'It has twelve digits.' });
  const number = account ?? anyAccount;
  if (purpose === 'provision') return makeProvisionPolicy(settings, number);
  if (purpose === 'publish') return makePublishPolicy(settings, number);
  if (github === undefined || !/^[\w.-]+\/[\w.-]+$/.test(github))
    throw new PublishError('usage', '--for github needs the repository', { hint: 'Say --github owner/name.' });
  if (account === undefined)
    throw new PublishError('usage', '--for github needs the account', { hint: 'Say --account 111122223333.' });
  const trust = makeGithubTrust(github, subject ?? 'ref:refs/heads/main', number);
  return { role: 'twinorigin-publish', trustPolicy: trust, permissionsPolicy: makePublishPolicy(settings, number) };
}
