/** `host …`: a server of one's own. */
import type { Command } from 'commander';
import type { CommandModule } from './action.js';
import { addApplyOptions, addAwsOptions, addReplaceOptions } from './options.js';

export function addHostCommands(
  program: Command,
  on: (command: Command, load: () => Promise<CommandModule>) => void,
): void {
  const host = program.command('host').description('set up a server of your own, and bring it back when it is lost');
  const plan = host.command('plan').description('say what there is, what host up would do, and what it costs');
  addAwsOptions(plan.option('--exit-code', 'exit with 5 when there is something to do'));
  on(plan, () => import('./commands/host/plan.js'));
  const up = host.command('up').description('make what is missing');
  addAwsOptions(addApplyOptions(up));
  on(up, () => import('./commands/host/up.js'));
  const status = host.command('status').description('say how it is, with alarms and the last day');
  addAwsOptions(status);
  on(status, () => import('./commands/host/status.js'));
  const replace = host.command('replace').description('put a new server in the place of a dead or old one');
  addAwsOptions(addReplaceOptions(addApplyOptions(replace)));
  on(replace, () => import('./commands/host/replace.js'));
  const down = host.command('down').description('remove everything that host up made; volumes are kept');
  addAwsOptions(addApplyOptions(down).option('--volumes', 'remove the volumes too, with what is on them'));
  on(down, () => import('./commands/host/down.js'));
}
