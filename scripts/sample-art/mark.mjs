/** The mark of the sample site: a skerry, its shallows, and the light on it. One formula for the SVG and the icons. */
import { blend, clamp, colour } from './noise.mjs';

const shore = (angle) =>
  1 + 0.13 * Math.cos(2 * angle + 0.5) + 0.09 * Math.cos(3 * angle - 1.1) + 0.035 * Math.cos(5 * angle + 0.4);

/** Rings from the outside in: how large, how turned, which ink. */
const rings = [
  { size: 0.93, turn: 0, ink: '#1d5b78' },
  { size: 0.72, turn: 0.16, ink: '#6fb3c8' },
  { size: 0.5, turn: 0.34, ink: '#f0d68e' },
];
const light = { x: 0.06, y: -0.05, size: 0.115, ink: '#b0126b' };

const radiusOf = (ring, angle) => (ring.size * shore(angle + ring.turn)) / 1.22;

/** The mark as SVG in a square of 64. */
export function markSvg() {
  const shapes = rings.map((ring) => {
    const points = Array.from({ length: 72 }, (_, i) => {
      const angle = (i / 72) * Math.PI * 2;
      const r = radiusOf(ring, angle) * 32;
      return `${(32 + r * Math.cos(angle)).toFixed(1)} ${(32 + r * Math.sin(angle)).toFixed(1)}`;
    });
    return `  <path fill="${ring.ink}" d="M${points.join('L')}Z"/>`;
  });
  const [x, y, r] = [32 + light.x * 32, 32 + light.y * 32, light.size * 32].map((n) => n.toFixed(1));
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Skerry">',
    ...shapes,
    `  <circle cx="${x}" cy="${y}" r="${r}" fill="${light.ink}"/>`,
    '</svg>',
    '',
  ].join('\n');
}

/** The mark as pixels with alpha; with a ground colour it fills the square (for icons that get cut to a shape). */
export function paintMark(size, { ground, padding = 0 } = {}) {
  const rgb = new Uint8Array(size * size * 4);
  const steps = 4;
  for (let py = 0; py < size; py++)
    for (let px = 0; px < size; px++) {
      let sum = [0, 0, 0];
      let cover = 0;
      for (let s = 0; s < steps * steps; s++) {
        const fx = (px + ((s % steps) + 0.5) / steps) / size;
        const fy = (py + (Math.floor(s / steps) + 0.5) / steps) / size;
        const x = (fx * 2 - 1) / (1 - padding);
        const y = (fy * 2 - 1) / (1 - padding);
        const angle = Math.atan2(y, x);
        const distance = Math.hypot(x, y);
        let ink = ground;
        for (const ring of rings) if (distance < radiusOf(ring, angle)) ink = ring.ink;
        if (Math.hypot(x - light.x, y - light.y) < light.size) ink = light.ink;
        if (ink === undefined) continue;
        cover++;
        sum = sum.map((c, i) => c + colour(ink)[i]);
      }
      const at = (py * size + px) * 4;
      for (let c = 0; c < 3; c++) rgb[at + c] = cover === 0 ? 0 : Math.round(sum[c] / cover);
      rgb[at + 3] = clamp(Math.round((cover / (steps * steps)) * 255), 0, 255);
    }
  return { width: size, height: size, rgb };
}

/** Lamps that come on over a night chart; `lit` counts how far the evening has gone, 0 to 1. */
export function paintLamps(chart, lamps, lit) {
  const { width, height } = chart;
  const rgb = Uint8Array.from(chart.rgb);
  const warm = colour('#ffe6a3');
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      let pixel = [rgb[at], rgb[at + 1], rgb[at + 2]].map((c) => c * 0.62);
      for (const [lx, ly, when] of lamps) {
        const strength = clamp((lit - when) * 6);
        if (strength === 0) continue;
        const distance = Math.hypot(x / height - lx, y / height - ly);
        const glow = Math.exp(-distance * 13) * 0.75 + (distance < 0.011 ? 1 : 0);
        const ring = Math.abs(distance - ((lit - when) * 1.6 - 0.02)) < 0.004 ? clamp(0.7 - (lit - when) * 1.5) : 0;
        pixel = blend(pixel, warm, clamp(glow * strength + ring));
      }
      for (let c = 0; c < 3; c++) rgb[at + c] = clamp(Math.round(pixel[c]), 0, 255);
    }
  return { width, height, rgb };
}
