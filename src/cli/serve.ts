/** Keeps the local edge serving until Ctrl-C. */
import { exitCodes } from '../errors.js';
import { paint } from '../report/text.js';
import type { Invocation } from './action.js';
import type { RunningEdge } from './localEdge.js';

/** Ends with 0: stopping is what Ctrl-C is for here. */
export async function serve(edge: RunningEdge, { signal, terminal, options, expectStop }: Invocation): Promise<number> {
  const front = paint(terminal.look, 'cyan', edge.front);
  const whose = edge.started ? '' : ' by an edge that was running already';
  if (options.json !== true) terminal.print(`\n  ${front}  shows what is live. Served${whose} until Ctrl-C.`);
  if (!edge.started) return exitCodes.done;
  expectStop();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return exitCodes.done;
}
