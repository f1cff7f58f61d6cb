/** Pictures into files. PNG and ICO are made here; the other formats by Debian's webp, libavif-bin, libjpeg-turbo-progs, ffmpeg. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PNG } from 'pngjs';

const scratch = mkdtempSync(join(tmpdir(), 'sample-images-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Runs an encoder. Without it the committed file stays as it is. */
function run(command, args, input) {
  const result = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
  if (result.error?.code === 'ENOENT') return false;
  if (result.status !== 0) throw new Error(`${command} failed: ${String(result.stderr)}`);
  return true;
}

export function pngOf(image) {
  const alpha = image.rgb.length === image.width * image.height * 4;
  const colorType = alpha ? 6 : 2;
  return PNG.sync.write(
    { width: image.width, height: image.height, data: Buffer.from(image.rgb) },
    { colorType, inputColorType: colorType, inputHasAlpha: alpha, deflateLevel: 9, deflateStrategy: 1 },
  );
}

/** An icon file that holds PNGs, as every browser since 2007 reads it. */
function icoOf(images) {
  const pngs = images.map(pngOf);
  const header = Buffer.alloc(6 + 16 * pngs.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pngs.length, 4);
  let offset = header.length;
  pngs.forEach((png, i) => {
    const at = 6 + 16 * i;
    header.writeUInt8(images[i].width % 256, at);
    header.writeUInt8(images[i].height % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...pngs]);
}

const ppmOf = ({ width, height, rgb }) =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.from(rgb)]);

/** Writes one picture in the format of the file's extension; `quality` is the encoder's own scale. */
export function save(file, image, quality) {
  mkdirSync(dirname(file), { recursive: true });
  const extension = file.slice(file.lastIndexOf('.') + 1);
  const source = join(scratch, 'source.png');
  if (extension === 'png') return writeFileSync(file, pngOf(image));
  if (extension === 'ico') return writeFileSync(file, icoOf(image));
  let done = true;
  if (extension === 'jpg') {
    const ppm = ['-quality', String(quality), '-progressive', '-optimize', '-outfile', file];
    done = run('cjpeg', ppm, ppmOf(image));
  } else {
    writeFileSync(source, pngOf(image));
    if (extension === 'webp') done = run('cwebp', ['-quiet', '-m', '6', '-q', String(quality), source, '-o', file]);
    if (extension === 'avif') {
      const steps = ['--min', String(quality - 6), '--max', String(quality + 6), '--speed', '3'];
      done = run('avifenc', [...steps, source, file]);
    }
    if (extension === 'gif') {
      const palette = `split[a][b];[a]palettegen=max_colors=${quality}[p];[b][p]paletteuse=dither=bayer:bayer_scale=2`;
      done = run('ffmpeg', ['-v', 'error', '-y', '-i', source, '-vf', palette, file]);
    }
  }
  if (!done) console.warn(`${file}: no encoder for .${extension} is installed, the file was not touched`);
}

/** Writes frames of one size as a silent film, in both formats that browsers agree on. */
export function saveFilm(file, frames, rate) {
  mkdirSync(dirname(file), { recursive: true });
  const [{ width, height }] = frames;
  const input = [
    '-v',
    'error',
    '-y',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    `${rate}`,
  ];
  const exact = ['-i', '-', '-an', '-pix_fmt', 'yuv420p', '-map_metadata', '-1', '-fflags', '+bitexact'];
  const formats = {
    webm: ['-c:v', 'libvpx-vp9', '-b:v', '0', '-crf', '46', '-row-mt', '0', '-threads', '1'],
    mp4: ['-c:v', 'libx264', '-crf', '34', '-preset', 'veryslow', '-threads', '1', '-movflags', '+faststart'],
  };
  const raw = Buffer.concat(frames.map((frame) => Buffer.from(frame.rgb)));
  for (const [extension, options] of Object.entries(formats)) {
    if (!run('ffmpeg', [...input, ...exact, ...options, `${file}.${extension}`], raw))
      console.warn(`${file}.${extension}: ffmpeg is not installed, the file was not touched`);
  }
}

/** Averages blocks of pixels: the same picture at a fraction of its size. */
export function shrink(image, by) {
  const width = Math.floor(image.width / by);
  const height = Math.floor(image.height / by);
  const channels = image.rgb.length / (image.width * image.height);
  const rgb = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let j = 0; j < by; j++)
          for (let i = 0; i < by; i++) sum += image.rgb[((y * by + j) * image.width + x * by + i) * channels + c];
        rgb[(y * width + x) * channels + c] = Math.round(sum / (by * by));
      }
  return { width, height, rgb };
}

/** A rectangle out of a picture. */
export function crop(image, left, top, width, height) {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    rgb.set(image.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
}
