/** Painters: a height field or a moment of light in, a picture of RGB bytes out. */
import { blend, clamp, colour, fractal, mix, noiseOf, randomOf, ridged, smooth } from './noise.mjs';
import { sampleTerrain } from './terrain.mjs';

const picture = (width, height) => ({ width, height, rgb: new Uint8Array(width * height * 3) });

function put(image, index, rgb) {
  for (let c = 0; c < 3; c++) image.rgb[index * 3 + c] = clamp(Math.round(rgb[c]), 0, 255);
}

/** Colours of a printed chart and of the same chart under a lamp at night. */
export const chartInks = {
  day: {
    sea: ['#d3e7ee', '#e0eef3', '#eaf3f6', '#f1f6f7'].map(colour),
    drying: colour('#b9d9c6'),
    land: ['#f2dfa4', '#e9cd86', '#d9b364', '#c2954b'].map(colour),
    line: colour('#3f7b94'),
    shore: colour('#16324a'),
    relief: 0.55,
  },
  night: {
    sea: ['#1d4a60', '#15384b', '#0e2838', '#0a1c29'].map(colour),
    drying: colour('#2c6a6a'),
    land: ['#c9a65a', '#b48d45', '#96702f', '#7a5722'].map(colour),
    line: colour('#5d9db4'),
    shore: colour('#f4e3b0'),
    relief: 0.85,
  },
};

/** A nautical chart: tinted depths, contour lines, hill shading. */
export function paintChart(terrain, inks) {
  const { width, height } = terrain;
  const image = picture(width, height);
  const unit = 1000 / height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { value, dx, dy } = sampleTerrain(terrain, x, y);
      const slope = Math.hypot(dx, dy) || 1e-6;
      const light = clamp(0.5 + ((dx * -0.7 + dy * -0.7) * 60) / unit, -0.4, 1.4) - 0.5;
      let rgb;
      if (value > 0) {
        const band = clamp(value / 0.2, 0, 2.999);
        rgb = blend(inks.land[Math.floor(band)], inks.land[Math.floor(band) + 1], smooth(0, 1, band % 1));
        rgb = rgb.map((c) => c * (1 + light * inks.relief * 0.5));
      } else if (value > -0.035) {
        rgb = inks.drying;
      } else {
        const step = value > -0.12 ? 0 : value > -0.24 ? 1 : value > -0.38 ? 2 : 3;
        rgb = inks.sea[step].map((c) => c * (1 + light * 0.035));
      }
      const line = (level, thickness) => 1 - smooth(thickness * 0.4, thickness, Math.abs(value - level) / slope);
      if (value < 0.02) {
        for (const level of [-0.12, -0.24, -0.38]) rgb = blend(rgb, inks.line, line(level, 1.15) * 0.55);
        for (const level of [-0.18, -0.31, -0.46]) rgb = blend(rgb, inks.line, line(level, 0.9) * 0.2);
      } else {
        for (const level of [0.1, 0.2, 0.3, 0.4, 0.5]) rgb = blend(rgb, inks.shore, line(level, 0.95) * 0.16);
      }
      rgb = blend(rgb, inks.shore, line(0, 1.5) * 0.85);
      put(image, y * width + x, rgb);
    }
  }
  return image;
}

/** The same islands seen from a satellite: sun from the north-west, surf on the shore, a few clouds. */
export function paintAerial(terrain, { seed, water, shallow, sand, green, rock, snow = 2, cloud = 0.3 }) {
  const { width, height } = terrain;
  const image = picture(width, height);
  const noise = noiseOf(seed + 40);
  const swell = noiseOf(seed + 41);
  const [w, s, b, g, r] = [water, shallow, sand, green, rock].map(colour);
  const grain = randomOf(seed + 42);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { value, dx, dy } = sampleTerrain(terrain, x, y);
      const u = x / height;
      const v = y / height;
      const unit = height / 1000;
      const light = 1 + clamp((dx * -0.75 + dy * -0.66) * 95 * unit, -0.62, 0.75);
      let rgb;
      if (value > 0) {
        const patch = fractal(noise, u * 26, v * 26, 4) * 0.5 + 0.5;
        rgb = blend(b, g, smooth(0.015, 0.06 + patch * 0.06, value));
        rgb = blend(rgb, r, smooth(0.2 + patch * 0.16, 0.46, value + Math.hypot(dx, dy) * 6 * unit));
        if (value > snow) rgb = blend(rgb, [244, 247, 250], smooth(snow, snow + 0.08, value + patch * 0.1));
        rgb = rgb.map((c) => c * light * (0.82 + patch * 0.3));
      } else {
        rgb = blend(w, s, Math.exp(value * 9));
        rgb = blend(rgb, b, Math.exp(value * 46) * 0.55);
        const wave = fractal(swell, u * 55 + value * 6, v * 90 - value * 9, 3);
        rgb = rgb.map((c) => c * (1 + wave * 0.1));
        const surf = smooth(0.52, 0.78, ridged(swell, u * 18, v * 18 + value * 20, 4)) * smooth(-0.06, -0.004, value);
        rgb = blend(rgb, [246, 250, 250], surf * 0.85);
        const glint = smooth(0.25, 0.9, wave + fractal(noise, u * 2, v * 2, 2) * 0.7);
        rgb = blend(rgb, [255, 251, 236], glint * 0.12);
      }
      const over = (ox, oy) =>
        smooth(1 - cloud - 0.4, 1.1 - cloud, fractal(noise, u * 1.7 + 5 + ox, v * 2.6 + oy, 7, 0.56) * 0.9 + 0.42);
      rgb = rgb.map((c) => c * (1 - 0.42 * over(0.05, 0.05)));
      rgb = blend(rgb, [250, 251, 252], over(0, 0) * 0.93);
      const speck = (grain() - 0.5) * 7;
      put(
        image,
        y * width + x,
        rgb.map((c) => c + speck),
      );
    }
  }
  return image;
}

