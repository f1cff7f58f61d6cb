/** What is wrong with the rules of a site as a whole. */
import { PublishError } from '../../errors.js';
import type { Problem } from '../../problems.js';
import type { Site } from '../site.js';

/** @throws PublishError `rules-invalid`: a redirect that was meant and does not work is a broken address. */
export function refuseWrongRules(problems: readonly Problem[]): void {
  const wrong = problems.filter(({ code }) => code === 'rule-invalid');
  const [first] = wrong;
  if (first === undefined) return;
  throw new PublishError('rules-invalid', first.message, {
    ...(first.file !== undefined && { file: first.file }),
    ...(first.line !== undefined && { line: first.line }),
    ...(first.hint !== undefined && { hint: first.hint }),
    items: wrong.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  });
}

/** @param by what stands before the pages: a function of ours, or a server that is told the rules, follows them. */
export function tellUnusedRules({ rules }: Site, by: 'function' | 'server' | 'nothing'): readonly Problem[] {
  if (by === 'function' || rules === undefined) return [];
  if (rules.redirects.length + rules.headers.length === 0) return [];
  const file = rules.redirects.length > 0 ? '_redirects' : '_headers';
  if (by === 'server')
    return [
      {
        code: 'rules-unused',
        severity: 'warning',
        message: 'the rules in _redirects and _headers have no effect: the server of your own is not told them',
        file,
        hint: 'Name its web server: "server": "nginx" or "apache" in origins.pages.host. Others have to be told by hand.',
      },
    ];
  return [
    {
      code: 'rules-unused',
      severity: 'warning',
      message: 'the rules in _redirects and _headers have no effect: no function of ours stands before the pages',
      file,
      hint: 'twinorigin cdn up sets one up; then name its store in origins.pages.keyValueStore.',
    },
  ];
}
