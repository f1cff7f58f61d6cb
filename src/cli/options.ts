/** The options that commands share, and the settings they stand for. */
import { Option, type Command } from 'commander';
import type { FlagSetting } from './loadConfig.js';

/** All options a command may have been given; commander fills in only those it has. */
export interface Options {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  /** False for --no-color. */
  readonly color: boolean;
  readonly config?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly dryRun?: true;
  readonly explain?: string;
  readonly serve?: true;
  readonly exitCode?: true;
  readonly out?: string;
  /** Of which web server. */
  readonly rules?: string;
  readonly report?: string;
  readonly source?: string;
  /** Of the pages: `on` is closed. */
  readonly state?: string;
  readonly message?: string;
  readonly restart?: true;
  readonly batchRole?: string;
  readonly batchSmallest?: number;
  readonly redirects?: string;
  readonly strict?: true;
  readonly skip?: string;
  readonly format?: 'text' | 'github' | 'json' | 'sarif' | 'cloudformation';
  readonly force?: true;
  readonly wait?: true;
  readonly preview?: string;
  readonly visits?: string;
  readonly pagesPerVisit?: string;
  readonly transfer?: string;
  readonly stored?: string;
  readonly publishes?: string;
  readonly server?: string;
  readonly loadBalancer?: true;
  readonly freeTier?: boolean;
  readonly port?: number;
  readonly volumes?: true;
  readonly slot?: number;
  readonly zone?: string;
  readonly watch?: true;
  readonly yes?: true;
  readonly reconcile?: true;
  /** An address, or true for the configured one. */
  readonly live?: string | true;
  /** `server`: the pages come from a web server of one's own. */
  readonly pages?: string;
  readonly for?: string;
  readonly github?: string;
  readonly subject?: string;
  readonly account?: string;
}

/** Where a flag that overrides a setting stands in the configuration. */
const settingOf = new WeakMap<Option, readonly string[]>();

function setting(flags: string, description: string, path: readonly string[]): Option {
  const option = new Option(flags, description);
  // What is no number after all is refused by the schema, with the flag's name.
  if (flags.includes('<')) option.argParser((text) => (/^\d+$/.test(text) ? Number(text) : text));
  settingOf.set(option, path);
  return option;
}

export function addGlobalOptions(program: Command): Command {
  return program
    .option('--config <file>', 'configuration file (default: the nearest twinorigin.config.* or package.json key)')
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .option('--quiet', 'no progress')
    .option('--verbose', 'leave nothing out')
    .option('--no-color', 'no colours (NO_COLOR works too)');
}

/** What decides how the site is built, and where to tell about it. */
export function addBuildOptions(command: Command): Command {
  return command
    .option('--report <file>', 'write a report as one HTML page that needs no network')
    .addOption(setting('--encodings <mode>', 'negotiate, gzip or none', ['encodings']))
    .addOption(setting('--compression <effort>', 'best or fast', ['compression']))
    .addOption(setting('--originals <mode>', 'copy or none: keep assets at their own path too', ['originals']))
    .addOption(setting('--no-integrity', 'write no integrity attributes', ['integrity']))
    .addOption(setting('--port <number>', 'port of the local edge', ['port']));
}

/** How to reach AWS; everything else is the SDK's own. */
export function addAwsOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--region <name>', 'AWS region')
    .option('--endpoint-url <url>', 'S3-compatible store instead of AWS');
}

/** What may be refused or skipped on the way to a release. */
export function addReleaseOptions(command: Command): Command {
  return command
    .addOption(
      setting('--max-deletes <limit>', 'most pages to remove: a number, or a share such as 25%', ['guard', 'deletes']),
    )
    .addOption(setting('--allow-missing-index', 'publish a site without index.html', ['guard', 'index']))
    .addOption(setting('--concurrency <number>', 'requests under way at once', ['concurrency']))
    .option('--reconcile', 'look at what the stores hold instead of believing the record; publish puts it right')
    .option('--explain <path>', 'why this file of the site is where it is');
}

