/** Packages from npm that are sites nobody here wrote. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const cache = new URL('../../node_modules/.cache/twinorigin-sites/', import.meta.url).pathname;

/** Name and version, pinned: the counts in the tests depend on them. */
export const sites = {
  'uikit': '3.25.29',
  'admin-lte': '3.2.0',
  'startbootstrap-sb-admin-2': '4.1.4',
  'paper': '0.12.20',
  'reveal.js': '6.0.2',
  'swagger-ui-dist': '5.35.0',
} as const;
export type SiteName = keyof typeof sites;

/** Further packages that are parts of sites: to be looked at in a browser. */
const parts = { 'mathjax': '2.7.9', 'pdfjs-dist': '4.10.38' } as const;
const packages = { ...sites, ...parts };
export type PackageName = keyof typeof packages;

/** Folder of a site, unpacked as it was published. Only the package itself: nothing it depends on, no scripts run. */
export function fetchSite(name: PackageName): string {
  const folder = join(cache, `${name}-${packages[name]}`);
  if (existsSync(folder)) return folder;
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const packed = execFileSync('npm', ['pack', '--silent', `${name}@${packages[name]}`], {
      cwd: work,
      encoding: 'utf8',
    }).trim();
    execFileSync('tar', ['-xzf', packed.split('\n').at(-1)!], { cwd: work });
    renameSync(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
