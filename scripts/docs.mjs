// Writes the pages of docs/ that are made from the code: commands, settings, errors. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { errorNotes } from './errorNotes.mjs';

const root = new URL('..', import.meta.url);
const dist = new URL('dist/', root);
const { makeProgram } = await import(new URL('cli/program.js', dist));
const { configSchema } = await import(new URL('config.js', dist));
const { listErrorKinds } = await import(new URL('errors.js', dist));

const pages = {
  'docs/reference-commands.md': describeCommands(),
  'docs/reference-config.md': describeConfig(),
  'docs/errors.md': describeErrors(),
};
const made = '<!-- Made by npm run docs from the code: do not edit. -->\n\n';
const stale = Object.entries(pages).filter(([name, text]) => readIfThere(name) !== made + text);
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is not what the code says: npm run docs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else for (const [name, text] of stale) writeFileSync(new URL(name, root), made + text);

function describeCommands() {
  const program = makeProgram();
  const global = table(program.options.map(describeOption));
  const sections = program.commands.flatMap((command) => describeCommand(command, []));
  return `# Commands

\`twinorigin <command> [options]\`. The same is printed by \`twinorigin --help\` and \`twinorigin <command> --help\`.

Options of every command:

${global}

Options that stand for a setting win over the environment (\`TWINORIGIN_…\`), which wins over the
[configuration file](reference-config.md). Exit codes: 0 done, 1 failure, 2 usage or configuration, 3 some objects failed and nothing was put live, 4 a
check or guard refused, 5 \`plan --exit-code\` has changes, 10 locked or superseded, 130 and 143 stopped by a signal.

${sections.join('\n\n')}
`;
}

function describeCommand(command, path) {
  const words = [...path, command.name()];
  const name = words.join(' ');
  const args = command.registeredArguments.map((argument) =>
    argument.required ? ` <${argument.name()}>` : ` [${argument.name()}]`,
  );
  const rows = command.options.filter(({ hidden }) => !hidden).map(describeOption);
  const known = command.registeredArguments.filter(({ description }) => description !== '');
  const parts = [
    `${'#'.repeat(1 + words.length)} ${name}`,
    `${sentence(command.description())}`,
    ...(command.commands.length > 0 && command.registeredArguments.length === 0
      ? []
      : [`\`twinorigin ${name}${args.join('')}${rows.length > 0 ? ' [options]' : ''}\``]),
    ...(known.length > 0
      ? [table(known.map((argument) => [`\`${argument.name()}\``, escapeCell(argument.description)]))]
      : []),
    ...(rows.length > 0 ? [table(rows)] : []),
  ];
  return [parts.join('\n\n'), ...command.commands.flatMap((child) => describeCommand(child, words))];
}

function describeOption({ flags, description, argChoices }) {
  const choices = argChoices === undefined ? '' : ` (${argChoices.map((choice) => `\`${choice}\``).join(', ')})`;
  return [`\`${flags}\``, escapeCell(description) + choices];
}

function describeConfig() {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  const rows = [];
  visit(schema, []);
  return `# Configuration

In \`twinorigin.config.json\` (comments are allowed), \`.js\`, \`.mjs\` or \`.ts\`, or under the key \`twinorigin\` in \`package.json\`: the nearest one from
the working directory upwards, or the one named with \`--config\`. Paths are relative to the file. A setting that is no list can also be given as a variable:
\`guard.deletes\` is \`TWINORIGIN_GUARD_DELETES\`. Editors complete it with \`"$schema": "./node_modules/twinorigin/schema/config.schema.json"\`.

| setting | values | default | |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

AWS settings are the SDK's own: \`AWS_PROFILE\`, \`AWS_REGION\`, \`AWS_ENDPOINT_URL\`, SSO and roles.
`;

  function visit(part, path) {
    const choices = part.anyOf ?? [part];
    const groups = choices.filter((choice) => choice.properties !== undefined);
    if (path.length > 0 && (groups.length === 0 || part.description !== undefined)) {
      const fallback = part.default === undefined || groups.length > 0 ? '' : `\`${JSON.stringify(part.default)}\``;
      rows.push([`\`${path.join('.')}\``, nameType(part), fallback, escapeCell(part.description ?? '')]);
    }
    for (const group of groups)
      for (const [name, child] of Object.entries(group.properties)) {
        const key = [...path, name];
        if (name !== '$schema' && !rows.some(([known]) => known === `\`${key.join('.')}\``)) visit(child, key);
      }
    for (const choice of choices)
      if (choice.items?.properties !== undefined)
        for (const [name, child] of Object.entries(choice.items.properties)) visit(child, [...path, '[]', name]);
  }
}

function nameType({ type, enum: values, anyOf, items, const: constant }) {
  if (constant !== undefined) return `\`${JSON.stringify(constant)}\``;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(nameType))].join(' or ');
  if (type === 'array') return `list of ${items?.properties !== undefined ? 'objects' : `${nameType(items ?? {})}s`}`;
  return { integer: 'whole number', boolean: 'true or false' }[type] ?? type ?? 'anything';
}

function describeErrors() {
  const sections = listErrorKinds().map(({ code, title, hint, exitCode }) => {
    const note = errorNotes[code];
    return [
      `## ${code}`,
      `**${title}.** Exit code ${exitCode}.`,
      ...(note === undefined ? [] : [note]),
      `What to do: ${hint}`,
    ].join('\n\n');
  });
  return `# Errors

Every error that twinorigin knows has a code: the heading below, \`error.code\` under \`--json\`, and the address at the end of the message. Whatever
happens, visitors keep a whole site: pages are put live last, nothing is deleted after an error, and the same command again goes on where it ended.
Anything without a code is a bug; \`--verbose\` shows where it happened.

${sections.join('\n\n')}
`;
}

function table(rows) {
  return ['| | |', '| --- | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function escapeCell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function readIfThere(name) {
  try {
    return readFileSync(new URL(name, root), 'utf8');
  } catch {
    return undefined;
  }
}
