export const clock = (hour) =>
  `${String(Math.floor(hour)).padStart(2, '0')}:${String(Math.round((hour % 1) * 60)).padStart(2, '0')}`;
export const metres = (height) => `${height.toFixed(1)} m`;
