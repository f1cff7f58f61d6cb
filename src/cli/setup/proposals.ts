/** The files that `init` would write: whole texts, so that they can be shown before anything is done. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdits, modify, parse, type JSONPath } from 'jsonc-parser';
import type { ConfigInput } from '../../config.js';
import type { Project } from './project.js';
import { makeWorkflow } from './workflow.js';

export interface Proposal {
  /** Relative to the project. */
  readonly path: string;
  /** Null for a new file. */
  readonly before: string | null;
  readonly after: string;
}

export interface Proposals {
  readonly files: readonly Proposal[];
  /** What is there already, or was left alone, and why. */
  readonly notes: readonly string[];
}

export interface ProposalOptions {
  readonly origins: ConfigInput['origins'];
  /** The configuration file that is there already. */
  readonly configFile: string | null;
  /** Version of the package that is running. */
  readonly version: string;
}

const configPath = 'twinorigin.config.json';
const workflowPath = '.github/workflows/publish.yml';
/** npm also runs a script of this name on `npm publish`; then it must do nothing (npm docs, "Life Cycle Scripts"). */
const publishScript = 'test "$npm_command" = publish || twinorigin publish';

export function proposeFiles(project: Project, { origins, configFile, version }: ProposalOptions): Proposals {
  const notes: string[] = [];
  const files: Proposal[] = [];
  const read = (path: string) =>
    existsSync(join(project.folder, path)) ? readFileSync(join(project.folder, path), 'utf8') : null;
  const propose = (path: string, after: string) => {
    const before = read(path);
    if (before !== after) files.push({ path, before, after });
  };

  if (configFile === null) propose(configPath, `${JSON.stringify(makeConfig(project, origins), null, 2)}\n`);
  else notes.push(`${configFile} is there already and stays as it is`);

  if (project.packageText !== null) {
    const { text, note } = editPackage(project.packageText, version);
    propose('package.json', text);
    if (note !== undefined) notes.push(note);
  }

  const ignore = read('.gitignore');
  if (origins === undefined && configFile === null && (ignore !== null || existsSync(join(project.folder, '.git'))))
    if (!/^\/?\.twinorigin\/?$/m.test(ignore ?? '')) propose('.gitignore', `${endLine(ignore ?? '')}.twinorigin/\n`);

  if (project.onGitHub) {
    const workflow = makeWorkflow(project);
    const before = read(workflowPath);
    if (before === null) propose(workflowPath, workflow);
    else if (before !== workflow) notes.push(`${workflowPath} is there already and stays as it is`);
  }
  return { files, notes };
}

function makeConfig({ site }: Project, origins: ConfigInput['origins']): ConfigInput {
  const $schema = './node_modules/twinorigin/schema/config.schema.json';
  // A site in the root of the project lies beside what only its tools need.
  const ignore = site === '.' ? { ignore: ['node_modules/**', 'package*.json', 'twinorigin.config.*'] } : {};
  return { $schema, site, ...ignore, ...(origins === undefined ? {} : { origins }) };
}

/** Adds the script and the dependency; whatever is there already stays, and so does the formatting. */
function editPackage(before: string, version: string): { readonly text: string; readonly note: string | undefined } {
  interface Content {
    readonly scripts?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  }
  const content = parse(before) as Content;
  const indent = /^[ \t]+(?=")/m.exec(before)?.[0] ?? '  ';
  const formattingOptions = { insertSpaces: !indent.includes('\t'), tabSize: indent.length, eol: '\n' };
  const set = (text: string, path: JSONPath, value: string) =>
    applyEdits(text, modify(text, path, value, { formattingOptions }));

  let text = before;
  let note: string | undefined;
  const script = content.scripts?.publish;
  if (script === undefined) text = set(text, ['scripts', 'publish'], publishScript);
  else if (!script.includes('twinorigin')) note = `package.json has a script "publish" of its own: it stays as it is`;
  if (content.dependencies?.twinorigin === undefined && content.devDependencies?.twinorigin === undefined)
    text = set(text, ['devDependencies', 'twinorigin'], `^${version}`);
  return { text, note };
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
