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
  // Pages in Shift_JIS and ISO-8859-2, templates that nobody has filled in.
  'dijit': '1.17.3',
  'html5-boilerplate': '9.0.1',
  'ckeditor': '4.12.1',
  'startbootstrap-clean-blog': '6.0.9',
} as const;
/** What takes longer: thousands of pages, tens of megabytes of scripts. */
export const largeSites = {
  'dojo': '1.17.3',
  'dojox': '1.17.3',
  'admin-lte-2': 'admin-lte@2.4.18',
  'gentelella': '1.4.0',
  'material-design-lite': '1.3.0',
  'foundation-sites': '6.8.1',
  'tabler-ui': '0.0.34',
  'semantic-ui': '2.5.0',
  'summernote': '0.8.20',
  'video.js': '7.21.5',
  'mathjax': '2.7.9',
  'three': '0.150.1',
  'monaco-editor': '0.52.2',
  'pdfjs-dist': '4.10.38',
} as const;
const packages: Readonly<Record<string, string>> = { ...sites, ...largeSites };
export type PackageName = keyof typeof sites | keyof typeof largeSites;

/** Folder of a site, unpacked as it was published. Only the package itself: nothing it depends on, no scripts run. */
export function fetchSite(name: PackageName): string {
  const version = packages[name] ?? '';
  const wanted = version.includes('@') ? version : `${name}@${version}`;
  const folder = join(cache, wanted.replace('@', '-'));
  if (existsSync(folder)) return folder;
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const packed = execFileSync('npm', ['pack', '--silent', wanted], {
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
