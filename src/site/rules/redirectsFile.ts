/**
 * Reads `_redirects`: a rule a line, `from [parameter=value …] to [status[!]]`, as on Netlify and Cloudflare Pages. What
 * those hosts do with a server (proxying, conditions on country, language, role) is refused, never silently dropped.
 */
import { encodePattern, type Located, type Mistake, type RedirectRule } from './rules.js';

/** Of Cloudflare Pages; a rule with a pattern costs a comparison at each request for a page. */
export const mostRedirects = 2000;
export const mostPatterns = 100;
/** A line must fit into one value of the key-value store, 1,024 bytes, with its place and separators. */
const longestRule = 900;

const statuses = ['200', '301', '302', '303', '307', '308'];
const conditions = /^(country|language|role|cookie)=/i;

export function parseRedirects(text: string): { rules: Located<RedirectRule>[]; mistakes: Mistake[] } {
  const rules: Located<RedirectRule>[] = [];
  const mistakes: Mistake[] = [];
  const seen = new Map<string, number>();
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const fields = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (fields[0] === '') continue;
    const rule = parseRule(fields, line);
    if ('message' in rule) mistakes.push(rule);
    else {
      const first = seen.get(rule.from);
      if (first !== undefined)
        mistakes.push({
          line,
          message: `never applies: line ${first} has the same address`,
          hint: 'Remove one of them.',
        });
      seen.set(rule.from, first ?? line);
      rules.push(rule);
    }
  }
  const patterns = rules.filter(isPattern);
  const tooMany = rules.length - patterns.length > mostRedirects ? rules[mostRedirects] : patterns[mostPatterns];
  if (tooMany !== undefined)
    mistakes.push({
      line: tooMany.line,
      message: `there are more than ${mostRedirects} redirects, or more than ${mostPatterns} with a pattern`,
      hint: 'Join rules of one folder to one with a * at its end.',
    });
  return { rules, mistakes };
}

/** Rules that must be tried one after the other. */
export function isPattern({ from }: Pick<RedirectRule, 'from'>): boolean {
  return /\/:[A-Za-z]|\*$|\?/.test(from);
}

function parseRule(fields: readonly string[], line: number): Located<RedirectRule> | Mistake {
  const wrong = (message: string, hint?: string): Mistake => ({ line, message, ...(hint !== undefined && { hint }) });
  const [path = '', ...rest] = fields;
  const parameters: string[] = [];
  while (rest[0] !== undefined && /^[^/:=\s]+=\S*$/.test(rest[0]) && !conditions.test(rest[0]))
    parameters.push(rest.shift() ?? '');
  const [to, code = '301', ...more] = rest;
  if (/^https?:/i.test(path))
    return wrong(
      'begins with a host: a rule speaks of one site',
      'Begin with a slash; other hosts need a distribution.',
    );
  if (!path.startsWith('/')) return wrong(`begins with ${JSON.stringify(path)} instead of a slash`);
  if (to === undefined) return wrong('says nothing of where it leads', 'Write: /from /to 301');
  const condition = [to, code, ...more].find((field) => conditions.test(field));
  if (condition !== undefined)
    return wrong(`has the condition ${condition}, which needs a server`, 'Remove the rule or the condition.');
  const extra = more[0];
  if (extra !== undefined) return wrong(`has something after its status: ${JSON.stringify(extra)}`);

  const status = code.replace(/!$/, '');
  if (!statuses.includes(status))
    return wrong(`has the status ${JSON.stringify(code)}`, `Possible are ${statuses.join(', ')}, each also with !.`);
  const from = encodePattern(path);
  if (from === undefined) return wrong(`has a broken escape in ${JSON.stringify(path)}`);
  const names = namesIn(from, parameters);
  if (typeof names === 'string') return wrong(names);
  const target = judgeTarget(to, status, names);
  if (target !== undefined) return wrong(target);
  if (from === to && parameters.length === 0) return wrong('leads to itself');
  const rule: Located<RedirectRule> = {
    from: parameters.length === 0 ? from : `${from}?${parameters.join('&')}`,
    to: to.replace(/[^\x21-\x7e]+/g, encodeURI),
    status: Number(status) as RedirectRule['status'],
    forced: code.endsWith('!'),
    line,
  };
  if (Buffer.byteLength(rule.from + rule.to) > longestRule) return wrong(`is longer than ${longestRule} bytes`);
  return rule;
}

/** The placeholders of a rule, or what is wrong with them. */
function namesIn(from: string, parameters: readonly string[]): ReadonlySet<string> | string {
  const names = new Set<string>();
  const segments = from.split('/');
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment.includes('*') && !(segment === '*' && isLast)) return 'has a * that is not its last segment';
    if (segment === '*') names.add('splat');
    if (!segment.startsWith(':')) continue;
    if (!/^:[A-Za-z]\w*$/.test(segment))
      return `has the placeholder ${segment}; they are a colon, a letter, letters and digits`;
    if (names.has(segment.slice(1))) return `has ${segment} twice`;
    names.add(segment.slice(1));
  }
  for (const parameter of parameters) {
    const value = parameter.slice(parameter.indexOf('=') + 1);
    if (value.startsWith(':')) names.add(value.slice(1));
  }
  return names;
}

function judgeTarget(to: string, status: string, names: ReadonlySet<string>): string | undefined {
  const isLocal = to.startsWith('/') && !/^\/[/\\]/.test(to);
  if (!isLocal && !/^https?:\/\/[A-Za-z0-9.-]+(:\d+)?([/?#]|$)/i.test(to))
    return `leads to ${JSON.stringify(to)}, which is neither a path nor an address with a fixed host`;
  if (status === '200' && !isLocal) return 'fetches from another host, which needs a server';
  if (status === '200' && /[?#]/.test(to)) return 'serves a page of the site: its target has no query and no fragment';
  const unknown = [...to.matchAll(/:([A-Za-z]\w*)/g)].map(([, name = '']) => name).find((name) => !names.has(name));
  return unknown === undefined || /^https?$/.test(unknown)
    ? undefined
    : `uses :${unknown}, which ${unknown === 'splat' ? 'needs a * at the end of its path' : 'its path does not have'}`;
}
