/** Ctrl-C and SIGTERM: the first ends tidily, the second kills. */
import { PublishError } from '../errors.js';

interface Signals {
  readonly signal: AbortSignal;
  /** From now on a signal is how this is meant to end: nothing needs to be said about it. */
  readonly expect: () => void;
  /** Stops listening; signals do again what they do by default. */
  readonly dispose: () => void;
}

/** 128 and the number of the signal, as shells report it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

export function listenForSignals(say: (text: string) => void): Signals {
  const controller = new AbortController();
  let expected = false;
  const onSignal = (name: keyof typeof exitCodes): void => {
    if (controller.signal.aborted) {
      dispose();
      process.kill(process.pid, name);
      return;
    }
    const message = name === 'SIGINT' ? 'stopped with Ctrl-C' : 'stopped with SIGTERM';
    controller.abort(new PublishError('interrupted', message, { exitCode: exitCodes[name] }));
    if (!expected) say('Stopping: what is under way is finished, nothing new is begun. Once more kills.');
  };
  const dispose = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    expect: () => {
      expected = true;
    },
    dispose,
  };
}
