/** Completion scripts for shells, made from the tree of commands. */
import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Entry {
  /** Words after `twinorigin`: '' for the program itself, `publish`, `cdn plan`. */
  readonly path: string;
  readonly description: string;
  /** Names of commands below this one. */
  readonly commands: readonly Named[];
  readonly options: readonly OptionEntry[];
  readonly takesFolder: boolean;
}

interface Named {
  readonly name: string;
  readonly description: string;
}

interface OptionEntry extends Named {
  readonly takesValue: boolean;
  /** All it can be; empty where it can be anything, which is then a file or folder if something is offered. */
  readonly choices: readonly string[];
}

/** @returns the text of a script that the shell reads at its start. */
export function makeCompletion(program: Command, shell: Shell): string {
  const entries = listEntries(program, [], listOptions(program));
  if (shell === 'bash') return makeBash(entries);
  return shell === 'zsh' ? makeZsh(entries) : makeFish(entries);
}

function listEntries(command: Command, path: readonly string[], global: readonly OptionEntry[]): readonly Entry[] {
  const own = path.length === 0 ? [] : listOptions(command);
  const entry: Entry = {
    path: path.join(' '),
    description: command.description(),
    commands: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
    options: [...own, ...global, { name: '--help', description: 'display help for command', ...flag }],
    takesFolder: command.registeredArguments.some((argument) => argument.name() === 'site'),
  };
  return [entry, ...command.commands.flatMap((child) => listEntries(child, [...path, child.name()], global))];
}

const flag = { takesValue: false, choices: [] } as const;

function listOptions(command: Command): readonly OptionEntry[] {
  return command.options.flatMap(({ long, description, required, optional, argChoices }) =>
    long ? [{ name: long, description, takesValue: required || optional, choices: argChoices ?? [] }] : [],
  );
}

/** `<path> --option` -> what may stand behind it, in the order of the commands. */
function listValues(
  entries: readonly Entry[],
): readonly { readonly at: string; readonly choices: readonly string[] }[] {
  return entries.flatMap(({ path, options }) =>
    options.filter(({ takesValue }) => takesValue).map(({ name, choices }) => ({ at: `${path} ${name}`, choices })),
  );
}

function makeBash(entries: readonly Entry[]): string {
  const cases = entries.map(({ path, commands, options, takesFolder }) => {
    const words = [...commands, ...options].map(({ name }) => name).join(' ');
    return `    '${path}') words='${words}' folders=${takesFolder ? 1 : 0} ;;`;
  });
  return `# Completion of twinorigin for bash: eval "$(twinorigin completion bash)"
_twinorigin() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path='' words='' folders=0 index known
  for ((index = 1; index < COMP_CWORD; index++)); do
    known="\${path:+$path }\${COMP_WORDS[index]}"
    case "$known" in
      ${entries
        .slice(1)
        .map(({ path }) => `'${path}'`)
        .join(' | ')}) path="$known" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${listValues(entries)
  .map(({ at, choices }) => `    '${at}') words='${choices.join(' ')}' folders=0 ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ $folders = 1 && $word != -* ]]; then COMPREPLY+=($(compgen -d -- "$word")); fi
}
complete -o bashdefault -o default -F _twinorigin twinorigin
`;
}

function makeZsh(entries: readonly Entry[]): string {
  const quote = (text: string) => text.replace(/'/g, "'\\''").replace(/:/g, '\\:');
  const list = (names: readonly Named[]) =>
    names.map(({ name, description }) => `'${quote(name)}:${quote(description)}'`).join(' ');
  const cases = entries.map(
    ({ path, commands, options, takesFolder }) =>
      `    '${path}') commands=(${list(commands)}) options=(${list(options)}) folders=${takesFolder ? 1 : 0} ;;`,
  );
  return `#compdef twinorigin
# Completion of twinorigin for zsh: source <(twinorigin completion zsh)
_twinorigin() {
  local path_='' known index folders=0
  local -a commands options
  for ((index = 2; index < CURRENT; index++)); do
    known="\${path_:+$path_ }\${words[index]}"
    case "$known" in
      ${entries
        .slice(1)
        .map(({ path }) => `'${path}'`)
        .join(' | ')}) path_="$known" ;;
    esac
  done
  case "$path_" in
${cases.join('\n')}
  esac
  case "$path_ \${words[CURRENT-1]}" in
${listValues(entries)
  .map(
    ({ at, choices }) => `    '${at}') ${choices.length === 0 ? '_files' : `compadd ${choices.join(' ')}`}; return ;;`,
  )
  .join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option options
  else
    (( \${#commands} )) && _describe command commands
    if (( folders )); then _files -/; elif (( ! \${#commands} )); then _files; fi
  fi
}
compdef _twinorigin twinorigin
`;
}

function makeFish(entries: readonly Entry[]): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = entries.flatMap(({ path, commands, options, takesFolder }) => {
    const when = `-n ${quote(`__twinorigin_at ${quoteWords(path)}`)}`;
    return [
      ...(takesFolder ? [`complete -c twinorigin ${when} -a '(__fish_complete_directories)'`] : []),
      ...commands.map(
        ({ name, description }) => `complete -c twinorigin ${when} -a ${quote(name)} -d ${quote(description)}`,
      ),
      ...options.map(
        ({ name, description, takesValue, choices }) =>
          `complete -c twinorigin ${when} -l ${quote(name.slice(2))}${takesValue ? (choices.length === 0 ? ' -r -F' : ` -x -a ${quote(choices.join(' '))}`) : ''} -d ${quote(description)}`,
      ),
    ];
  });
  const paths = entries.slice(1).map(({ path }) => quote(path));
  return `# Completion of twinorigin for fish: twinorigin completion fish | source
function __twinorigin_at
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l known (string trim -- "$path $word")
        contains -- $known ${paths.join(' ')}; and set path $known
    end
    test "$path" = "$argv"
end
complete -c twinorigin -f
${lines.join('\n')}
`;
}

function quoteWords(path: string): string {
  return path === '' ? '""' : `"${path}"`;
}
