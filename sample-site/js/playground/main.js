import { island, signal } from 'skerry';
import { drawField } from '#draw';
import presets from './presets.json' with { type: 'json' };

const level = signal(0);
const chosen = signal(presets[0].name);

await island(document.querySelector('[data-chart]'), async (root) => {
  const canvas = root.querySelector('canvas');
  const [status, slider, select] = ['output', 'input', 'select'].map((name) => root.querySelector(name));
  for (const { name } of presets) select.add(new Option(name));

  const worker = new Worker(new URL('./field.worker.js', import.meta.url), { type: 'module' });
  const soundings = await (await fetch(new URL('./soundings.json', import.meta.url))).json();
  const { paper } = await import('./charts/paper.js');
  let field;

  const draw = () => {
    if (field) drawField(canvas, field, level.get(), paper, soundings);
  };
  worker.addEventListener('message', ({ data }) => {
    field = data;
    draw();
    status.textContent = `${data.islands} islands above water`;
    root.dataset.awake = '';
  });
  chosen.read((name) => worker.postMessage(presets.find((preset) => preset.name === name)));
  level.read(draw);
  slider.addEventListener('input', () => level.set(Number(slider.value)));
  select.addEventListener('change', () => chosen.set(select.value));
  slider.disabled = select.disabled = false;
});
