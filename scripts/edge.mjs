// Bundles what runs in CloudFront Functions into src/edge/generated.ts: one string for each function, without settings.
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);

/** The runtime has `crypto` and `cloudfront`; everything else is in the string. */
const heads = {
  pageRequest: `import { answerPageRequest } from './pages.js';
const keys = cf.kvs();
async function handler(event) { return answerPageRequest(event.request, settings, keys, signRelease); }`,
  pageResponse: `import { finishPageResponse } from './pagesResponse.js';
const keys = cf.kvs();
async function handler(event) { return finishPageResponse(event.request, event.response, settings, keys, signRelease); }`,
  plainPageRequest: `import { answerPlainRequest } from './plainPages.js';
function handler(event) { return answerPlainRequest(event.request, settings); }`,
  assetRequest: `import { answerAssetRequest } from './assets.js';
function handler(event) { return answerAssetRequest(event.request); }`,
};
const sign = `
import { signRelease } from './sign.js';`;

export async function bundleEdge() {
  const codes = {};
  for (const [name, head] of Object.entries(heads)) {
    const needsSign = head.includes('signRelease');
    const { outputFiles } = await build({
      stdin: {
        contents: `${head}${needsSign ? sign : ''}\nexport { handler };`,
        resolveDir: new URL('src/edge/', root).pathname,
        loader: 'ts',
      },
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2017',
      minifyWhitespace: true,
      minifyIdentifiers: true,
      supported: { 'object-extensions': false },
      external: ['crypto', 'cloudfront'],
      legalComments: 'none',
      charset: 'ascii',
    });
    codes[name] = nameHandler(outputFiles[0].text.trim());
  }
  return codes;
}

/** CloudFront looks for a function of this name; the bundler has given it another and exports it. */
function nameHandler(code) {
  const [exported, name] = /export\{(\w+) as handler\};?$/.exec(code);
  return code.slice(0, -exported.length).replace(`function ${name}(`, 'function handler(');
}

export function renderGenerated(codes) {
  const entries = Object.entries(codes).map(([name, code]) => `  ${name}: ${JSON.stringify(code)},`);
  return `/* Made by scripts/edge.mjs from the files beside it: do not edit. */\n\nexport const functionCodes = {\n${entries.join('\n')}\n} as const;\n`;
}

const file = new URL('src/edge/generated.ts', root);
if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = renderGenerated(await bundleEdge());
  if (text !== readFileSync(file, 'utf8')) writeFileSync(file, text);
}
