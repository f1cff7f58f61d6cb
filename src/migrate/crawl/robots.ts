/** What a site lets robots do (RFC 9309), with the two extensions everybody knows: Crawl-delay and Sitemap. */

export interface Robots {
  readonly allows: (pathAndQuery: string) => boolean;
  /** Milliseconds between two requests. */
  readonly delay: number;
  readonly sitemaps: readonly string[];
}

const ourName = 'twinorigin';
/** A site that asks for more would take for ever. */
const longestDelay = 10_000;

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
}

export function readRobots(text: string): Robots {
  const groups: { agents: string[]; rules: Rule[]; delay: number }[] = [];
  const sitemaps: string[] = [];
  let inRules = true;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = /^\s*([A-Za-z-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
    const name = field.toLowerCase();
    if (name === 'sitemap') sitemaps.push(value);
    else if (name === 'user-agent') {
      // Names that follow each other share the rules behind them.
      if (inRules) groups.push({ agents: [], rules: [], delay: 0 });
      inRules = false;
      groups.at(-1)?.agents.push(value.toLowerCase());
    } else if (name === 'allow' || name === 'disallow' || name === 'crawl-delay') {
      inRules = true;
      const group = groups.at(-1);
      if (group === undefined) continue;
      if (name === 'crawl-delay') group.delay = Math.min(longestDelay, (Number(value) || 0) * 1000);
      else if (value !== '') group.rules.push({ allow: name === 'allow', pattern: value });
    }
  }
  const own = groups.filter(({ agents }) => agents.some((agent) => agent === ourName));
  const chosen = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'));
  const rules = chosen.flatMap((group) => group.rules).map((rule) => ({ ...rule, test: compile(rule.pattern) }));
  return {
    delay: Math.max(0, ...chosen.map(({ delay }) => delay)),
    sitemaps,
    allows(path) {
      // The longest pattern wins, and of two as long the one that allows.
      let best: Rule | undefined;
      for (const rule of rules) {
        if (!rule.test(path)) continue;
        const longer = rule.pattern.length - (best?.pattern.length ?? -1);
        if (longer > 0 || (longer === 0 && rule.allow)) best = rule;
      }
      return best?.allow ?? true;
    },
  };
}

/** `*` stands for anything, `$` for the end. Matched by hand: a pattern may not cost more than a path is long. */
function compile(pattern: string): (path: string) => boolean {
  const isWhole = pattern.endsWith('$');
  const parts = (isWhole ? pattern.slice(0, -1) : pattern).split('*');
  return (path) => {
    const [first = '', ...others] = parts;
    if (!path.startsWith(first)) return false;
    let at = first.length;
    for (const [index, part] of others.entries()) {
      if (isWhole && index === others.length - 1) return path.length - part.length >= at && path.endsWith(part);
      const found = path.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return !isWhole || others.length > 0 || at === path.length;
  };
}
