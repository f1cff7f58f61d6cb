/** Paints a field of heights as a chart; `level` raises or lowers the sea. */
export function drawField(canvas, { width, height, values }, level, { land, tints, shore }, soundings) {
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] - level;
    const right = values[i + 1] - level;
    const below = values[i + width] - level;
    const colour =
      value > 0 !== right > 0 || value > 0 !== below > 0
        ? shore
        : value > 0
          ? land[Math.min(land.length - 1, Math.floor(value * 9))]
          : tints[Math.min(tints.length - 1, Math.floor(-value * 7))];
    image.data.set(colour, i * 4);
    image.data[i * 4 + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  context.putImageData(image, 0, 0);
  context.font = 'italic 15px "Instrument Serif", Georgia, serif';
  context.fillStyle = '#3f7b94';
  for (const [x, y, fathoms] of soundings) {
    const at = Math.round(y * height) * width + Math.round(x * width);
    if (values[at] - level < -0.1) context.fillText(String(fathoms), x * width, y * height);
  }
}
