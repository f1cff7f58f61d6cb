/**
 * The one error class and the one table of everything that can go wrong on purpose.
 *
 * A `PublishError` is an outcome a person can act on: it carries what happened, where, and what to do.
 * Anything else that is thrown is a bug and is reported as one.
 */

/** Exit codes of the command line (src/README.md, "Exit codes"). */
export const exitCodes = {
  done: 0,
  failure: 1,
  usage: 2,
  objectsFailed: 3,
  refused: 4,
  changes: 5,
  locked: 10,
} as const;

interface ErrorKind {
  /** What happened, in three or four words. */
  readonly title: string;
  /** What to do about it when the thrower has nothing more specific to say. */
  readonly hint: string;
  readonly exitCode: number;
}

const kinds = {
  'usage': { title: 'Wrong usage', hint: 'Run twinorigin --help.', exitCode: exitCodes.usage },
  'config-invalid': {
    title: 'Configuration is not valid',
    hint: 'Correct the setting; schema/config.schema.json lists every one.',
    exitCode: exitCodes.usage,
  },
  'config-unreadable': {
    title: 'Configuration cannot be read',
    hint: 'Check that the file exists and is valid JSON or JavaScript.',
    exitCode: exitCodes.usage,
  },
  'site-missing': {
    title: 'No such site folder',
    hint: 'Build the site first, or name its output folder: twinorigin publish <folder>.',
    exitCode: exitCodes.usage,
  },
  'site-empty': {
    title: 'The site folder is empty',
    hint: 'An empty site is never published. Did the build fail?',
    exitCode: exitCodes.refused,
  },
  'site-unreadable': {
    title: 'A site file cannot be read',
    hint: 'Check its permissions, or ignore it in .twinoriginignore.',
    exitCode: exitCodes.failure,
  },
  'site-changed': {
    title: 'A site file changed while it was being published',
    hint: 'Wait for the build to finish, then publish again.',
    exitCode: exitCodes.failure,
  },
  'secret-file': {
    title: 'The site contains a file that must not be published',
    hint: 'Remove it from the folder, or list it in .twinoriginignore.',
    exitCode: exitCodes.refused,
  },
  'symlink-outside': {
    title: 'A symbolic link leaves the site folder',
    hint: 'Replace the link by the file, or list it in .twinoriginignore.',
    exitCode: exitCodes.refused,
  },
  'rules-invalid': {
    title: 'A rule in _redirects or _headers is not valid',
    hint: 'Correct it; docs/edge.md lists what the edge understands.',
    exitCode: exitCodes.refused,
  },
  'rules-too-large': {
    title: 'The rules are larger than the edge can hold',
    hint: 'Join redirects of one folder to one with a * at its end.',
    exitCode: exitCodes.refused,
  },
  'key-conflict': {
    title: 'Two files want the same address',
    hint: 'Rename one of them.',
    exitCode: exitCodes.refused,
  },
  'guard-refused': {
    title: 'Refused by a guard',
    hint: 'Look at the plan; if it is what you want, say so with the option named above.',
    exitCode: exitCodes.refused,
  },
  'check-failed': {
    title: 'The check found errors',
    hint: 'Correct them, or leave out --strict.',
    exitCode: exitCodes.refused,
  },
  'no-credentials': {
    title: 'No AWS credentials',
    hint: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws sso login.',
    exitCode: exitCodes.usage,
  },
  'expired-credentials': {
    title: 'The AWS credentials have expired',
    hint: 'Renew them (aws sso login), then run the same command again: finished work is kept.',
    exitCode: exitCodes.failure,
  },
  'access-denied': {
    title: 'Access denied',
    hint: 'The credentials lack a permission for this request.',
    exitCode: exitCodes.failure,
  },
  'bucket-missing': {
    title: 'No such bucket',
    hint: 'Create the bucket, or correct its name in the configuration.',
    exitCode: exitCodes.usage,
  },
  'distribution-missing': {
    title: 'No such distribution',
    hint: 'Correct the distribution id in the configuration.',
    exitCode: exitCodes.usage,
  },
  'wrong-region': {
    title: 'The bucket is in another region',
    hint: 'Set the region with --region or AWS_REGION.',
    exitCode: exitCodes.usage,
  },
  'clock-skew': {
    title: 'The clock of this machine is wrong',
    hint: 'Set the clock (NTP); AWS accepts requests within 15 minutes.',
    exitCode: exitCodes.failure,
  },
  'unreachable': {
    title: 'The endpoint cannot be reached',
    hint: 'Check the network and --endpoint-url.',
    exitCode: exitCodes.failure,
  },
  'store-failed': {
    title: 'The store answered with an error',
    hint: 'Run the same command again: finished work is kept.',
    exitCode: exitCodes.failure,
  },
  'cdn-failed': {
    title: 'The CDN answered with an error',
    hint: 'Run the same command again: finished work is kept.',
    exitCode: exitCodes.failure,
  },
  'store-invalid': {
    title: 'The store folder is damaged',
    hint: 'Remove the folder named above; publishing fills it again.',
    exitCode: exitCodes.failure,
  },
  'port-in-use': {
    title: 'The port is in use',
    hint: 'Choose another with --port, or stop the program that listens there.',
    exitCode: exitCodes.failure,
  },
  'objects-failed': {
    title: 'Some objects could not be uploaded; nothing was put live',
    hint: 'Run the same command again: finished work is kept.',
    exitCode: exitCodes.objectsFailed,
  },
  'pages-failed': {
    title: 'Some pages could not be put live',
    hint: 'Old and new pages both work; run the same command again to finish.',
    exitCode: exitCodes.failure,
  },
  'immutable-conflict': {
    title: 'A fingerprinted address already holds other bytes',
    hint: 'Somebody else wrote that object. Nothing was overwritten; remove it by hand if it is not needed.',
    exitCode: exitCodes.objectsFailed,
  },
  'verify-failed': {
    title: 'The published assets are not served as they should be; no page was put live',
    hint: 'Correct the CDN (twinorigin doctor helps), or skip the proof with --no-verify.',
    exitCode: exitCodes.refused,
  },
  'record-invalid': {
    title: 'A release record cannot be read',
    hint: 'It is damaged or was written by a newer twinorigin. Nothing was changed.',
    exitCode: exitCodes.failure,
  },
  'release-missing': {
    title: 'No such release',
    hint: 'twinorigin releases lists what is kept.',
    exitCode: exitCodes.usage,
  },
  'locked': {
    title: 'Another publisher is at work',
    hint: 'Wait for it (--wait), or remove a stale lock with twinorigin unlock.',
    exitCode: exitCodes.locked,
  },
  'superseded': {
    title: 'A newer release is live',
    hint: 'Publish from the newest commit, or insist with --force.',
    exitCode: exitCodes.locked,
  },
  'aws-failed': {
    title: 'AWS answered with an error',
    hint: 'Run the same command again: it goes on where this one ended.',
    exitCode: exitCodes.failure,
  },
  'not-ready': {
    title: 'Something did not become ready in time',
    hint: 'Run the same command again: it goes on where this one ended.',
    exitCode: exitCodes.failure,
  },
  'dns-failed': {
    title: 'A name server did not do what it was asked',
    hint: 'Run the same command again: what is done is recognised.',
    exitCode: exitCodes.failure,
  },
  'host-failed': {
    title: 'The host is not as it should be',
    hint: 'Run the same command again: what is done is recognised. twinorigin host status shows what there is.',
    exitCode: exitCodes.failure,
  },
  'server-failed': {
    title: 'A web server could not be told',
    hint: 'Run the same command again: visitors get one whole release meanwhile, the old one or the new one.',
    exitCode: exitCodes.failure,
  },
  'host-missing': {
    title: 'No host is configured',
    hint: 'Describe it under "host" in the configuration; docs/host.md has an example.',
    exitCode: exitCodes.usage,
  },
  'migration-failed': {
    title: 'Some objects could not be migrated',
    hint: 'Run the same command again: what is done is not done again, what failed is tried again.',
    exitCode: exitCodes.objectsFailed,
  },
  'disk-full': {
    title: 'The disk is full',
    hint: 'Free some room, then run the same command again.',
    exitCode: exitCodes.failure,
  },
  'interrupted': { title: 'Interrupted', hint: 'Run the same command again: finished work is kept.', exitCode: 130 },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

/** Every code with what it means: for the page of the docs that explains them. */
export function listErrorKinds(): readonly (ErrorKind & { readonly code: string })[] {
  return Object.entries(kinds).map(([code, kind]) => ({ code, ...kind }));
}

/** The page that explains every code, one heading each. */
const explanations = 'https://github.com/twinorigin/twinorigin/blob/main/docs/errors.md';

export interface ErrorDetails {
  /** The file the error is about, as the user would type it. */
  readonly file?: string;
  readonly line?: number;
  readonly hint?: string;
  readonly cause?: unknown;
  /** Further lines, one per affected object; printers show the first few. */
  readonly items?: readonly string[];
  /** Overrides the table, for signals (130, 143). */
  readonly exitCode?: number;
  /** The store was overloaded or out of reach: the same again, with less at once, may succeed. */
  readonly transient?: boolean;
}

/** The only error that is thrown on purpose: what happened, where, what to do, and the exit code. */
export class PublishError extends Error {
  readonly code: ErrorCode;
  readonly title: string;
  readonly hint: string;
  readonly exitCode: number;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly items: readonly string[];
  readonly transient: boolean;
  /** Where the docs explain it. */
  readonly docs: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const kind: ErrorKind = kinds[code];
    this.name = 'PublishError';
    this.code = code;
    this.title = kind.title;
    this.hint = details.hint ?? kind.hint;
    this.exitCode = details.exitCode ?? kind.exitCode;
    this.file = details.file;
    this.line = details.line;
    this.items = details.items ?? [];
    this.transient = details.transient ?? false;
    this.docs = `${explanations}#${code}`;
  }
}

/** True for errors with a Node.js `code` such as ENOENT. */
export function hasErrnoCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
