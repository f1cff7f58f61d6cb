/** Reads a site's rules; what is wrong with them are problems of the site. */
import type { Problem } from '../../problems.js';
import { parseHeaders } from './headersFile.js';
import { parseRedirects } from './redirectsFile.js';
import type { Located, SiteRules } from './rules.js';

export interface ReadRules {
  readonly rules: SiteRules;
  readonly problems: readonly Problem[];
}

/** @param files content of those of the two files that are there, by name. */
export function readRules(files: ReadonlyMap<string, string>): ReadRules {
  const redirects = parseRedirects(files.get('_redirects') ?? '');
  const headers = parseHeaders(files.get('_headers') ?? '');
  const tell =
    (file: string) =>
    ({ line, message, hint }: { line: number; message: string; hint?: string }): Problem => ({
      code: 'rule-invalid',
      severity: 'error',
      message: `the rule ${message}`,
      file,
      line,
      ...(hint !== undefined && { hint }),
    });
  return {
    rules: { redirects: redirects.rules.map(withoutLine), headers: headers.rules.map(withoutLine) },
    problems: [...redirects.mistakes.map(tell('_redirects')), ...headers.mistakes.map(tell('_headers'))],
  };
}

/** Where a rule stands is no part of it: a comment more makes no other release. */
function withoutLine<T>({ line: _line, ...rule }: Located<T>): Omit<Located<T>, 'line'> {
  return rule;
}
