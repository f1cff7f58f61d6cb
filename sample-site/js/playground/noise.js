/** Value noise in integers only, so that every engine draws the same islands. */
function lattice(x, y, seed) {
  let h = Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(seed, 2246822519);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

function noise(x, y, seed) {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const u = (x - ix) ** 2 * (3 - 2 * (x - ix));
  const v = (y - iy) ** 2 * (3 - 2 * (y - iy));
  const top = lattice(ix, iy, seed) * (1 - u) + lattice(ix + 1, iy, seed) * u;
  const bottom = lattice(ix, iy + 1, seed) * (1 - u) + lattice(ix + 1, iy + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

export function heightOf(x, y, seed) {
  let sum = 0;
  let weight = 0.5;
  for (let octave = 0; octave < 6; octave++) {
    sum += weight * noise(x, y, seed + octave);
    x = x * 2 + 11.3;
    y = y * 2 + 7.7;
    weight /= 2;
  }
  return sum;
}
