/** Every event the pipeline emits. Core never prints: printers listen. */
import type { OriginName } from './build/build.js';
import type { Problem } from './problems.js';

export type Phase =
  | 'scan' // files read and hashed
  | 'find' // references found
  | 'build' // fingerprinted and rewritten
  | 'encode' // compressed
  | 'inventory' // records read
  | 'compare' // stores compared with the record
  | 'upload' // assets put
  | 'verify' // fetched through the CDN
  | 'pages' // pages put live
  | 'gather' // pages fetched or compressed for servers of one's own
  | 'send' // pages sent to them
  | 'invalidate'
  | 'prune'
  | 'crawl' // addresses of a live site fetched
  | 'survey' // objects counted before they are migrated
  | 'sort' // objects put on lists for jobs
  | 'batch' // copied by jobs of the service
  | 'migrate' // objects copied, compressed, given other headers
  | 'audit'; // migrated objects looked at again

export type Event =
  | { readonly type: 'phase-started'; readonly phase: Phase; readonly total?: number; readonly bytes?: number }
  /** `done` and `bytes` are totals so far, not increments. */
  | { readonly type: 'phase-progress'; readonly phase: Phase; readonly done: number; readonly bytes?: number }
  | { readonly type: 'phase-finished'; readonly phase: Phase; readonly done: number; readonly milliseconds: number }
  | { readonly type: 'object-failed'; readonly origin: OriginName; readonly key: string; readonly message: string }
  | {
      readonly type: 'invalidation-started';
      readonly origin: OriginName;
      readonly id: string;
      readonly paths: readonly string[];
    }
  | { readonly type: 'problem'; readonly problem: Problem }
  /** One resource of somebody's account is being made, changed or removed (src/provision). */
  | {
      readonly type: 'resource-started';
      readonly kind: string;
      readonly name: string;
      readonly action: ProvisionAction;
    }
  /** `reason` is half a sentence: `is being deployed`. */
  | { readonly type: 'resource-waiting'; readonly kind: string; readonly name: string; readonly reason: string }
  | {
      readonly type: 'resource-finished';
      readonly kind: string;
      readonly name: string;
      readonly action: ProvisionAction;
      readonly id: string;
      readonly milliseconds: number;
    };

/** What is done to a resource. `wait`: it is as it should be, but not ready yet. */
export type ProvisionAction = 'create' | 'update' | 'wait' | 'keep' | 'remove';
