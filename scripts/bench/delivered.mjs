/**
 * `node scripts/bench/delivered.mjs SITE…`: the bytes that visitors download of what can be compressed, as twinorigin
 * stores it, beside the plain files and codecs at levels that are usual for compressing on the way.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const brotli = (bytes, quality) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }).length;

console.log('| site | files | plain | gzip 6 | brotli 5 | stored as gzip | stored as brotli | of gzip 6 |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const site of process.argv.slice(2)) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-delivered-'));
  try {
    const config = join(folder, 'twinorigin.config.json');
    writeFileSync(config, JSON.stringify({ encodings: 'negotiate', cacheDir: join(folder, 'cache') }));
    const out = join(folder, 'out');
    execFileSync(process.execPath, [main, 'build', site, '--config', config, '--out', out, '--quiet'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const sums = { files: 0, plain: 0, gzip6: 0, brotli5: 0, gzip: 0, brotli: 0 };
    for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !existsSync(`${file}.br`) || !existsSync(`${file}.gz`)) continue;
      const bytes = readFileSync(file);
      sums.files++;
      sums.plain += bytes.length;
      sums.gzip6 += gzipSync(bytes, { level: 6 }).length;
      sums.brotli5 += brotli(bytes, 5);
      sums.gzip += statSync(`${file}.gz`).size;
      sums.brotli += statSync(`${file}.br`).size;
    }
    const { files, ...bytes } = sums;
    const cells = Object.values(bytes).map((sum) => `${(sum / 1000).toFixed(1)} kB`);
    console.log(`| ${basename(site)} | ${files} | ${cells.join(' | ')} | ${(sums.brotli / sums.gzip6).toFixed(2)} |`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
