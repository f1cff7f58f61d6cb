/** Pages with a layout, a style sheet and an image that Astro names, and a script. */
import type { Generator } from '../generators.js';

export const site: Generator = {
  packages: ['astro@5.18.2'],
  command: ['astro', 'build'],
  output: 'dist',
  sources: {
    'src/layouts/Page.astro': `---
import '../styles/site.css';
const { title } = Astro.props;
---
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1><slot /><script>document.body.append('scripted');</script></body></html>
`,
    'src/pages/index.astro': `---
import Page from '../layouts/Page.astro';
---
<Page title="Home"><img src="/picture.png" width="64" height="64" alt=""><a href="/about/">About</a></Page>
`,
    'src/pages/about.astro': `---
import Page from '../layouts/Page.astro';
---
<Page title="About"><a href="/">Home</a></Page>
`,
    'src/styles/site.css': 'body { font-family: sans-serif; background: #eef; }\n',
    'public/picture.png': 'sample:apple-touch-icon.png',
    'astro.config.mjs': 'export default {};\n',
  },
};