/** A horizon: sky, sun, sea. `island` is how much of the horizon a skerry takes. */
export function paintHorizon({ width, height, seed, top, low, sun, sea, sunAt = [0.66, 0.4], line = 0.56 }) {
  const image = picture(width, height);
  const clouds = noiseOf(seed);
  const waves = noiseOf(seed + 1);
  const [t, l, s, d] = [top, low, sun, sea].map(colour);
  const grain = randomOf(seed + 2);
  const aspect = width / height;
  const sky = (u, v) => {
    let rgb = blend(t, l, smooth(0, line, v) ** 1.4);
    const distance = Math.hypot((u - sunAt[0]) * aspect, v - sunAt[1]);
    rgb = blend(rgb, s, Math.exp(-distance * 4.2) * 0.75);
    const lift = (line - v) / line + 0.12;
    const veil = fractal(clouds, (u * aspect * 1.4) / lift ** 0.4, (v * 7) / (lift * 0.8 + 0.5), 7, 0.55);
    const lit = blend(blend(l, [255, 255, 255], 0.35), s, Math.exp(-distance * 2.4));
    rgb = blend(rgb, lit, smooth(0.02, 0.55, veil) * 0.8);
    rgb = blend(rgb, blend(t, [20, 24, 40], 0.4), smooth(0.3, 0.7, veil) * 0.28);
    return blend(rgb, [255, 252, 240], smooth(0.046, 0.036, distance));
  };
  const ridge = (u) => {
    let rise = 0;
    for (const [at, wide, tall] of [
      [0.2, 0.12, 0.055],
      [0.3, 0.07, 0.03],
      [0.87, 0.05, 0.02],
    ]) {
      rise = Math.max(
        rise,
        tall * Math.exp(-(((u - at) / wide) ** 2) * 2) * (0.75 + 0.6 * fractal(clouds, u * 26, 3, 5)),
      );
    }
    return rise - 0.004;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x / width;
      const v = y / height;
      let rgb;
      if (v < line) {
        rgb = sky(u, v);
        const above = line - v;
        if (above < ridge(u)) rgb = blend(blend(d, [14, 20, 30], 0.5), l, 0.16 + above * 2);
      } else {
        const depth = 0.11 / (v - line + 0.012);
        const wx = (u - 0.5) * aspect * depth * 5;
        const wy = depth * 16;
        const fade = clamp(1.5 - depth * 0.16, 0.1, 1);
        const tilt = fractal(waves, wx, wy, 5, 0.55) * fade;
        const lean = fractal(waves, wx + 40, wy * 1.2, 4) * fade;
        const mirrored = sky(clamp(u + lean * 0.05), clamp(line - (v - line) * 0.55 - tilt * 0.22, 0, line - 0.004));
        const fresnel = clamp(0.2 + 0.75 * Math.exp(-(v - line) * 4.6) - tilt * 0.55);
        rgb = blend(d, mirrored, fresnel);
        const path = Math.exp(-(((u - sunAt[0]) * aspect) ** 2) / (0.004 + (v - line) * 0.09));
        rgb = blend(rgb, blend(s, [255, 250, 232], 0.55), path * smooth(0.08, 0.5, tilt + lean * 0.6 + 0.16) * 0.95);
        rgb = rgb.map((c) => c * mix(1, 0.72, (v - line) / (1 - line)));
      }
      const edge = 1 - 0.24 * Math.hypot(u - 0.5, v - 0.5) ** 2 * 2;
      const speck = (grain() - 0.5) * 6;
      put(
        image,
        y * width + x,
        rgb.map((c) => c * edge + speck),
      );
    }
  }
  return image;
}
