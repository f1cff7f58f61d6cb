// Bundles the GitHub Action into one file: action/dist/main.mjs.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export const bundleOptions = {
  absWorkingDir: root,
  entryPoints: ['src/action/main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // One package's file for the old module format asks for its parts in a way that no bundler sees.
  mainFields: ['module', 'main'],
  minify: true,
  // The house reads the class names of the SDK's errors.
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // Packages in the old module format ask for Node.js's own modules in the old way.
  banner: { js: "import{createRequire as __require}from'node:module';const require=__require(import.meta.url);" },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { metafile } = await build({ ...bundleOptions, outfile: `${root}action/dist/main.mjs`, metafile: true });
  for (const [name, { bytes }] of Object.entries(metafile.outputs))
    console.log(`${name}: ${Math.round(bytes / 1000)} kB`);
}
