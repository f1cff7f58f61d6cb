/** The command line: every command with its options. Commands are loaded when they are run. */
import { Command, Option } from 'commander';
import type { CommandModule } from './action.js';
import { addCdnCommands } from './cdnCommands.js';
import { addHostCommands } from './hostCommands.js';
import {
  addAwsOptions,
  addBuildOptions,
  addCostOptions,
  addGlobalOptions,
  addPortOption,
  addPublishOptions,
  addPruneOptions,
  addReleaseOptions,
  addRollbackOptions,
  addUnlockOptions,
  addSetupOptions,
} from './options.js';
import { readVersion } from './version.js';

/** Called when a command line is understood: the command, and how to load what it does. */
type Dispatch = (command: Command, argument: string | undefined, load: () => Promise<CommandModule>) => Promise<void>;

const exitCodes = `
Exit codes: 0 done, 1 failure, 2 usage or configuration, 3 some objects failed and nothing was put live,
4 a check or guard refused, 5 something is left to do (plan --exit-code, cdn up), 10 locked or superseded, 130 and 143 stopped.`;

/** Without `dispatch` only to be looked at. */
export function makeProgram(dispatch: Dispatch = () => Promise.resolve()): Command {
  const program = new Command('twinorigin')
    .description('Publish a built web site: two asset origins beside the pages, only what changed, in the right order.')
    .version(readVersion(), '-V, --version')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exitCodes);
  addGlobalOptions(program);

  const site = 'folder with the built site (default: the only usual output folder with an index.html)';
  const publish = program.command('publish').description('put the site live').argument('[site]', site);
  addReleaseOptions(addAwsOptions(addBuildOptions(addPublishOptions(publish))));
  on(publish, () => import('./commands/publish.js'));

  const plan = program
    .command('plan')
    .description('say what publish would do, and why')
    .argument('[site]', site)
    .option('--exit-code', 'exit with 5 when there is something to do');
  addReleaseOptions(addAwsOptions(addBuildOptions(plan)));
  on(plan, () => import('./commands/plan.js'));

  const build = program
    .command('build')
    .description('write the three origins as folders')
    .argument('[site]', site)
    .requiredOption('--out <folder>', 'where to; a folder that build made before is replaced')
    .option('--rules <server>', 'write the rules of the site for nginx, apache or iis into the folder of the pages')
    .option('--yes', 'never ask (build asks nothing)');
  addBuildOptions(build);
  on(build, () => import('./commands/build.js'));

  const preview = program.command('preview').description('serve what is live in the local folders until Ctrl-C');
  addPortOption(preview);
  on(preview, () => import('./commands/preview.js'));

  const check = program
    .command('check')
    .description('find references that lead nowhere and other mistakes')
    .argument('[site]', site)
    .option('--strict', 'refuse warnings too')
    .option('--skip <codes>', 'kinds of findings to leave out, such as unreferenced,oversized')
    .addOption(new Option('--format <name>', 'how to report').choices(['text', 'github', 'json', 'sarif']))
    .option('--live [url]', 'prove what is published instead: every object of the live release, through the CDN');
  addPortOption(addAwsOptions(check));
  on(check, () => import('./commands/check.js'));

  const releases = program.command('releases').description('list the releases that are kept');
  addPortOption(addAwsOptions(releases));
  on(releases, () => import('./commands/releases.js'));

  const rollback = program
    .command('rollback')
    .description('put an earlier release live again, without a rebuild')
    .argument('[release]', 'its id or the beginning of it (default: the one before the live one)');
  addPortOption(addAwsOptions(addRollbackOptions(rollback)));
  on(rollback, () => import('./commands/rollback.js'));

  const prune = program.command('prune').description('let go of what no kept release needs any more');
  addPortOption(addAwsOptions(addPruneOptions(prune)));
  on(prune, () => import('./commands/prune.js'));

  const unlock = program.command('unlock').description('say who holds the lock, and remove one that was left behind');
  addPortOption(addAwsOptions(addUnlockOptions(unlock)));
  on(unlock, () => import('./commands/unlock.js'));

  const maintenance = program
    .command('maintenance')
    .description('close the pages with a message, open them again, or say which it is')
    .argument('[state]', 'on or off')
    .argument('[message]', 'what visitors read')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--yes', 'never ask (maintenance asks nothing)');
  addPortOption(addAwsOptions(maintenance));
  maintenance.action(async () => {
    const [state, message] = maintenance.args;
    maintenance.setOptionValue('state', state).setOptionValue('message', message);
    return dispatch(maintenance, undefined, () => import('./commands/maintenance.js'));
  });

  const cost = program.command('cost').description('say what hosting costs a month and a year, with every assumption');
  addPortOption(addAwsOptions(addCostOptions(cost)));
  on(cost, () => import('./commands/cost.js'));

  const init = program
    .command('init')
    .description('look at the project; write a configuration, a script and a workflow, after asking')
    .argument('[folder]', 'folder with the built site (default: where the generator puts it)');
  addAwsOptions(addSetupOptions(init));
  on(init, () => import('./commands/init.js'));

  const doctor = program.command('doctor').description('check everything a publish needs, and say how to put it right');
  addPortOption(addAwsOptions(doctor));
  on(doctor, () => import('./commands/doctor.js'));

  const completion = program
    .command('completion')
    .description('print a script that makes a shell complete commands and options')
    .argument('<shell>', 'bash, zsh or fish');
  on(completion, () => import('./commands/completion.js'));
  addCdnCommands(program, on);
  addHostCommands(program, on);

  const migrate = program
    .command('migrate')
    .description('bring over a folder, a bucket or a live site, once, with a journal')
    .argument('<source>', 'a folder, s3://bucket/prefix, or the http(s) address of a site')
    .option('--dry-run', 'only say what would be done')
    .option('--restart', 'forget what an earlier run did')
    .option('--batch-role <arn>', 'copy by jobs of S3 Batch Operations, which act as this role')
    .addOption(
      new Option('--batch-smallest <objects>', 'fewest objects that are worth a job').default(1000).argParser(Number),
    )
    .option('--redirects <folder>', 'write redirect maps of what changed address, for every kind of server')
    .option('--yes', 'never ask (migrate asks nothing)');
  addReleaseOptions(addAwsOptions(addBuildOptions(migrate)));
  migrate.action(async () => {
    migrate.setOptionValue('source', migrate.args[0]);
    return dispatch(migrate, undefined, () => import('./commands/migrate.js'));
  });
  return program;

  function on(command: Command, load: () => Promise<CommandModule>): void {
    command.action(async () => dispatch(command, command.args[0], load));
  }
}
