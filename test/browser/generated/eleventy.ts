/** A blog with modules, a font and a stylesheet, and no bundler. */
import type { Generator } from '../generators.js';

export const blog: Generator = {
  packages: ['@11ty/eleventy@3.1.8'],
  command: ['eleventy'],
  output: 'dist',
  sources: {
    'src/_includes/base.njk': `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="{{ '/css/site.css' | url }}"><script type="module" src="/js/main.js"></script></head><body><h1>{{ title }}</h1>{{ content | safe }}<ul>{% for post in collections.post %}<li><a href="{{ post.url }}">{{ post.data.title }}</a></li>{% endfor %}</ul></body></html>
`,
    'src/index.md': `---
title: Home
layout: base.njk
---
![picture](/img/picture.png)
`,
    'src/posts/one.md': `---
title: Post one
layout: base.njk
tags: post
---
Text one ![p](/img/picture.png)
`,
    'src/posts/two.md': `---
title: Post two
layout: base.njk
tags: post
---
Text two ![p](/img/picture.png)
`,
    'src/css/site.css': `@font-face{font-family:X;src:url(../fonts/x.woff2)} body{font-family:X,sans-serif;background:#eef url(../img/picture.png) right no-repeat}
`,
    'src/js/main.js': `import { mark } from "./mark.js"; mark(document.body);
`,
    'src/js/mark.js': `export const mark = (node) => node.append("marked once");
`,
    'eleventy.config.js': `export default (config) => { for (const folder of ['css', 'img', 'js', 'fonts']) config.addPassthroughCopy(\`src/\${folder}\`); return { dir: { input: 'src', output: 'dist' } }; };
`,
    'src/img/picture.png': 'sample:apple-touch-icon.png',
    'src/fonts/x.woff2': 'sample:fonts/instrument-sans.woff2',
  },
};
