import { heightAt, turnsOf } from './moon.js';

const hours = Array.from({ length: 97 }, (_, i) => i / 4);
const x = (hour) => 30 + (hour / 24) * 560;
const y = (metres) => 170 - metres * 30;

/** The tide table of the home page: an island that wakes when it is seen. */
export async function startTide(root) {
  // Words arrive late, and only here.
  const { clock, metres } = await import('./words.js');
  const curve = root.querySelector('[data-curve]');
  const water = root.querySelector('[data-water]');
  const mark = root.querySelector('[data-mark]');
  const slider = root.querySelector('input');
  const output = root.querySelector('output');
  const line = hours.map((hour) => `${x(hour).toFixed(1)} ${y(heightAt(hour)).toFixed(1)}`).join('L');
  curve.setAttribute('d', `M${line}`);
  water.setAttribute('d', `M30 200L${line}L590 200Z`);
  root.querySelector('[data-turns]').textContent = turnsOf(hours)
    .map(({ hour, high }) => `${high ? 'high' : 'low'} ${clock(hour)}`)
    .join(', ');
  const show = () => {
    const hour = Number(slider.value);
    mark.setAttribute('cx', x(hour).toFixed(1));
    mark.setAttribute('cy', y(heightAt(hour)).toFixed(1));
    output.textContent = `${clock(hour)}, ${metres(heightAt(hour))}`;
  };
  slider.addEventListener('input', show);
  slider.disabled = false;
  show();
  root.dataset.awake = '';
}
