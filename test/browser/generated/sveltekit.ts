/** A prerendered site of SvelteKit: scripts that a script in the page imports, a lazy part with its stylesheet. */
import type { Generator } from '../generators.js';

export const pages: Generator = {
  packages: [
    '@sveltejs/kit@2.70.4',
    '@sveltejs/adapter-static@3.0.11',
    '@sveltejs/vite-plugin-svelte@7.3.1',
    'svelte@5.57.3',
    'vite@8.3.8',
  ],
  command: ['vite', 'build'],
  output: 'build',
  sources: {
    'svelte.config.js': `import adapter from '@sveltejs/adapter-static';
export default { kit: { adapter: adapter(), version: { name: '1' } } };
`,
    'vite.config.js': `import { sveltekit } from '@sveltejs/kit/vite';
export default { plugins: [sveltekit()], build: { assetsInlineLimit: 0 } };
`,
    'src/app.html': `<!doctype html><html lang="en"><head><meta charset="utf-8">%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>
`,
    'src/routes/+layout.js': `export const prerender = true;
export const trailingSlash = 'always';
`,
    'src/routes/+page.svelte': `<script>
  import { onMount } from 'svelte';
  import picture from '$lib/picture.png';
  let text = $state('…');
  onMount(async () => { const { hello } = await import('$lib/lazy.js'); text = hello(); });
</script>
<h1>Home</h1><a href="/about/">about</a><p class="late">{text}</p><img src={picture} width="32" height="32" alt="" />
<style>h1 { color: darkred } .late { color: navy; background: url('$lib/picture.png') right no-repeat }</style>
`,
    'src/routes/about/+page.svelte': `<script>let count = $state(1);</script>
<h1>About</h1><button onclick={() => count++}>{count}</button><a href="/">home</a>
<style>button { color: teal }</style>
`,
    'src/lib/lazy.js': `import './lazy.css';
import { shared } from './shared.js';
export const hello = () => 'hello ' + shared;
`,
    'src/lib/lazy.css': `.late { font-weight: bold }
`,
    'src/lib/shared.js': `export const shared = 'shared';
`,
    'src/lib/picture.png': 'sample:apple-touch-icon.png',
  },
};
