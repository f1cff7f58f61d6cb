/** An archipelago as a height field: above 0 is land, below is water. */
import { fractal, noiseOf, ridged, smooth } from './noise.mjs';

/**
 * @param {{ width: number, height: number, seed: number, scale?: number, islands: [number, number, number][] }} shape
 *   islands are x, y, radius in units of the picture's height; x counts from the left edge.
 */
export function growTerrain({ width, height, seed, scale = 1, islands }) {
  const noise = noiseOf(seed);
  const detail = noiseOf(seed + 1);
  const field = new Float32Array(width * height);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const x = px / height;
      const y = py / height;
      const wx = x + 0.2 * fractal(noise, x * 2.4 * scale, y * 2.4 * scale, 5);
      const wy = y + 0.2 * fractal(noise, x * 2.4 * scale + 31, y * 2.4 * scale + 7, 5);
      let lift = -0.62;
      for (const [cx, cy, radius] of islands) {
        const distance = Math.hypot(wx - cx, (wy - cy) * 1.15) / (radius * 1.25);
        lift += (0.62 - lift) * Math.exp(-(distance ** 1.5) * 1.5) * 0.92;
      }
      const rough = fractal(detail, x * 4.2 * scale, y * 4.2 * scale, 7, 0.53);
      const crest = ridged(noise, wx * 4.2 * scale + 3, wy * 4.2 * scale, 6);
      const land = smooth(-0.12, 0.45, lift);
      field[py * width + px] = lift * 0.8 + rough * 0.3 + land * (crest - 0.5) * 0.5;
    }
  }
  return { width, height, field };
}

/** Height and slope at a pixel; edges repeat. Slopes are per pixel. */
export function sampleTerrain({ width, height, field }, x, y) {
  const at = (sx, sy) => field[Math.min(height - 1, Math.max(0, sy)) * width + Math.min(width - 1, Math.max(0, sx))];
  return { value: at(x, y), dx: (at(x + 1, y) - at(x - 1, y)) / 2, dy: (at(x, y + 1) - at(x, y - 1)) / 2 };
}
