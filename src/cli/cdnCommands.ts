/** The commands `cdn …` with their options. */
import { Option, type Command } from 'commander';
import type { CommandModule } from './action.js';
import { addAwsOptions } from './options.js';

type On = (command: Command, load: () => Promise<CommandModule>) => void;

export function addCdnCommands(program: Command, on: On): void {
  const cdn = program.command('cdn').description('buckets, certificate, distributions and edge functions on AWS');
  const plan = cdn
    .command('plan')
    .description('say what cdn up would do, and what it costs')
    .option('--exit-code', 'exit with 5 when there is something to do')
    .addOption(
      new Option('--format <format>', 'cloudformation: print a template that makes all of it, and ask AWS nothing')
        .choices(['text', 'cloudformation'])
        .default('text'),
    );
  on(addCdnOptions(plan), () => import('./commands/cdn/plan.js'));

  const up = cdn
    .command('up')
    .description('set up what is missing and put right what differs, after asking')
    .option('--dry-run', 'only plan: the same as cdn plan')
    .option('--yes', 'do not ask');
  on(addCdnOptions(up), () => import('./commands/cdn/up.js'));

  const status = cdn
    .command('status')
    .description('say what there is, and what differs from the configuration')
    .option('--exit-code', 'exit with 5 when something differs');
  on(addCdnOptions(status), () => import('./commands/cdn/status.js'));

  const policy = cdn
    .command('policy')
    .description('print the IAM policy that publishing or provisioning needs, and no more')
    .addOption(
      new Option('--for <purpose>', 'what it is for').choices(['publish', 'provision', 'github']).default('publish'),
    )
    .option('--account <number>', 'your AWS account, for the ARNs')
    .option('--github <owner/name>', 'the repository whose workflows may publish')
    .option('--subject <claim>', 'which of its workflows (default: ref:refs/heads/main; or environment:production)');
  on(addCdnOptions(policy), () => import('./commands/cdn/policy.js'));
}

function addCdnOptions(command: Command): Command {
  return addAwsOptions(command).addOption(
    new Option('--pages <where>', 'server: the pages come from a web server of your own').choices(['cdn', 'server']),
  );
}
