/** Documentation with two pages and a picture. */
import type { Generator } from '../generators.js';

export const docs: Generator = {
  packages: ['@docusaurus/core@3.10.2', '@docusaurus/preset-classic@3.10.2', 'react@19.3.1', 'react-dom@19.3.1'],
  command: ['docusaurus', 'build'],
  output: 'build',
  sources: {
    'docusaurus.config.js': `export default {
  title: 'Docs',
  url: 'https://www.example.com',
  baseUrl: '/',
  presets: [['classic', { docs: { routeBasePath: '/', sidebarPath: false }, blog: false }]],
};
`,
    'docs/intro.md': `---
slug: /
---
# Introduction

[Second](./second.md) ![picture](/img/picture.png)
`,
    'docs/second.md': '# Second\n\n[First](./intro.md)\n',
    'static/img/picture.png': 'sample:apple-touch-icon.png',
  },
};