/** What hosting is reckoned from. */
export function addCostOptions(command: Command): Command {
  return command
    .option('--visits <number>', 'visits a month (default: 50000)')
    .option('--pages-per-visit <number>', 'pages of a visit (default: 3)')
    .option('--transfer <GB>', 'GB sent a month (default: 1.5 MB a visit)')
    .option('--stored <GB>', 'GB stored (default: what is live)')
    .option('--publishes <number>', 'publishes a month (default: 20)')
    .option('--server <type>', 'pages from a server of your own: m1.small, t3.small or t4g.small')
    .option('--load-balancer', 'a load balancer before the server')
    .option('--no-free-tier', 'count nothing as free');
}

export function addPortOption(command: Command): Command {
  return command.addOption(setting('--port <number>', 'port of the local edge', ['port']));
}

/** What only a publish can do. */
export function addPublishOptions(command: Command): Command {
  command
    .option('--dry-run', 'only plan: the same as the command plan')
    .option('--serve', 'serve what was published until Ctrl-C; without a terminal, fetch all of it once as proof');
  return addLiveOptions(command)
    .option('--force', 'let an older commit, or an earlier run of a pipeline, replace a newer one')
    .option('--yes', 'never ask (publish asks nothing)');
}

/** Whatever puts pages live. */
function addLiveOptions(command: Command): Command {
  return command
    .addOption(
      setting('--no-verify', 'do not fetch assets through the CDN before the pages go live', ['verify', 'sample']),
    )
    .option('--preview <name>', 'put the site beside the live one, at an address of its own')
    .option('--wait', 'wait for another publisher to finish instead of giving up')
    .addOption(
      setting('--wait-for-cdn', 'end only when the CDN has finished the invalidations', ['invalidation', 'wait']),
    );
}

export function addRollbackOptions(command: Command): Command {
  command.option('--dry-run', 'say what would change, and change nothing');
  return addLiveOptions(command)
    .option('--force', 'skip the guards against removing many pages or the index')
    .option('--yes', 'never ask (rollback asks nothing)');
}

export function addPruneOptions(command: Command): Command {
  return command
    .option('--dry-run', 'say what would be let go, and let nothing go')
    .addOption(setting('--releases <number>', 'newest releases that are always kept', ['retention', 'releases']))
    .addOption(setting('--days <number>', 'days out of use before anything goes', ['retention', 'days']))
    .option('--wait', 'wait for another publisher to finish instead of giving up')
    .option('--yes', 'never ask (prune asks nothing)');
}

/** What changes an account. */
export function addApplyOptions(command: Command): Command {
  return command.option('--dry-run', 'only plan, and change nothing').option('--yes', 'do not ask');
}

export function addReplaceOptions(command: Command): Command {
  return command
    .addOption(new Option('--slot <number>', 'which server, from 1 (default: 1)').argParser(Number))
    .option('--zone <name>', 'put it into another availability zone, on a volume made from the newest snapshot')
    .option('--watch', 'ask for its health until Ctrl-C, and replace it whenever it does not answer');
}

export function addUnlockOptions(command: Command): Command {
  return command
    .option('--dry-run', 'only say who holds the lock')
    .option('--force', 'remove it even if its holder is alive')
    .option('--yes', 'do not ask');
}

export function addSetupOptions(command: Command): Command {
  return command.option('--dry-run', 'show the files, and write nothing').option('--yes', 'do not ask');
}

/** Flags that stand for one value of a setting. */
const meant: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['--allow-missing-index', false],
  ['--no-verify', 0],
]);

/** The settings that were given as flags. */
export function readFlagSettings(command: Command): readonly FlagSetting[] {
  return command.options.flatMap((option) => {
    const path = settingOf.get(option);
    const name = option.attributeName();
    if (path === undefined || command.getOptionValueSource(name) !== 'cli') return [];
    const given: unknown = command.getOptionValue(name);
    const flag = option.long ?? option.flags;
    return [{ flag, path, value: meant.get(flag) ?? given }];
  });
}
