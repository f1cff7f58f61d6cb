/** An application with lazy parts, a worker and pictures; it shows whether a module runs once. */
import type { Generator } from '../generators.js';

const sources = {
  'index.html': `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title></head><body><div id="root"></div><script type="module" src="/src/main.jsx"></script></body></html>
`,
  'src/state.js': `globalThis.instances = (globalThis.instances ?? 0) + 1;
let count = 0;
export const next = () => ++count;
`,
  'src/main.jsx': `import { lazy, Suspense, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { next } from './state.js';
import picture from './picture.png';
import './main.css';
const First = lazy(() => import('./First.jsx'));
const Second = lazy(() => import('./Second.jsx'));
function App() {
  const [answer, setAnswer] = useState('…');
  useEffect(() => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => setAnswer(data);
    worker.postMessage(20);
  }, []);
  return <main><h1>{next() > 0 ? 'App' : ''}</h1><img src={picture} width="64" height="64" alt="" /><p>worker: {answer}</p>
    <Suspense fallback="loading"><First /><Second /></Suspense></main>;
}
createRoot(document.getElementById('root')).render(<App />);
`,
  'src/First.jsx': `import { next } from './state.js';
import { shared } from './shared.js';
import './first.css';
export default () => <p className="first">first {shared} instances: {globalThis.instances} {next() > 1 ? 'same' : 'doubled'}</p>;
`,
  'src/Second.jsx': `import { shared } from './shared.js';
import { next } from './state.js';
import './second.css';
export default () => <p className="second">second {shared} {next() > 1 ? 'same' : 'doubled'}</p>;
`,
  'src/shared.js': `export const shared = 'shared';
`,
  'src/worker.js': `import { shared } from './shared.js'; onmessage = ({ data }) => postMessage(shared + (data + 22));
`,
  'src/main.css': `body { font: 20px sans-serif; background: url(./picture.png) right bottom no-repeat }
`,
  'src/first.css': `.first { color: darkgreen; background: url(./picture.png) right no-repeat }
`,
  'src/second.css': `.second { color: darkred }
`,
  'src/picture.png': 'sample:apple-touch-icon.png',
  'vite.config.js': `import react from '@vitejs/plugin-react';
export default { plugins: [react()], build: { assetsInlineLimit: 0 } };
`,
};
const packages = ['vite@8.3.8', '@vitejs/plugin-react@6.3.0', 'react@19.3.1', 'react-dom@19.3.1'];

export const absolute: Generator = { packages, command: ['vite', 'build'], output: 'dist', sources };
/** As for a site below `/docs/`. */
export const inFolder: Generator = {
  packages,
  command: ['vite', 'build', '--base', '/docs/', '--outDir', 'dist/docs'],
  output: 'dist',
  sources,
};
export const relative: Generator = { packages, command: ['vite', 'build', '--base', './'], output: 'dist', sources };
