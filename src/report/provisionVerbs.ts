/** How the actions of provisioning are said and drawn. */
import type { ProvisionAction } from '../events.js';
import type { Tone } from './text.js';

interface Verb {
  readonly sign: string;
  readonly tone: Tone;
  /** While it happens. */
  readonly doing: string;
  readonly done: string;
  /** In a plan: `3 to create`. */
  readonly planned: string;
}

export const provisionVerbs: Readonly<Record<ProvisionAction, Verb>> = {
  create: { sign: '+', tone: 'green', doing: 'creating', done: 'created', planned: 'to create' },
  update: { sign: '~', tone: 'yellow', doing: 'changing', done: 'changed', planned: 'to change' },
  wait: { sign: '…', tone: 'cyan', doing: 'waiting', done: 'ready', planned: 'to wait for' },
  keep: { sign: '=', tone: 'dim', doing: 'looking', done: 'as it should be', planned: 'to keep' },
  remove: { sign: '-', tone: 'red', doing: 'removing', done: 'removed', planned: 'to remove' },
};
