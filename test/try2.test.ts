import { it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { findInHtml } from '../src/site/references/html.js';
import { seeTags } from './site/references/parse5Oracle.js';
import { scanTags } from './site/references/scanned.js';
it('try', () => {
  const root = process.env.TRY!;
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((f) => /\.html?(\.|$)/.test(f)).map((f) => { try { return readFileSync(root + '/' + f); } catch { return undefined; } }).filter((b) => b);
  const mb = files.reduce((a, b) => a + b!.length, 0) / 1e6;
  const t = (name: string, f: () => void) => { const s = process.cpuUsage(); f(); const u = process.cpuUsage(s); console.log(name, mb.toFixed(1), 'MB', ((u.user + u.system) / 1e6).toFixed(2), 's'); };
  t('find', () => files.forEach((b) => findInHtml(b!, { lazyAttributes: [] })));
  const strings = files.map((b) => b!.toString('latin1'));
  t('scan', () => strings.forEach((s) => scanTags(s)));
  t('parse5', () => strings.forEach((s) => seeTags(s)));
}, 600000);
