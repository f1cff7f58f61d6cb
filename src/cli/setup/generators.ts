/** The generators we know: how to recognise one, where it puts a finished site, how it is built. */

/** The few files of a project that tell what it is. */
export interface ProjectFiles {
  /** Names in the root of the project. */
  readonly names: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
  readonly scripts: Readonly<Record<string, string>>;
  /** Text of a file; '' when there is none. */
  readonly read: (path: string) => string;
  readonly exists: (path: string) => boolean;
}

export interface Generator {
  readonly name: string;
  readonly detect: (files: ProjectFiles) => boolean;
  /** Where the site is after a build, relative to the project. */
  readonly output: (files: ProjectFiles) => string;
  /** The command that builds, where package.json has no script for it. */
  readonly command: string | null;
  /** What else it needs to make a static site. */
  readonly note?: (files: ProjectFiles) => string | undefined;
}

const uses = (name: string) => (files: ProjectFiles) => files.packages.has(name);

/** The first match decides: the specific ones stand before Vite, on which many of them are built. */
export const generators: readonly Generator[] = [
  {
    name: 'VitePress',
    detect: uses('vitepress'),
    output: (files) => join(vitePressRoot(files), '.vitepress/dist'),
    command: 'npx vitepress build',
  },
  {
    name: 'Astro',
    detect: uses('astro'),
    output: (files) => setting(files, configOf(files, 'astro.config'), /\boutDir:\s*['"`]([^'"`]+)/) ?? 'dist',
    command: 'npx astro build',
    note: (files) =>
      /\boutput:\s*['"`](server|hybrid)/.test(files.read(configOf(files, 'astro.config')))
        ? 'Astro renders on a server here ("output" in its configuration): only what it writes as files can be published.'
        : undefined,
  },
  { name: 'Docusaurus', detect: uses('@docusaurus/core'), output: () => 'build', command: 'npx docusaurus build' },
  {
    name: 'Eleventy',
    detect: uses('@11ty/eleventy'),
    output: (files) => {
      const names = ['.eleventy.js', 'eleventy.config.js', 'eleventy.config.mjs', 'eleventy.config.cjs'];
      const flag = Object.values(files.scripts).map((script) => /--output[= ]["']?([^\s"']+)/.exec(script)?.[1]);
      const said = names.map((name) => setting(files, name, /\boutput:\s*['"`]([^'"`]+)/));
      return [...flag, ...said].find((value) => value !== undefined) ?? '_site';
    },
    command: 'npx @11ty/eleventy',
  },
  {
    name: 'Next.js',
    detect: uses('next'),
    output: (files) => setting(files, configOf(files, 'next.config'), /\bdistDir:\s*['"`]([^'"`]+)/) ?? 'out',
    command: 'npx next build',
    note: (files) =>
      /\boutput:\s*['"`]export/.test(files.read(configOf(files, 'next.config')))
        ? undefined
        : 'Next.js writes a static site only with output: "export" in its configuration.',
  },
  { name: 'Nuxt', detect: uses('nuxt'), output: () => '.output/public', command: 'npx nuxt generate' },
  { name: 'Gatsby', detect: uses('gatsby'), output: () => 'public', command: 'npx gatsby build' },
  {
    name: 'SvelteKit',
    detect: uses('@sveltejs/kit'),
    output: () => 'build',
    command: 'npx vite build',
    note: (files) =>
      files.packages.has('@sveltejs/adapter-static')
        ? undefined
        : 'SvelteKit writes a static site only with @sveltejs/adapter-static.',
  },
  {
    name: 'Vite',
    detect: uses('vite'),
    output: (files) => setting(files, configOf(files, 'vite.config'), /\boutDir:\s*['"`]([^'"`]+)/) ?? 'dist',
    command: 'npx vite build',
  },
  {
    name: 'Hugo',
    detect: ({ names, exists }) =>
      ['hugo.toml', 'hugo.yaml', 'hugo.json'].some((name) => names.has(name)) ||
      (['config.toml', 'config.yaml'].some((name) => names.has(name)) && exists('content') && exists('layouts')),
    output: (files) =>
      ['hugo.toml', 'hugo.yaml', 'hugo.json', 'config.toml', 'config.yaml']
        .map((name) => setting(files, name, /^\s*"?publishDir"?\s*[=:]\s*["']?([^"'\s,]+)/m))
        .find((value) => value !== undefined) ?? 'public',
    command: 'hugo --minify',
  },
  {
    name: 'Jekyll',
    detect: ({ names, read }) =>
      names.has('_config.yml') && (names.has('Gemfile') || read('_config.yml').includes('jekyll')),
    output: (files) => setting(files, '_config.yml', /^destination:\s*["']?([^"'\s]+)/m) ?? '_site',
    command: 'bundle exec jekyll build',
  },
  {
    name: 'MkDocs',
    detect: ({ names }) => names.has('mkdocs.yml'),
    output: (files) => setting(files, 'mkdocs.yml', /^site_dir:\s*["']?([^"'\s]+)/m) ?? 'site',
    command: 'mkdocs build',
  },
];

/** The folder that `vitepress build FOLDER` names, or the one with `.vitepress` in it. */
function vitePressRoot({ scripts, exists }: ProjectFiles): string {
  for (const script of Object.values(scripts)) {
    const named = /\bvitepress build\s+([^\s&|;-][^\s&|;]*)/.exec(script)?.[1];
    if (named !== undefined) return named;
  }
  return ['docs', 'site', 'website'].find((folder) => exists(`${folder}/.vitepress`)) ?? '';
}

function configOf({ names }: ProjectFiles, base: string): string {
  return ['js', 'mjs', 'ts', 'mts', 'cjs'].map((ending) => `${base}.${ending}`).find((name) => names.has(name)) ?? '';
}

/** A plain value in a configuration that is a program: read, not run. */
function setting({ read }: ProjectFiles, file: string, pattern: RegExp): string | undefined {
  const value = file === '' ? undefined : pattern.exec(read(file))?.[1];
  return value?.replace(/^\.\//, '').replace(/\/$/, '');
}

function join(folder: string, path: string): string {
  return folder === '' || folder === '.' ? path : `${folder.replace(/\/$/, '')}/${path}`;
}
