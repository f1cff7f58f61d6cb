/** Gradient noise and its friends: everything the plates are grown from. Same seed, same picture, on every machine. */

/** A small deterministic generator (mulberry32): numbers in 0 to 1. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Gradient noise in two dimensions, about -1 to 1. */
export function noiseOf(seed) {
  const random = randomOf(seed);
  const size = 256;
  const order = Uint8Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const gx = new Float64Array(size);
  const gy = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const angle = random() * Math.PI * 2;
    gx[i] = Math.cos(angle);
    gy[i] = Math.sin(angle);
  }
  const corner = (ix, iy, dx, dy) => {
    const k = order[(order[ix & 255] + iy) & 255];
    return gx[k] * dx + gy[k] * dy;
  };
  return (x, y) => {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const fx = x - ix;
    const fy = y - iy;
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
    const top = corner(ix, iy, fx, fy) * (1 - u) + corner(ix + 1, iy, fx - 1, fy) * u;
    const bottom = corner(ix, iy + 1, fx, fy - 1) * (1 - u) + corner(ix + 1, iy + 1, fx - 1, fy - 1) * u;
    return (top * (1 - v) + bottom * v) * 1.42;
  };
}

/** Octaves of noise. */
export function fractal(noise, x, y, octaves, gain = 0.5) {
  let sum = 0;
  let weight = 1;
  let total = 0;
  for (let i = 0; i < octaves; i++) {
    sum += weight * noise(x, y);
    total += weight;
    weight *= gain;
    const turned = x * 1.62 - y * 1.18 + 17.1;
    y = x * 1.18 + y * 1.62 + 9.4;
    x = turned;
  }
  return sum / total;
}

/** Octaves with sharp crests: mountains. */
export function ridged(noise, x, y, octaves) {
  let sum = 0;
  let weight = 1;
  let total = 0;
  for (let i = 0; i < octaves; i++) {
    const crest = 1 - Math.abs(noise(x, y));
    sum += weight * crest * crest;
    total += weight;
    weight *= 0.5;
    const turned = x * 1.62 - y * 1.18 + 5.3;
    y = x * 1.18 + y * 1.62 + 1.7;
    x = turned;
  }
  return sum / total;
}

export const clamp = (value, low = 0, high = 1) => Math.min(high, Math.max(low, value));
export const mix = (a, b, t) => a + (b - a) * t;
export const smooth = (low, high, value) => {
  const t = clamp((value - low) / (high - low));
  return t * t * (3 - 2 * t);
};

/** `#rrggbb` as three numbers. */
export const colour = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
export const blend = (a, b, t) => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
