import { heightOf } from './noise.js';

const width = 720;
const height = 440;

addEventListener('message', ({ data: { seed, scale, spread } }) => {
  const values = new Float32Array(width * height);
  let islands = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) values[y * width + x] = heightOf((x / height) * scale, (y / height) * scale, seed) - spread;
  const seen = new Uint8Array(values.length);
  for (let start = 0; start < values.length; start++) {
    if (seen[start] || values[start] <= 0) continue;
    let size = 0;
    const stack = [start];
    seen[start] = 1;
    while (stack.length > 0) {
      const at = stack.pop();
      size++;
      for (const next of [at - 1, at + 1, at - width, at + width])
        if (next >= 0 && next < values.length && !seen[next] && values[next] > 0) {
          seen[next] = 1;
          stack.push(next);
        }
    }
    if (size > 40) islands++;
  }
  postMessage({ width, height, values, islands });
});
