/** What each kind of problem is, in one sentence: the rules of the linter. */
import type { Severity } from '../problems.js';

export interface ProblemCode {
  /** The severity it mostly has. */
  readonly severity: Severity;
  readonly title: string;
}

export const problemCodes: Readonly<Record<string, ProblemCode>> = {
  'dangling-reference': { severity: 'warning', title: 'A reference leads to a file that the site does not have.' },
  'miscased-reference': {
    severity: 'error',
    title: 'A reference leads to a file whose name differs in case or Unicode form.',
  },
  'missing-fragment': { severity: 'warning', title: 'A link leads to a place that the page does not have.' },
  'mixed-content': { severity: 'warning', title: 'A page loads something without encryption.' },
  'unreferenced': { severity: 'note', title: 'No reference in the site leads to a file.' },
  'oversized': { severity: 'note', title: 'A file is so large that visitors wait for it.' },
  'missing-dimensions': { severity: 'note', title: 'Images do not say how large they are.' },
  'duplicate-content': { severity: 'note', title: 'Two files hold the same bytes.' },
  'rule-invalid': { severity: 'error', title: 'A rule in _redirects or _headers is not valid.' },
  'rules-unused': { severity: 'warning', title: 'Rules in _redirects or _headers have no effect.' },
  'twin-names': { severity: 'note', title: 'Two names differ only in case or Unicode form.' },
  'script-unparsed': { severity: 'note', title: 'A script cannot be parsed.' },
  'unsupported-encoding': { severity: 'warning', title: 'A file is in an encoding that cannot be edited in place.' },
  'dotfile-skipped': { severity: 'note', title: 'A dotfile is not published.' },
  'not-a-file': { severity: 'warning', title: 'Neither a file nor a folder: not published.' },
};
