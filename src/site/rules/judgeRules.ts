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

/** @param edge how our function serves the pages; undefined where there is none. */
export function tellUnusedRules({ rules }: Site, edge: object | undefined): readonly Problem[] {
  if (edge !== undefined || rules === undefined) return [];
  if (rules.redirects.length + rules.headers.length === 0) return [];
  return [
    {
      code: 'rules-unused',
      severity: 'warning',
      message: 'the rules in _redirects and _headers have no effect: no function of ours stands before the pages',
      file: rules.redirects.length > 0 ? '_redirects' : '_headers',
      hint: 'twinorigin cdn up sets one up; then name its store in origins.pages.keyValueStore.',
    },
  ];
}
