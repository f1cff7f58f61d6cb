/** The library: the same steps as the command line, for programs. */
export {
  publish,
  preparePlan,
  buildSite,
  rollBack,
  planRollback,
  prune,
  type Built,
  type Planned,
  type PlannedRollback,
} from './publish.js';
export { planPrune, type PrunePlan, type PrunedObject } from './release/prune.js';
export { defineConfig, type Config, type ConfigInput, type OriginConfig, type Rule } from './config.js';
export { PublishError, exitCodes, type ErrorCode, type ErrorDetails } from './errors.js';
export type { Event, Phase } from './events.js';
export type { Problem, Severity } from './problems.js';
export type * from './build/build.js';
export type * from './release/release.js';
export type * from './release/ports.js';
export type { Asset, AssetGraph, Destination, Edge } from './site/graph.js';
export type { Digest, LogicalPath, MediaType, Site, SiteFile } from './site/site.js';
