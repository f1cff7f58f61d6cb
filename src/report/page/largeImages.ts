/** Which images should be smaller: estimates from pixels, bytes, and how wide pages show them. */
import { formatCount } from '../amounts.js';
import type { ImageSize } from './imageSize.js';
import type { LargeImage } from './model.js';

export interface MeasuredImage {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: number;
  readonly size: ImageSize;
  /** The widest that pages show it, in CSS pixels, where all of them say so. */
  readonly shown?: number;
}

/** Smaller files are not looked at, and smaller savings not worth telling. */
export const largeBytes = 30_000;
const worthwhile = { bytes: 15_000, share: 0.2 };
const shownImages = 20;

/** Screens of twice as many device pixels as CSS pixels are common; more make no visible difference. */
const density = 2;
/** As wide as anything is shown. */
const widest = 2560;
/** Bytes per pixel of photographs at about quality 80; formats without loss need several times as much. */
const usual = { jpeg: 0.25, photo: 0.2 };

export function findLargeImages(images: readonly MeasuredImage[]): readonly LargeImage[] {
  return images
    .flatMap((image) => {
      const best = judge(image)
        .map((verdict) => ({ ...verdict, saving: Math.round(verdict.saving) }))
        .sort((a, b) => b.saving - a.saving)[0];
      if (best === undefined || best.saving < Math.max(worthwhile.bytes, image.bytes * worthwhile.share)) return [];
      const { width, height } = image.size;
      return [{ name: image.name, bytes: image.bytes, width, height, ...best }];
    })
    .sort((a, b) => b.saving - a.saving)
    .slice(0, shownImages);
}

interface Verdict {
  readonly saving: number;
  readonly advice: string;
}

function judge({ type, bytes, size: { width, height, palette = false }, shown }: MeasuredImage): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  const pixels = width * height;
  const narrower = (wanted: number) => bytes * (1 - (wanted / width) ** 2);
  if (shown !== undefined && width > shown * density * 1.1)
    verdicts.push({
      saving: narrower(shown * density),
      advice: `${formatCount(width)} pixels wide and shown at ${formatCount(shown)}: ${formatCount(shown * density)} are enough`,
    });
  else if (width > widest * 1.1)
    verdicts.push({ saving: narrower(widest), advice: `wider than screens show: ${formatCount(widest)} are enough` });
  if (/png|bmp|tiff/.test(type) && !palette && bytes > pixels * 0.8)
    verdicts.push({ saving: bytes - pixels * usual.photo, advice: 'looks like a photograph: WebP or AVIF instead' });
  if (type === 'image/jpeg' && bytes > pixels * 0.45)
    verdicts.push({
      saving: bytes - pixels * usual.jpeg,
      advice: `${(bytes / pixels).toFixed(1)} bytes for each pixel: a quality of 80 needs about a quarter`,
    });
  if (type === 'image/gif' && bytes > 300_000)
    verdicts.push({ saving: bytes * 0.7, advice: 'a long GIF: a video or animated WebP instead' });
  return verdicts;
}
