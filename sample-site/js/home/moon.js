/** Height of the tide in metres: the moon, the sun, and a little of the shelf. */
export function heightAt(hour) {
  const moon = 1.7 * Math.cos(((hour - 4.6) / 12.42) * 2 * Math.PI);
  const sun = 0.55 * Math.cos(((hour - 2.1) / 12) * 2 * Math.PI);
  const shelf = 0.18 * Math.cos(((hour - 1.2) / 6.21) * 2 * Math.PI);
  return 2.5 + moon + sun + shelf;
}

/** Where the tide turns. */
export function turnsOf(hours) {
  const turns = [];
  for (let i = 1; i < hours.length - 1; i++) {
    const [before, here, after] = [hours[i - 1], hours[i], hours[i + 1]].map(heightAt);
    if (here > before && here >= after) turns.push({ hour: hours[i], high: true });
    if (here < before && here <= after) turns.push({ hour: hours[i], high: false });
  }
  return turns;
}
