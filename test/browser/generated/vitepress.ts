/** Documentation with search, whose pages load each other's data by computed names. */
import type { Generator } from '../generators.js';

export const docs: Generator = {
  packages: ['vitepress@1.6.4'],
  command: ['vitepress', 'build', 'docs'],
  output: 'docs/.vitepress/dist',
  sources: {
    'docs/index.md': `# Home

[Guide](./guide/start) and [other](./guide/other).

![picture](./picture.png)

\`\`\`js
const answer = 42;
\`\`\`
`,
    'docs/guide/start.md': `# Start

Text. [Home](../)

<script setup>
import { ref } from "vue"
const n = ref(40 + 2)
</script>

Counter: {{ n }}
`,
    'docs/guide/other.md': `# Other

::: tip
A tip
:::

![p](../picture.png)
`,
    'docs/.vitepress/config.mjs': `export default { title: 'Docs', themeConfig: { search: { provider: 'local' }, sidebar: [{ text: 'Guide', items: [{ text: 'Start', link: '/guide/start' }, { text: 'Other', link: '/guide/other' }] }] } };
`,
    'docs/picture.png': 'sample:apple-touch-icon.png',
  },
};
